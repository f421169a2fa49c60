import assert from 'node:assert/strict';
import { Client, DatabaseError } from 'pg';
import { BackendTerminatedError } from 'slonik';
import { isDatabaseAway } from '../../db/away.ts';
import { openAppPool } from '../../db/pool.ts';
import { healthRouter } from '../../src/http/health-routes.ts';
import { publicRoute } from '../../src/http/route.ts';
import { useDatabase } from '../support/database.ts';
import { latenessAt } from '../support/lateness.ts';
import { assertError, useHttp } from './support.ts';

const NOWHERE = 'postgresql://postgres@%2Fnowhere:5432/croupier';
const never = () => new Promise<boolean>(() => undefined);

describe('health', () => {
  const database = useDatabase();
  let checks: Record<string, () => Promise<boolean> | boolean> = {};
  let fails: () => Promise<never> = () => Promise.reject(new Error('nothing'));
  const health = (name: string) => checks[name]?.() ?? true;
  let now = 0;
  const http = useHttp(database, {
    pages: [healthRouter({ database: () => health('database'), wallet: () => health('wallet') }, () => now)],
    routes: [publicRoute({ method: 'get', path: '/test/fails', summary: 'Fails.' }, () => fails())],
  });
  afterEach(() => {
    checks = {};
    now += 1_000;
  });

  it('/healthz asks nobody, whatever the token', async () => {
    const verify = http.accounts().verifyAccessToken;
    Object.assign(http.accounts(), { verifyAccessToken: never });
    const { status } = await http.call('GET', '/healthz', { token: 'x.y.z' });
    Object.assign(http.accounts(), { verifyAccessToken: verify });
    assert.equal(status, 200);
  });

  it('/readyz says within two seconds what does not answer', async () => {
    checks = { database: never };
    const begun = performance.now();
    const late = latenessAt(begun + 1_500, () => performance.now());
    const { status, json } = await http.call('GET', '/readyz');
    assert.deepEqual([status, json.checks], [503, { database: false, wallet: true }]);
    const took = performance.now() - begun;
    assert.ok(took < 2_000 + (await late), `${took} ms`);
  });

  it('/readyz asks once a second, however many ask, and says again what failed', async () => {
    let asked = 0;
    let well = false;
    checks = {
      database: async () => {
        asked += 1;
        if (!well) throw new Error('no database');
        return true;
      },
    };
    const ask = () => http.call('GET', '/readyz');
    const statuses = async () => (await Promise.all(Array.from({ length: 20 }, ask))).map(({ status }) => status);
    assert.deepEqual(new Set(await statuses()), new Set([503]));
    [well, now] = [true, now + 999];
    assert.deepEqual([(await ask()).status, asked], [503, 1]);
    now += 1;
    assert.deepEqual(new Set(await statuses()), new Set([200]));
    assert.equal(asked, 2);
  });

  it('a route that cannot reach the database answers BUSY, and a bug INTERNAL', async () => {
    fails = async () => {
      await openAppPool(NOWHERE);
      return assert.fail('there is no such server');
    };
    assertError(await http.call('GET', '/test/fails'), 503, 'BUSY');
    fails = () => Promise.reject(new Error('a bug'));
    assertError(await http.call('GET', '/test/fails'), 500, 'INTERNAL');
  });

  it('a server that is gone, stops, starts or is full is away; one that dislikes a question is not', async () => {
    const gone = await new Client({ host: '/nowhere' }).connect().catch((error: unknown) => error);
    assert.ok(isDatabaseAway(gone));
    assert.ok(isDatabaseAway(new Error('outer', { cause: gone })));
    assert.ok(isDatabaseAway(new AggregateError([gone])));
    assert.ok(isDatabaseAway(new BackendTerminatedError(new Error('Connection terminated'))));
    assert.ok(isDatabaseAway(new Error('Connection terminated unexpectedly')));
    for (const code of ['08006', '57P01', '57P03', '53300']) assert.ok(isDatabaseAway(stateError(code)), code);
    for (const code of ['42P01', '23505', '57014', '40001']) assert.ok(!isDatabaseAway(stateError(code)), code);
    const missingFile = Object.assign(new Error('no file'), { code: 'ENOENT', syscall: 'open' });
    for (const other of [missingFile, new Error('bug'), undefined, 'text']) assert.ok(!isDatabaseAway(other));
  });
});

function stateError(code: string): Error {
  return Object.assign(new DatabaseError('x', 1, 'error'), { code });
}
