import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { createLogger } from '../src/log.ts';
import { startEmbeddedPostgres } from './embedded-postgres.ts';
import { ensureDatabase } from './ensure-database.ts';
import { migrate } from './migrate.ts';
import { clientConfig } from './pool.ts';
import { dumpSchema } from './schema-dump.ts';

/**
 * `npm run db:schema` writes db/schema.sql, what the migrations add up to on an empty database; with `--check` it
 * writes nothing and fails when the file says something else, showing where.
 */
const FILE = join(import.meta.dirname, 'schema.sql');

async function schemaOfMigrations(): Promise<string> {
  const root = mkdtempSync(join(tmpdir(), 'croupier-schema-'));
  chmodSync(root, 0o755);
  const postgres = await startEmbeddedPostgres({ root, settings: { shared_buffers: '32MB', fsync: 'off' } });
  try {
    const url = postgres.url('schema');
    await ensureDatabase(url);
    await migrate(url, createLogger('silent'));
    const client = new Client(clientConfig(url));
    await client.connect();
    try {
      return await dumpSchema(client);
    } finally {
      await client.end();
    }
  } finally {
    await postgres.stop();
    rmSync(root, { recursive: true, force: true });
  }
}

/** The lines only one of them has, in order: `-` is in the file, `+` is in the database. */
function differences(file: string, database: string): readonly string[] {
  const [before, after] = [file.split('\n'), database.split('\n')];
  const [inFile, inDatabase] = [new Set(before), new Set(after)];
  const lines = [
    ...before.filter((line) => !inDatabase.has(line)).map((line) => `- ${line}`),
    ...after.filter((line) => !inFile.has(line)).map((line) => `+ ${line}`),
  ];
  return lines.length > 0 ? lines : ['the same lines in another order'];
}

const schema = await schemaOfMigrations();
if (!process.argv.includes('--check')) {
  writeFileSync(FILE, schema);
  process.stdout.write('wrote db/schema.sql\n');
} else {
  const written = existsSync(FILE) ? readFileSync(FILE, 'utf8').replaceAll('\r\n', '\n') : '';
  if (written !== schema) {
    const lines = differences(written, schema).join('\n');
    process.stdout.write(`db/schema.sql is not what the migrations make; run npm run db:schema:\n${lines}\n`);
    process.exitCode = 1;
  }
}
