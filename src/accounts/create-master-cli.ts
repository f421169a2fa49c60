import { parseArgs } from 'node:util';
import { migrate } from '../../db/migrate.ts';
import { openAppPool } from '../../db/pool.ts';
import { acquireServer } from '../../db/server.ts';
import { RegisterBody } from '../../schema/accounts.ts';
import { createMaster } from '../backoffice/create-master.ts';
import { systemClock } from '../clock.ts';
import { createLogger } from '../log.ts';
import { isRefusal } from '../refusal.ts';
import { createPasswords } from './passwords.ts';
import { ask, askSecret, readPipedLine } from './prompt.ts';
import { findByRole } from './store.ts';

const USAGE = `Makes the first MASTER of an installation (DESIGN 8).

  npm run create-master -- [--username <name>] [--force]

The name comes from --username, MASTER_USERNAME or a question; the password from MASTER_PASSWORD, from what is piped in,
or from a question, and is not shown. There is no option for it: every user of the machine could read it there.
The database is the one of DATABASE_URL, else the embedded one under DATA_DIR. --force makes a further MASTER.
It is on record in the audit log.
`;

/** A reason to stop that is meant for the person at the terminal. */
class Mistake extends Error {}

try {
  process.stdout.write(await run());
} catch (error) {
  process.exitCode = 1;
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
}

async function run(): Promise<string> {
  const { values } = parseArgs({
    options: { username: { type: 'string' }, force: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) return USAGE;
  const { DATABASE_URL: databaseUrl, DATA_DIR: dataDir = '.data', LOG_LEVEL: logLevel = 'warn' } = process.env;
  const log = createLogger(logLevel);
  const server = await acquireServer({ databaseUrl, dataDir }, log);
  try {
    await migrate(server.url, log);
    const database = await openAppPool(server.url, { maxPoolSize: 1 });
    try {
      if (!values.force && (await findByRole(database, 'MASTER'))) {
        throw new Mistake('There is a MASTER already; --force makes a further one. Nothing was done.');
      }
      const deps = { database, clock: systemClock, log, passwords: createPasswords() };
      const reason = `npm run create-master${values.force ? ' -- --force' : ''}`;
      const user = await createMaster(deps, await askForPerson(values.username), reason);
      if (isRefusal(user)) throw new Mistake(`${user.message} Nothing was done.`);
      return `${user.username} is a MASTER now (${user.id}).\n`;
    } finally {
      await database.end();
    }
  } finally {
    await server.release();
  }
}

async function askForPerson(option: string | undefined): Promise<{ username: string; password: string }> {
  const interactive = process.stdin.isTTY;
  const named = option ?? process.env.MASTER_USERNAME;
  if (named === undefined && !interactive) throw new Mistake('Say who: --username or MASTER_USERNAME.');
  const username = named ?? (await ask('Username: '));
  const password = process.env.MASTER_PASSWORD ?? (await (interactive ? askTwice() : readPipedLine()));
  const person = RegisterBody.safeParse({ username, password });
  if (person.success) return { username, password };
  const mistakes = person.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
  throw new Mistake(`This cannot be:\n${mistakes.join('\n')}\nNothing was done.`);
}

async function askTwice(): Promise<string> {
  const password = await askSecret('Password (at least 8 characters): ');
  if (password !== (await askSecret('The same again: ')))
    throw new Mistake('These were not the same. Nothing was done.');
  return password;
}
