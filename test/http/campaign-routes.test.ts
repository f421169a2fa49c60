import assert from 'node:assert/strict';
import { WireCampaign } from '../../src/bonuses/wire-campaign.ts';
import type { UserId } from '../../src/ids.ts';
import type { Server } from '../../src/server.ts';
import { addDeposit, addPlayer, assertBonuses, bonusesOf, shown } from '../bonuses/support.ts';
import { get, newStaff, type Player, quickTable, send, start } from '../journeys/support.ts';
import { useDatabase } from '../support/database.ts';

const TERMS = { kind: 'DEPOSIT', percentage: 5_000, maxAmount: 100_000, wagering: 3_000, validDays: 30 };
const PATH = '/admin/bonuses/campaigns';

describe('campaigns under the hands of the house', () => {
  const database = useDatabase();
  let server: Server;
  let ann: Player;
  let bob: Player;
  let names = 0;
  before(async () => {
    server = await start(database, [quickTable('main', { enabled: false }), quickTable('fast', { enabled: false })]);
    ann = await newStaff(server, 'ADMIN');
    bob = await newStaff(server, 'MASTER');
  });
  afterEach(() => database.admin().query('update bonus_campaign set enabled_at = null'));
  after(async () => {
    await server.stop();
    await assertBonuses(database);
  });

  const make = (more: object = {}, who: Player | undefined = ann) => {
    names += 1;
    return send(server, 'POST', PATH, who, { ...TERMS, name: `campaign ${names}`, ...more });
  };
  const made = async (more: object = {}) => {
    const { status, json } = await make(more);
    assert.equal(status, 201, JSON.stringify(json));
    return WireCampaign.parse(json);
  };
  const change = (id: string, body: object, who = bob) => send(server, 'PUT', `${PATH}/${id}`, who, body);
  const turnOn = (id: string, who = bob) => change(id, { enabled: true, reason: 'it begins' }, who);
  /** Set up by Ann, turned on by Bob. */
  const running = async (more: object = {}) => {
    const { id } = await made(more);
    const { status, json } = await turnOn(id);
    assert.equal(status, 200, JSON.stringify(json));
    return WireCampaign.parse(json);
  };
  const lines = async (id: string) => (await get(server, `/admin/audit?target=campaign:${id}`, ann)).items;
  const of = async (userId: UserId) => (await bonusesOf(database.pool(), userId)).map(shown);
  const problem = ({ status, json }: { status: number; json: { error?: { code: string; details?: unknown } } }) => {
    const details = (json.error?.details ?? []) as { path: string }[];
    return [status, json.error?.code, ...new Set(details.map(({ path }) => path))];
  };

  it('S4-50 one is set up with all that it promises, listed, and on record', async () => {
    const created = await made({ reason: 'spring', contributions: { main: 10_000, fast: 500 }, maxStake: 5_000 });
    const { id, createdAt, changedAt, enabledAt, startsAt, ...rest } = created;
    assert.deepEqual(rest, {
      ...{ ...TERMS, name: `campaign ${names}`, enabled: false, fixedAmount: null, minDeposit: 0, maxStake: 5_000 },
      ...{ contributions: { fast: 500, main: 10_000 }, oncePerPlayer: false, endsAt: null, changedBy: ann.userId },
    });
    assert.deepEqual([changedAt, enabledAt, startsAt], [createdAt, null, createdAt]);
    assert.deepEqual((await get(server, PATH, bob)).items[0], created);
    const [line, ...others] = await lines(id);
    assert.deepEqual(others, []);
    assert.deepEqual([line.action, line.adminId, line.reason], ['bonus.campaign.create', ann.userId, 'spring']);
    assert.deepEqual([line.before, line.after.maxAmount, line.after.kind], [null, 100_000, 'DEPOSIT']);
  });

  it('S4-08 by ADMIN and MASTER alone', async () => {
    const { id } = await made();
    for (const role of ['PLAYER', 'PARTNER', 'COLLECTOR'] as const) {
      const who = await newStaff(server, role);
      for (const answer of [
        make({}, who),
        change(id, { enabled: false, reason: 'mine' }, who),
        send(server, 'GET', PATH, who),
        send(server, 'GET', '/admin/bonuses', who),
      ]) {
        assert.deepEqual(problem(await answer), [403, 'FORBIDDEN']);
      }
    }
    assert.deepEqual(problem(await send(server, 'POST', PATH, undefined, {})), [401, 'UNAUTHORIZED']);
  });

  const bad: readonly [string, object, readonly string[]][] = [
    ['an unknown kind', { kind: 'GIFT' }, ['kind']],
    ['no name', { name: ' ' }, ['name']],
    ['half a unit', { maxAmount: 0.5 }, ['maxAmount']],
    ['no days', { validDays: 0 }, ['validDays']],
    ['a year and a day', { validDays: 366 }, ['validDays']],
    ['more than a hundred times', { wagering: 10_001 }, ['wagering']],
    ['a game of another form', { contributions: { 'Main Table': 1 } }, ['contributions.Main Table']],
    ['more than all of a stake', { contributions: { '*': 10_001 } }, ['contributions.*']],
    ['no game', { contributions: {} }, ['contributions']],
    ['a field of nobody', { approved: true }, ['']],
    ['neither part nor amount', { percentage: null }, ['percentage']],
    ['an end before its start', { startsAt: '2026-01-02T00:00:00Z', endsAt: '2026-01-01T00:00:00Z' }, ['endsAt']],
    ['a start before our era', { startsAt: '0000-01-01T00:00:00Z' }, ['startsAt']],
    ['an end that nobody lives to see', { endsAt: '9999-12-31T23:59:59Z' }, ['endsAt']],
    [
      'tables that there are not',
      { contributions: { main: 1, mian: 1, '*': 1, a: 1 } },
      ['contributions.a', 'contributions.mian'],
    ],
    ['a requirement that cannot be counted', { maxAmount: 1e15 }, ['wagering']],
  ];
  for (const [what, more, fields] of bad) {
    it(`not with ${what}: the field is named, nothing is written`, async () => {
      const before = (await get(server, PATH, ann)).items.length;
      assert.deepEqual(problem(await make(more)), [400, 'INVALID_REQUEST', ...fields]);
      assert.equal((await get(server, PATH, ann)).items.length, before);
    });
  }

  it('the database takes no time that would not come out of it as it went in', async () => {
    const { id } = await made();
    for (const column of ['starts_at', 'ends_at']) {
      const at = column === 'starts_at' ? '0001-01-01 00:00:00+00 BC' : '2101-01-01 00:00:00+00';
      const set = database.admin().query(`update bonus_campaign set ${column} = $1 where id = $2`, [at, id]);
      await assert.rejects(set, /violates check constraint/);
    }
  });

  it('of two of one name, or two cashbacks that are on, there is one, whoever asks at once', async () => {
    const same = await Promise.all([1, 2, 3].map(() => make({ name: 'the same' })));
    assert.deepEqual(same.map(({ status }) => status).sort(), [201, 400, 400]);
    const cashback = { kind: 'CASHBACK', percentage: null };
    const three = await Promise.all([made(cashback), made(cashback), made(cashback)]);
    const turned = await Promise.all(three.map(({ id }) => turnOn(id)));
    assert.deepEqual(turned.map(({ status }) => status).sort(), [200, 400, 400]);
    const refused = turned.find(({ status }) => status === 400);
    assert.deepEqual(refused && problem(refused), [400, 'INVALID_REQUEST', 'enabled']);
  });

  it('S2-08 what gives by itself takes two people: one for its terms, another to turn it on', async () => {
    assert.deepEqual(problem(await make({ enabled: true })), [403, 'SAME_PERSON']);
    const { id } = await made();
    assert.deepEqual(problem(await turnOn(id, ann)), [403, 'SAME_PERSON']);
    assert.deepEqual((await turnOn(id)).json.enabled, true);
    const both = await change(id, { percentage: 9_000, enabled: true, reason: 'mine' });
    assert.deepEqual(problem(both), [403, 'SAME_PERSON']);
    const dearer = await change(id, { percentage: 9_000, reason: 'mine' });
    assert.deepEqual([dearer.status, dearer.json.enabled], [200, false]);
    assert.deepEqual(problem(await turnOn(id)), [403, 'SAME_PERSON']);
    assert.deepEqual((await turnOn(id, ann)).json.enabled, true);
    const manual = { kind: 'MANUAL', percentage: null };
    assert.equal((await made(manual)).enabled, true, 'who hands out of it has to be another one anyway');
  });

  it('S2-08 who turns one on or off, or gives it another name, has not set its terms', async () => {
    const { id, changedAt } = await made();
    for (const [enabled, who] of [...[true, false, true].map((each) => [each, bob] as const), [false, ann]] as const) {
      assert.equal((await change(id, { enabled, reason: 'a pause' }, who)).json.enabled, enabled);
    }
    assert.deepEqual(problem(await turnOn(id, ann)), [403, 'SAME_PERSON'], 'the terms are hers still');
    const renamed = await change(id, { name: 'another name', reason: 'a better one' });
    assert.deepEqual([renamed.status, renamed.json.changedBy, renamed.json.changedAt], [200, ann.userId, changedAt]);
    assert.deepEqual(problem(await turnOn(id, ann)), [403, 'SAME_PERSON']);
    assert.equal((await turnOn(id)).json.enabled, true);
    const again = await change(id, { name: 'a third name', reason: 'the best' }, ann);
    assert.deepEqual([again.json.name, again.json.enabled], ['a third name', true], 'a name is no term');
  });

  it('S2-08 a change is for what happens from then on, and is on record with before and after', async () => {
    const { id } = await running();
    const player = await addPlayer(database.pool());
    await addDeposit(database.pool(), player, 20_000);
    const changed = await change(id, { percentage: 1_000, wagering: 100, reason: 'too dear' });
    assert.deepEqual([changed.status, changed.json.percentage, changed.json.changedBy], [200, 1_000, bob.userId]);
    const [line] = await lines(id);
    assert.equal((await turnOn(id, ann)).status, 200);
    await new Promise((resolve) => setTimeout(resolve, 5));
    await server.bonuses.credited(await addDeposit(database.pool(), player, 20_000));
    await server.bonuses.sweep();
    assert.deepEqual(await of(player), ['ACTIVE 10000/300000', 'ACTIVE 2000/2000']);
    assert.deepEqual(
      [line.action, line.adminId, line.before.percentage, line.after.percentage, line.reason],
      [...['bonus.campaign.change', bob.userId, 5_000, 1_000, 'too dear']],
    );
    const again = await change(id, { percentage: 1_000, reason: 'again' });
    assert.deepEqual(problem(again), [409, 'ALREADY_DECIDED']);
    assert.deepEqual(problem(await change(id, { reason: 'nothing' })), [400, 'INVALID_REQUEST', '']);
    assert.deepEqual(problem(await change(id, { percentage: null, reason: 'a test' })), [
      400,
      'INVALID_REQUEST',
      'percentage',
    ]);
    const nowhere = await change(id, { contributions: { mian: 10_000 }, reason: 'a slip' });
    assert.deepEqual(problem(nowhere), [400, 'INVALID_REQUEST', 'contributions.mian']);
    assert.equal(nowhere.json.error.details[0].message, 'there is no such table');
    const early = await change(id, { startsAt: '0000-01-01T00:00:00Z', reason: 'a test' });
    assert.deepEqual(problem(early), [400, 'INVALID_REQUEST', 'startsAt']);
    assert.deepEqual(problem(await change(id, { kind: 'MANUAL', reason: 'a test' })), [400, 'INVALID_REQUEST', '']);
    assert.deepEqual(problem(await change(ann.userId, { enabled: false, reason: 'a test' })), [404, 'NOT_FOUND']);
    assert.equal((await lines(id)).length, 4);
  });

  it('S2-08 what happens while it is off is for nothing, also when it is on again', async () => {
    const { id } = await running();
    const player = await addPlayer(database.pool());
    await addDeposit(database.pool(), player, 20_000);
    assert.equal((await change(id, { enabled: false, reason: 'a pause' })).json.enabledAt, null);
    await addDeposit(database.pool(), player, 30_000);
    await server.bonuses.sweep();
    assert.deepEqual(await of(player), ['ACTIVE 10000/300000'], 'what was before it was turned off');
    assert.equal((await turnOn(id)).json.enabled, true);
    await new Promise((resolve) => setTimeout(resolve, 5));
    await addDeposit(database.pool(), player, 40_000);
    await server.bonuses.sweep();
    assert.deepEqual(await of(player), ['ACTIVE 10000/300000', 'ACTIVE 20000/600000']);
  });
});
