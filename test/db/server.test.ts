import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { isAlive, readPostmaster } from '../../db/embedded/postmaster.ts';
import { clientConfig } from '../../db/pool.ts';
import { acquireServer } from '../../db/server.ts';
import { createLogger } from '../../src/log.ts';
import { eventually } from '../demo/support.ts';
import { removeDirectory, temporaryDirectory } from '../support/server.ts';

const execute = promisify(execFile);
const log = createLogger('silent');

describe('the server of an installation', () => {
  let dataDir: string;

  before(() => {
    dataDir = temporaryDirectory();
  });

  after(() => removeDirectory(dataDir));

  it('S0-98 is the one DATABASE_URL names', async () => {
    const server = await acquireServer({ databaseUrl: 'postgresql://me@db.example/money', dataDir }, log);
    assert.equal(server.url, 'postgresql://me@db.example/money');
    await server.release();
  });

  it('is otherwise our own, and stays up until the last who uses it lets go', async () => {
    const first = await acquireServer({ databaseUrl: undefined, dataDir }, log);
    const second = await acquireServer({ databaseUrl: undefined, dataDir }, log);
    assert.equal(second.url, first.url);
    const client = new Client(clientConfig(second.url));
    await client.connect();
    const pid = serverPid();
    await first.release();
    assert.deepEqual((await client.query('select current_database() as name')).rows, [{ name: 'croupier' }]);
    await client.end();
    await second.release();
    assert.equal(isAlive(pid), false);
  });

  it('is started again at the same address when it dies alone, and let go in peace', async function () {
    this.timeout(30_000);
    const server = await acquireServer({ databaseUrl: undefined, dataDir }, log);
    const before = serverPid();
    process.kill(before, 'SIGKILL');
    await eventually('another server', async () => serverPid() !== before && isAlive(serverPid()));
    await eventually('an answer', async () => {
      const client = new Client(clientConfig(server.url));
      client.on('error', () => undefined);
      return client.connect().then(
        () => client.end().then(() => true),
        () => false,
      );
    });
    const after = serverPid();
    await server.release();
    assert.equal(isAlive(after), false);
  });

  it('lets go of a server that is dead', async () => {
    const server = await acquireServer({ databaseUrl: undefined, dataDir }, log);
    process.kill(serverPid(), 'SIGKILL');
    await server.release();
  });

  it('S0-96 is migrated by npm run db:migrate, once', async () => {
    const cli = join(import.meta.dirname, '../../db/migrate-cli.ts');
    const run = () => execute(process.execPath, [cli], { env: { PATH: process.env.PATH, DATA_DIR: dataDir } });
    assert.match((await run()).stdout, /^applied 0001_kernel$/m);
    assert.equal((await run()).stdout, 'nothing to apply: the database is up to date\n');
  });

  function serverPid(): number {
    return readPostmaster(join(dataDir, 'postgres', 'postgres-18'))?.pid ?? 0;
  }
});
