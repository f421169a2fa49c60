import assert from 'node:assert/strict';
import { Auditor } from '../../src/backoffice/auditor.ts';
import { isRefusal } from '../../src/refusal.ts';
import { useDatabase } from '../support/database.ts';
import { removeDirectory, temporaryDirectory } from '../support/server.ts';

describe('an audit beside a live server', () => {
  const database = useDatabase();
  let dataDir: string;
  let auditor: Auditor;
  before(() => {
    dataDir = temporaryDirectory();
    auditor = new Auditor({ databaseUrl: database.url(), dataDir, secret: 'secret' });
  });
  after(() => removeDirectory(dataDir));

  it('runs once at a time, and again when it is over', async () => {
    const [first, second] = await Promise.all([auditor.audit(), auditor.audit()]);
    assert.ok(!isRefusal(first));
    assert.deepEqual([first.length > 15, first.flatMap(({ broken }) => broken)], [true, []]);
    assert.ok(isRefusal(second) && second.code === 'BUSY');
    assert.ok(!isRefusal(await auditor.audit()));
  });

  it('is cut off when the server stops, and leaves nothing behind', async () => {
    const cut = assert.rejects(auditor.audit(), /cut off/);
    await auditor.stop();
    await cut;
    assert.ok(!isRefusal(await auditor.audit()));
    await auditor.stop();
  });

  it('says why it could not be made', async () => {
    const away = new Auditor({ databaseUrl: `${database.url()}_gone`, dataDir, secret: 'secret' });
    await assert.rejects(away.audit(), /does not exist|database/);
    await assert.rejects(away.audit(), /does not exist|database/, 'it is not busy for good');
  });
});
