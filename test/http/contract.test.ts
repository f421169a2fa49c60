import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Role } from '../../src/accounts/identity.ts';
import type { Server } from '../../src/server.ts';
import { newKey, newPlayer, newStaff, type Player, quickTable, send, start, testConfig } from '../journeys/support.ts';
import { newCollector } from '../lottery/journey-support.ts';
import { useDatabase } from '../support/database.ts';
import { ContractClient, type Operation, operationsOf, type Wish } from './contract-client.ts';
import { fitting, HALF_CHARACTERS, NONSENSE, ODD_WORDS, type Schema } from './samples.ts';
import { type Things, thingsOf } from './things.ts';

interface Asked extends Wish {
  readonly ids?: 'there' | 'nowhere';
  readonly query?: string;
  /** As it is, in place of what the path's parameters stand for. */
  readonly word?: string;
}

const METRICS_TOKEN = 'a-token-of-the-tests';
const SEED = 20_261_126;
const TRIES = 2;
/** What it would end for everybody who comes after. */
const SPARED = new Set(['POST /auth/logout', 'POST /wallets/me/exclusion']);

describe('the contract of the HTTP API, walked by a client that knows nothing but its description', () => {
  const database = useDatabase();
  let server: Server;
  let operations: readonly Operation[];
  let client: ContractClient;
  let people: Readonly<Record<Role, Player>>;
  let others: Readonly<Record<Role, Player>>;
  let there: Things;

  before(async function () {
    this.timeout(20_000);
    const table = quickTable('calm', { bettingMs: 600_000 });
    server = await start(database, [table], { config: testConfig({ METRICS_TOKEN, MARKET_INTERVAL_MS: '1000' }) });
    client = new ContractClient(server);
    operations = await operationsOf(server);
    people = await everybody();
    others = await everybody();
    there = await thingsOf(server, database, people);
  });
  after(() => server.stop());

  async function everybody(): Promise<Readonly<Record<Role, Player>>> {
    const [PLAYER, COLLECTOR] = [await newPlayer(server, 1_000_000), await newCollector(server, 1_000_000)];
    const [PARTNER, ADMIN] = [await newStaff(server, 'PARTNER'), await newStaff(server, 'ADMIN')];
    await send(server, 'POST', '/admin/partners', ADMIN, { userId: PARTNER.userId });
    return { PLAYER, COLLECTOR, PARTNER, ADMIN, MASTER: await newStaff(server, 'MASTER') };
  }

  /** A path with its parameters filled in. */
  function pathOf({ path, described }: Operation, { ids = 'there', word }: Asked): string {
    const known = Object.entries(there).find(([beginning]) => path.startsWith(beginning))?.[1];
    return path.replaceAll(/\{([a-zA-Z]+)\}/g, (_, name: string) => {
      if (word !== undefined) return word;
      if (name === 'symbol' && ids === 'there') return 'BTCUSDT';
      if (name === 'id') return ids === 'there' && known !== undefined ? known : newKey();
      const { schema = {} } = described.parameters?.find((each: Schema) => each.name === name) ?? {};
      return encodeURIComponent(String(fc.sample(fitting(schema), { numRuns: 1, seed: SEED })[0])) || 'x';
    });
  }

  /** Asks, and holds the answer against the description. */
  async function ask(operation: Operation, wish: Asked = {}): Promise<number> {
    const target = `${pathOf(operation, wish)}${wish.query ?? ''}`;
    return (await client.ask(operation, target, wish)).status;
  }

  const allowed = ({ described }: Operation): Player | undefined => {
    if (described.security === undefined) return undefined;
    if (described.security[0].metricsToken) return { ...people.ADMIN, token: METRICS_TOKEN };
    const role = Object.keys(people).find((each) => described['x-access'].split(', ').includes(each));
    return people[(role as Role) ?? 'PLAYER'];
  };
  const visitor = async (operation: Operation) =>
    SPARED.has(operation.name) ? newStaff(server, 'PLAYER') : allowed(operation);
  const bodyOf = ({ described }: Operation): Schema => described.requestBody?.content['application/json'].schema;
  const key = () => ({ 'Idempotency-Key': newKey() });
  const walked = (run: (operation: Operation) => Promise<void>) =>
    async function (this: Mocha.Context) {
      this.timeout(60_000);
      for (const operation of operations) await run(operation);
    };
  const withIds = (body: unknown): unknown =>
    typeof body === 'object' && body !== null && 'userId' in body ? { ...body, userId: there['/admin/users/'] } : body;

  it(
    'S4-08 lets nobody in whom it does not say it lets in',
    walked(async (operation) => {
      const { described, path } = operation;
      if (described.security === undefined) return;
      assert.equal(await ask(operation, { headers: key() }), 401, path);
      assert.equal(await ask(operation, { person: { token: 'x.y.z' }, headers: key() }), 401, path);
      if (described.security[0].metricsToken) return;
      for (const [role, person] of Object.entries(others)) {
        const access: string = described['x-access'];
        if (access.includes(role) || access.startsWith('everybody')) continue;
        assert.equal(await ask(operation, { person, headers: key() }), 403, `${role} ${path}`);
      }
    }),
  );

  it(
    'answers nonsense as it says it does',
    walked(async (operation) => {
      const { method, described, path } = operation;
      const person = await visitor(operation);
      const refused = async (wish: Asked, statuses: readonly number[]) => {
        const status = await ask(operation, { person, headers: key(), ...wish });
        assert.ok(statuses.includes(status), `${method} ${path} ${JSON.stringify(wish).slice(0, 200)}: ${status}`);
      };
      if (path.includes('{')) for (const word of ODD_WORDS) await ask(operation, { person, headers: key(), word });
      if (described.operationId.startsWith('getAuth')) await refused({ query: '?zz=1' }, [400]);
      for (const { name, in: place } of described.parameters ?? []) {
        if (place !== 'query') continue;
        for (const word of ODD_WORDS) await ask(operation, { person, query: `?${name}=${word}` });
        await ask(operation, { person, query: `?${name}=1&${name}=x` });
      }
      if (method === 'get') return;
      // A webhook's signature comes before its body.
      const bad = path.startsWith('/webhooks/') ? [400, 401, 404] : [400];
      for (const body of ['{', '[1', '"x"', '{"__proto__":1}', '{"a":"\\u0000"}']) await refused({ body }, bad);
      if (path.startsWith('/webhooks/')) return;
      await refused({ body: '{}', headers: { ...key(), 'Content-Type': 'text/plain' } }, [415]);
      await refused({ body: { x: 'x'.repeat(140_000) } }, [413]);
      const schema = bodyOf(operation);
      if (schema === undefined) return;
      const [good] = fc.sample(fitting(schema), { numRuns: 1, seed: SEED });
      if (typeof good !== 'object' || good === null) return;
      for (const field of Object.keys(schema.properties ?? good)) {
        for (const value of NONSENSE)
          await ask(operation, { person, headers: key(), body: { ...good, [field]: value } });
        // Who signs in is looked for as they say it, and nobody is called so; a seat is nowhere.
        const half = /^\/(auth|matchmake)\//.test(path) ? [400, 401, 404] : [400];
        for (const value of HALF_CHARACTERS) await refused({ body: { ...good, [field]: value } }, half);
      }
    }),
  );

  it(
    'shows nobody what is another’s',
    walked(async (operation) => {
      const { method, path, described } = operation;
      const access: string = described['x-access'];
      if (!path.includes('{id}') || described.security === undefined || /ADMIN|MASTER/.test(access)) return;
      for (const [role, person] of Object.entries(others)) {
        if (!access.includes(role) && !access.startsWith('everybody')) continue;
        const body = bodyOf(operation) && fc.sample(fitting(bodyOf(operation)), { numRuns: 1, seed: SEED })[0];
        const status = await ask(operation, { person, headers: key(), body });
        // A phase is everybody's: only what is handed in there is one's own.
        if (!path.startsWith('/lottery/phases/')) assert.equal(status, 404, `${role} ${path}`);
      }
      // A round is recalled when it is over, and the one that is there goes on for ten minutes.
      if (method !== 'get' || path === '/rounds/me/{id}') return;
      const seen: number[] = [];
      for (const person of Object.values(people)) seen.push(await ask(operation, { person }));
      assert.ok(seen.includes(200), `there is something to see: ${path}`);
    }),
  );

  it(
    'answers whatever fits, for what is there and for what is not',
    walked(async (operation) => {
      const query = (operation.described.parameters ?? []).filter((each: Schema) => each.in === 'query');
      for (let run = 0; run < TRIES; run++) {
        const person = await visitor(operation);
        const sample = (schema: Schema) => fc.sample(fitting(schema), { numRuns: 1, seed: SEED + run })[0];
        const body = bodyOf(operation) && withIds(sample(bodyOf(operation)));
        const asking = query.flatMap((each: Schema) =>
          run === 0 ? [] : [`${each.name}=${encodeURIComponent(String(sample(each.schema)))}`],
        );
        const wish = { person, headers: key(), body, query: asking.length > 0 ? `?${asking.join('&')}` : '' };
        await ask(operation, { ...wish, ids: 'there' });
        await ask(operation, { ...wish, ids: 'nowhere' });
      }
    }),
  );

  it('was asked enough for this to mean something', () => {
    assert.ok(client.asked > 20 * operations.length, `${client.asked} requests`);
  });
});
