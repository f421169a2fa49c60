import { existsSync } from 'node:fs';
import { acquireServer } from '../../db/server.ts';
import { auditAll } from '../backoffice/audit-all.ts';
import { loadConfig } from '../config.ts';
import { createLogger } from '../log.ts';

/**
 * `npm run audit`: re-walks the books of DATABASE_URL, or of the demo's own database, and what was counted from them;
 * exits with 1 when anything is wrong, and with 2 where it could not look. Reads only; may run beside the live server.
 */
async function main(): Promise<number> {
  const config = loadConfig(process.env);
  if (config.databaseUrl === undefined && !existsSync(config.dataDir)) {
    throw new Error(`There is no data in ${config.dataDir}: DATA_DIR says where it is, or DATABASE_URL.`);
  }
  const server = await acquireServer(config, createLogger('error'));
  let failed = 0;
  try {
    const { dataDir, seedEncryptionKey: secret } = config;
    for (const { check, broken } of await auditAll({ databaseUrl: server.url, dataDir, secret })) {
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

process.exitCode = await main().catch((error: unknown) => {
  process.stderr.write(`Nothing was audited: ${error instanceof Error ? error.message : String(error)}\n`);
  return 2;
});
