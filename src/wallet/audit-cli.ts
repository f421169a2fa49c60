import { openAppPool } from '../../db/pool.ts';
import { acquireServer } from '../../db/server.ts';
import { auditActs } from '../backoffice/audit.ts';
import { compareLogHeads } from '../backoffice/log-heads.ts';
import { auditCashier } from '../cashier/audit.ts';
import { type Config, loadConfig } from '../config.ts';
import { createLogger } from '../log.ts';
import { auditEarnings } from '../partners/audit.ts';
import { auditStatistics } from '../statistics/audit.ts';
import { auditBooks } from './audit.ts';
import { compareHeads } from './chain-heads.ts';

/**
 * `npm run audit`: re-walks the books of DATABASE_URL, or of the demo's own database, and what was counted from them;
 * exits with 1 when anything is wrong. Reads only; may run beside the live server.
 */
async function main(): Promise<number> {
  const config = loadConfig(process.env);
  const server = await acquireServer(config, createLogger('error'));
  let failed = 0;
  try {
    for (const { check, broken } of await findingsOf(server.url, config)) {
      process.stdout.write(`${broken.length === 0 ? 'ok    ' : 'BROKEN'} ${check}\n`);
      for (const what of broken) process.stdout.write(`       ${what}\n`);
      failed += broken.length;
    }
  } finally {
    await server.release();
  }
  process.stdout.write(failed === 0 ? 'The books are right.\n' : `${failed} findings: the books are NOT right.\n`);
  return failed === 0 ? 0 : 1;
}

async function findingsOf(databaseUrl: string, { dataDir, seedEncryptionKey: secret }: Config) {
  const pool = await openAppPool(databaseUrl, { maxPoolSize: 1 });
  try {
    return [
      ...(await auditBooks(pool)),
      { check: 'chain heads on file', broken: await compareHeads(pool, dataDir, secret) },
      ...(await auditCashier(pool)),
      ...(await auditStatistics(pool)),
      ...(await auditEarnings(pool)),
      ...(await auditActs(pool)),
      { check: 'audit log heads on file', broken: await compareLogHeads(pool, dataDir, secret) },
    ];
  } finally {
    await pool.end();
  }
}

process.exitCode = await main();
