import assert from 'node:assert/strict';
import type { Role } from '../../src/accounts/identity.ts';
import { openSeed, type SeedOwner, sealingKey } from '../../src/fairness/sealed-seed.ts';
import type { Server } from '../../src/server.ts';
import { WEBHOOK_SECRET } from '../cashier/support.ts';
import { newKey, type Player, quickTable, start, testConfig } from '../journeys/support.ts';
import { useDatabase } from '../support/database.ts';
import { ContractClient, type Operation, operationsOf } from './contract-client.ts';
import { HOUSE_PATHS } from './happy-house.ts';
import { PEOPLE_PATHS } from './happy-people.ts';
import { type HappyPath, type HappyPaths, type HappyWish, make, type World, worldOf } from './happy-world.ts';

const METRICS_TOKEN = 'a-token-of-the-tests';
const PATHS: HappyPaths = { ...PEOPLE_PATHS, ...HOUSE_PATHS };
/** What is answered again as it was when it is repeated, and changes nothing: there is nothing to write down then. */
const ANSWERED_AGAIN = new Set([
  // The same key.
  ...['POST /admin/adjustments', 'POST /admin/bonuses'],
  // The same person, of something decided.
  ...['PUT /admin/adjustments/{id}/approve', 'POST /admin/lottery/phases/{id}/settle'],
  'POST /admin/partners/{id}/statements/{statement}/approve',
  'POST /admin/partners/{id}/statements/{statement}/pay',
]);
describe('every operation of the published description', () => {
  const database = useDatabase();
  let server: Server;
  let client: ContractClient;
  let operations: readonly Operation[];
  let world: World;

  before(async function () {
    this.timeout(30_000);
    const environment = { METRICS_TOKEN, MARKET_INTERVAL_MS: '1000', SANDBOX_WEBHOOK_SECRET: WEBHOOK_SECRET };
    const tables = [quickTable('calm', { bettingMs: 600_000 }), quickTable('quick')];
    server = await start(database, tables, { config: testConfig(environment) });
    client = new ContractClient(server);
    operations = await operationsOf(server);
    world = await worldOf(server, database);
  });
  after(() => server.stop());

  const isOfHouse = ({ path }: Operation) => /^\/(admin|master)\//.test(path);
  const lines = async (): Promise<number> =>
    Number((await database.admin().query('select count(*) as lines from audit_log')).rows[0].lines);

  /** The first of those who may. */
  function personFor({ described }: Operation): Pick<Player, 'token'> | undefined {
    if (described.security === undefined) return undefined;
    if (described.security[0].metricsToken) return { token: METRICS_TOKEN };
    const role = Object.keys(world.people).find((each) => described['x-access'].split(', ').includes(each));
    return world.people[(role as Role) ?? 'PLAYER'];
  }

  /** Where there is nothing to say but where: who may ask is answered. */
  function pathOf({ method, path, name }: Operation): HappyPath {
    const plain = method === 'get' && !path.includes('{') ? () => ({}) : undefined;
    return PATHS[name] ?? plain ?? assert.fail(`nobody knows how to succeed with ${name}: add it to the happy paths`);
  }

  async function ask(operation: Operation, wish: HappyWish) {
    const { params = {}, query = '' } = wish;
    const target = operation.path.replaceAll(
      /\{([a-zA-Z]+)\}/g,
      (_, name: string) => params[name] ?? assert.fail(name),
    );
    return client.ask(operation, `${target}${query}`, { ...wish, person: wish.person ?? personFor(operation) });
  }

  it('is known, and nothing else is', () => {
    for (const operation of operations) assert.ok(pathOf(operation), operation.name);
    const names = new Set(operations.map(({ name }) => name));
    assert.deepEqual(
      [...Object.keys(PATHS), ...ANSWERED_AGAIN].filter((name) => !names.has(name)),
      [],
    );
  });

  /** Does it and, where it is an act, tries the last of it again. */
  async function walk(operation: Operation): Promise<void> {
    const isAct = isOfHouse(operation) && operation.method !== 'get';
    const wishes = [await pathOf(operation)(world)].flat();
    for (const wish of wishes) {
      const before = await lines();
      const { status, text, what } = await ask(operation, wish);
      assert.ok(status < 300, what);
      assert.ok(!text.startsWith('{"items":[]'), `a list with nothing in it proves nothing: ${what}`);
      assert.equal((await lines()) - before, isAct ? 1 : 0, `lines of the audit log: ${what}`);
    }
    const last = wishes.at(-1);
    if (!isAct || last === undefined) return;
    const before = await lines();
    const { status, what } = await ask(operation, last);
    const isOnRecord = status < 300 && !ANSWERED_AGAIN.has(operation.name);
    assert.equal((await lines()) - before, isOnRecord ? 1 : 0, `lines of the audit log, again: ${what}`);
  }

  it('S4-50 succeeds as it says; what the house changes is one line of the audit log each time', async function () {
    this.timeout(120_000);
    const failures: string[] = [];
    // What is read comes after what is made: lists have something in them then.
    const reads = Map.groupBy(operations, ({ method }) => method === 'get');
    for (const operation of [...(reads.get(false) ?? []), ...(reads.get(true) ?? [])]) {
      await walk(operation).catch((error: Error) => failures.push(`${operation.name}: ${error.message}`));
    }
    assert.deepEqual(failures, []);
  });

  /** Hashes as they are stored and could be written, and seeds that are still secret. */
  async function secrets(): Promise<readonly string[]> {
    const admin = database.admin();
    const { rows: hashes } = await admin.query<{ secret: Buffer }>(`
      select hash as secret from partner_api_key union all select hash from refresh_token
       union all select sealed from round_seed union all select sealed from lottery_seed
       union all select sealed from market_day union all select convert_to(password_hash, 'utf8') from users`);
    const { rows: seeds } = await admin.query<{ owner: SeedOwner; sealed: Buffer }>(`
      select round::text as owner, sealed from round_seed where revealed is null
       union all select phase::text, sealed from lottery_seed where revealed is null
       union all select 'market ' || day, sealed from market_day where revealed is null`);
    const key = sealingKey(server.config.seedEncryptionKey);
    const open = seeds.map(({ owner, sealed }) => Buffer.from(openSeed(key, owner, sealed)));
    assert.ok(hashes.length > 20 && seeds.length > 3, `${hashes.length} hashes, ${seeds.length} seeds`);
    return [...hashes.map(({ secret }) => secret), ...open].flatMap((bytes) =>
      (['hex', 'base64', 'base64url', 'utf8'] as const).map((encoding) => bytes.toString(encoding)),
    );
  }

  it('S4-08 tells nobody a password’s hash, a key’s, a token’s, or a seed before its time', async () => {
    assert.ok(client.heard.length > operations.length);
    const all = client.heard.join('\n');
    for (const secret of await secrets()) assert.ok(!all.includes(secret), `told: ${secret}`);
  });

  const isKeyed = ({ described }: Operation) =>
    (described.security ?? []).some((each: object) => Object.hasOwn(each, 'apiKey'));
  const newKeyOf = (...scopes: readonly string[]): Promise<{ id: string; key: string }> =>
    make(world, 'POST', '/partner/api-keys', world.people.PARTNER, { name: 'a test', scopes });
  const statusBy = async (operation: Operation, key: string): Promise<number> => {
    const headers = { 'X-Api-Key': key };
    const wish = await pathOf(operation)(world);
    return (await client.ask(operation, operation.path, { ...wish, headers })).status;
  };

  it('S4-08 lets a partner’s key in where it says so: for the one purpose it is for, until it is revoked', async () => {
    const scopes = ['reports', 'statements', 'postbacks'];
    const keys = await Promise.all(scopes.map((scope) => newKeyOf(scope)));
    const revoked = await newKeyOf(...scopes);
    await make(world, 'DELETE', `/partner/api-keys/${revoked.id}`, world.people.PARTNER);
    const keyed = operations.filter(isKeyed);
    assert.ok(keyed.length >= 6, 'there are operations by key');
    for (const operation of keyed) {
      const statuses: number[] = [];
      for (const { key } of keys) statuses.push(await statusBy(operation, key));
      assert.deepEqual(statuses.sort(), [200, 403, 403], operation.name);
      for (const key of [revoked.key, `${keys[0]?.key}x`, 'x']) assert.equal(await statusBy(operation, key), 401, key);
    }
  });

  it('S4-08 lets no key in anywhere else', async () => {
    const { key } = await newKeyOf('reports', 'statements', 'postbacks');
    for (const operation of operations) {
      const { described, path } = operation;
      if (described.security === undefined || isKeyed(operation)) continue;
      const target = path.replaceAll(/\{[a-zA-Z]+\}/g, newKey());
      const headers = { 'X-Api-Key': key, 'Idempotency-Key': newKey() };
      assert.equal((await client.ask(operation, target, { headers })).status, 401, operation.name);
    }
  });
});
