import { sql } from 'slonik';
import { z } from 'zod';
import { openAppPool } from '../db/pool.ts';
import { acquireServer } from '../db/server.ts';
import { readRunning } from '../src/demo/running.ts';
import { createLogger } from '../src/log.ts';
import { auditBooks } from '../src/wallet/audit.ts';

const Nothing = z.strictObject({});

export interface AuditTask {
  readonly endpoint: string;
  readonly databaseUrl: string | undefined;
  readonly dataDir: string;
  /** A player of the test: a database that does not know it is another server's. */
  readonly player: string | undefined;
}

/** What the full audit found, or why there was none. */
export type Audited =
  | { readonly kind: 'audited'; readonly checks: readonly string[]; readonly broken: readonly string[] }
  | { readonly kind: 'not audited'; readonly reason: string };

/** The full audit of the books behind the server under test, while it runs. Reads only. */
export async function auditServer(task: AuditTask): Promise<Audited> {
  const { databaseUrl, dataDir } = task;
  if (databaseUrl === undefined && !isDemoAt(task)) {
    return { kind: 'not audited', reason: 'the database is not known; say --database-url' };
  }
  const server = await acquireServer({ databaseUrl, dataDir }, createLogger('silent'));
  try {
    const pool = await openAppPool(server.url, { maxPoolSize: 1 });
    try {
      const known =
        task.player === undefined ||
        (await pool.exists(sql.type(Nothing)`select from users where id = ${task.player}`));
      if (!known) return { kind: 'not audited', reason: 'the database does not know the players: it is another one' };
      const findings = await auditBooks(pool);
      const broken = findings.flatMap(({ check, broken }) => broken.map((what) => `${check}: ${what}`));
      return { kind: 'audited', checks: findings.map(({ check }) => check), broken };
    } finally {
      await pool.end();
    }
  } finally {
    await server.release();
  }
}

/** Whether the demo that runs on the data directory is the server under test. */
function isDemoAt({ endpoint, dataDir }: AuditTask): boolean {
  return readRunning(dataDir)?.port === Number(new URL(endpoint).port);
}
