import { createLogger } from '../src/log.ts';
import { migrate } from './migrate.ts';
import { acquireServer } from './server.ts';

/** `npm run db:migrate` brings the database of DATABASE_URL, or the embedded one below DATA_DIR, up to date (S0-96). */
const { DATABASE_URL: databaseUrl, DATA_DIR: dataDir = '.data', LOG_LEVEL: logLevel = 'warn' } = process.env;
const log = createLogger(logLevel);
const server = await acquireServer({ databaseUrl, dataDir }, log);
try {
  const applied = await migrate(server.url, log);
  for (const name of applied) process.stdout.write(`applied ${name}\n`);
  if (applied.length === 0) process.stdout.write('nothing to apply: the database is up to date\n');
} finally {
  await server.release();
}
