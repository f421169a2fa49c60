import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { auditActs } from '../../src/backoffice/audit.ts';
import { useDatabase } from '../support/database.ts';
import { accepted, CLIENT, makeAccounts, PASSWORD } from './support.ts';

const CLI = join(import.meta.dirname, '../../src/accounts/create-master-cli.ts');

describe('npm run create-master', () => {
  const database = useDatabase();

  async function run(args: readonly string[], options: { stdin?: string; env?: Record<string, string> } = {}) {
    const env = { PATH: process.env.PATH, DATABASE_URL: database.url(), ...options.env };
    const child = spawn(process.execPath, [CLI, ...args], { env });
    child.stdin.end(options.stdin ?? '');
    const [out, error, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
    return { code, out, error };
  }

  const acts = async () =>
    (await database.admin().query('select * from audit_log order by seq')).rows.map(
      ({ actor, role, action, target, before, after, reason }) => {
        return { actor, role, action, target, before, after, reason };
      },
    );

  it('refuses without a name, and with a name or password that cannot be', async () => {
    const nameless = await run([], { stdin: PASSWORD });
    assert.deepEqual([nameless.code, nameless.error], [1, 'Say who: --username or MASTER_USERNAME.\n']);
    const wrong = await run(['--username', 'no'], { stdin: 'short' });
    assert.equal(wrong.code, 1);
    assert.match(wrong.error, /username: .*\n.*password: .*\nNothing was done/);
    assert.equal((await run(['--password', 'x'])).code, 1);
  });

  it('makes a MASTER who can sign in, with the password piped in', async () => {
    const { code, out, error } = await run(['--username', 'Chief'], { stdin: `${PASSWORD}\n` });
    assert.deepEqual([code, error], [0, '']);
    assert.match(out, /^Chief is a MASTER now/);
    const { user } = accepted(await makeAccounts(database).login('chief', PASSWORD, CLIENT));
    assert.equal(user.role, 'MASTER');
    assert.deepEqual(await acts(), [
      {
        ...{ actor: user.id, role: 'MASTER', action: 'user.create-master', target: `user:${user.id}`, before: null },
        ...{ after: { username: 'Chief', role: 'MASTER', status: 'active' }, reason: 'npm run create-master' },
      },
    ]);
  });

  it('refuses a second one, unless forced', async () => {
    const env = { MASTER_USERNAME: 'second', MASTER_PASSWORD: PASSWORD };
    const refused = await run([], { env });
    assert.equal(refused.code, 1);
    assert.match(refused.error, /There is a MASTER already/);
    assert.equal((await run(['--force'], { env })).code, 0);
    const taken = await run(['--force'], { env });
    assert.deepEqual([taken.code, taken.error], [1, 'This username is taken. Nothing was done.\n']);
    assert.deepEqual(
      (await acts()).map(({ after, reason }) => [after.username, reason]),
      [
        ['Chief', 'npm run create-master'],
        ['second', 'npm run create-master -- --force'],
      ],
    );
    const [{ broken } = { broken: ['not looked at'] }] = await auditActs(database.pool());
    assert.deepEqual(broken, [], 'the chain has both of them');
  });
});
