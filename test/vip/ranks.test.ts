import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Server } from '../../src/server.ts';
import { allRanks, type Rank } from '../../src/vip/store.ts';
import { get, newPlayer, newStaff, type Player, send, start } from '../journeys/support.ts';
import { useDatabase } from '../support/database.ts';

const FIRST = [
  { level: 0, name: 'Bronze', xpFrom: 0, cashback: 0 },
  { level: 1, name: 'Silver', xpFrom: 1_000, cashback: 500 },
  { level: 2, name: 'Gold', xpFrom: 5_000, cashback: 1_000 },
  { level: 3, name: 'Platinum', xpFrom: 20_000, cashback: 1_500 },
  { level: 4, name: 'Diamond', xpFrom: 100_000, cashback: 2_000 },
];
const NEW = [
  { level: 0, name: 'Guest', xpFrom: 0, cashback: 0 },
  { level: 1, name: 'Friend', xpFrom: 10, cashback: 250 },
];

describe('the ranks of players', () => {
  const database = useDatabase();
  let server: Server;
  let admin: Player;
  before(async () => {
    server = await start(database, []);
    admin = await newStaff(server, 'ADMIN');
  });
  after(() => server.stop());

  const put = (ranks: unknown, more: object = { reason: 'a new year' }, who: Player | undefined = admin) =>
    send(server, 'PUT', '/admin/vip/ranks', who, { ranks, ...more });
  const lines = async () => (await get(server, '/admin/audit?action=vip.ranks', admin)).items;

  it('S2-03 S2-36 are those of the documents to begin with, for everybody to read', async () => {
    const expected = { items: FIRST, nextCursor: null };
    assert.deepEqual(await get(server, '/vip/ranks'), expected);
    assert.deepEqual(await get(server, '/admin/vip/ranks', admin), expected);
  });

  it('S4-08 are changed by ADMIN and MASTER alone', async () => {
    for (const role of ['PLAYER', 'PARTNER', 'COLLECTOR'] as const) {
      const who = await newStaff(server, role);
      assert.equal((await put(NEW, { reason: 'mine' }, who)).json.error.code, 'FORBIDDEN');
      assert.equal((await get(server, '/admin/vip/ranks', who)).error.code, 'FORBIDDEN');
    }
    assert.equal((await send(server, 'PUT', '/admin/vip/ranks', undefined, {})).json.error.code, 'UNAUTHORIZED');
    assert.deepEqual(await allRanks(database.pool()), FIRST);
  });

  const bad: readonly [string, unknown, string][] = [
    ['no rank at all', [], 'ranks'],
    ['levels that begin at 1', NEW.map((rank) => ({ ...rank, level: rank.level + 1 })), 'ranks.0.level'],
    ['a gap between levels', [NEW[0], { ...NEW[1], level: 2 }], 'ranks.1.level'],
    ['levels in another order', [...NEW].reverse(), 'ranks.0.level'],
    ['no rank for newcomers', [{ ...NEW[0], xpFrom: 1 }, NEW[1]], 'ranks.0.xpFrom'],
    ['points that do not rise', [NEW[0], { ...NEW[1], xpFrom: 0 }], 'ranks.1.xpFrom'],
    ['a name twice', [NEW[0], { ...NEW[1], name: 'Guest' }], 'ranks.1.name'],
    ['a name of nothing', [{ ...NEW[0], name: ' ' }], 'ranks.0.name'],
    ['more back than was lost', [{ ...NEW[0], cashback: 10_001 }], 'ranks.0.cashback'],
    ['half a point', [NEW[0], { ...NEW[1], xpFrom: 0.5 }], 'ranks.1.xpFrom'],
  ];
  for (const [what, ranks, at] of bad) {
    it(`a list with ${what} is refused, and nothing of it stays`, async () => {
      const { status, json } = await put(ranks);
      assert.deepEqual([status, json.error.code, json.error.details?.[0]?.path], [400, 'INVALID_REQUEST', at]);
      assert.deepEqual(await allRanks(database.pool()), FIRST);
      assert.deepEqual(await lines(), []);
    });
  }

  it('S4-50 a new list counts at once and is on record with before, after and why', async () => {
    const player = await newPlayer(server);
    assert.equal((await put(NEW, {})).json.error.details[0].path, 'reason');
    assert.deepEqual(await put(NEW), { status: 200, json: { items: NEW, nextCursor: null } });
    assert.deepEqual((await get(server, '/vip/ranks')).items, NEW);
    const { rank, nextLevelAt } = (await get(server, '/wallets/me', player)).vip;
    assert.deepEqual([rank, nextLevelAt], ['Guest', 10]);
    assert.deepEqual((await put(NEW)).json.error.code, 'ALREADY_DECIDED');
    const [line, ...others] = await lines();
    assert.deepEqual(others, []);
    assert.deepEqual([line.before, line.after, line.reason, line.target], [FIRST, NEW, 'a new year', 'vip:ranks']);
    assert.equal(line.adminId, admin.userId);
  });

  it('S2-36 what cashback comes to takes two people: one changes ranks, another turns it on', async () => {
    const other = await newStaff(server, 'MASTER');
    const path = '/admin/bonuses/campaigns';
    const terms = { name: 'Cashback', kind: 'CASHBACK', maxAmount: 100_000, wagering: 100, validDays: 7 };
    const { id } = (await send(server, 'POST', path, other, terms)).json;
    const turn = async (enabled: boolean, who: Player) => {
      const { status, json } = await send(server, 'PUT', `${path}/${id}`, who, { enabled, reason: 'why' });
      return status === 200 ? json.enabled : json.error.code;
    };
    assert.equal(await turn(true, admin), true);
    const named = NEW.map((rank) => ({ ...rank, name: `the ${rank.name}` }));
    assert.equal((await put(named)).status, 200, 'names are free');
    for (const ranks of [
      named.map((rank) => ({ ...rank, cashback: 10_000 })),
      named.map((rank) => ({ ...rank, xpFrom: rank.xpFrom / 2 })),
      named.slice(0, 1),
      [...named, { level: 2, name: 'more', xpFrom: 20, cashback: 10_000 }],
    ]) {
      const { status, json } = await put(ranks);
      assert.deepEqual([status, json.error.code], [409, 'NOT_OPEN']);
      assert.match(json.error.message, /Turn it off first/);
    }
    assert.equal(await turn(false, admin), false);
    assert.equal((await put(NEW.map((rank) => ({ ...rank, cashback: 300 })))).status, 200);
    assert.equal(await turn(true, admin), 'SAME_PERSON', 'who has changed the ranks');
    assert.equal(await turn(true, other), true);
    assert.equal(await turn(false, other), false);
  });

  it('of lists that come at once each is whole and follows the one that its line says', async () => {
    const lists = [1, 2, 3, 4].map((count) =>
      Array.from({ length: count }, (_, level) => ({
        level,
        name: `n${count}-${level}`,
        xpFrom: level,
        cashback: count,
      })),
    );
    const answers = await Promise.all(lists.map((ranks) => put(ranks)));
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200, 200],
    );
    const written = (await lines()).slice(0, 5);
    assert.deepEqual(await allRanks(database.pool()), written[0].after);
    for (let at = 0; at < 4; at++) assert.deepEqual(written[at].before, written[at + 1].after);
  });

  it('S2-36 any points have exactly one rank: the highest that they reach', async () => {
    const rising = fc.uniqueArray(fc.integer({ min: 1, max: 10_000 }), { maxLength: 8 }).map((points) => {
      const from = [0, ...points.sort((one, other) => one - other)];
      return from.map((xpFrom, level): Rank => ({ level, name: `rank ${level}`, xpFrom, cashback: level }));
    });
    const player = await newPlayer(server, 1);
    await fc.assert(
      fc.asyncProperty(rising, fc.nat(11_000), async (ranks, xp) => {
        const { status } = await put(ranks, { reason: 'any' });
        assert.ok(status === 200 || status === 409);
        await database.admin().query('update wallet set xp = $1 where owner = $2', [xp, player.userId]);
        const { vip } = await get(server, '/wallets/me', player);
        const reached = ranks.filter(({ xpFrom }) => xpFrom <= xp);
        assert.equal(vip.level, reached.length - 1);
        assert.equal(vip.levelXp, xp - (reached.at(-1)?.xpFrom ?? 0));
        assert.equal(vip.nextLevelAt, ranks[reached.length]?.xpFrom ?? null);
      }),
      { numRuns: 25 },
    );
  });
});
