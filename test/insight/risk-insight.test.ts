import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import type { Game } from '../../src/games/andar-bahar/store.ts';
import { firstUuid7, type TableId, type UserId } from '../../src/ids.ts';
import { stretchFrom } from '../../src/insight/stretch.ts';
import { WireRiskInsight } from '../../src/insight/wire-insight.ts';
import { minor } from '../../src/money.ts';
import { isRefusal } from '../../src/refusal.ts';
import type { RoundDeps } from '../../src/rounds/live-round.ts';
import type { Server } from '../../src/server.ts';
import { addPlayer } from '../bonuses/support.ts';
import { newCashier, wish } from '../cashier/support.ts';
import { assertBooks, newStaff, type Player, send, start, until } from '../journeys/support.ts';
import { handIn, newCollector, newPhase } from '../lottery/journey-support.ts';
import { ANDAR_WINS, BAHAR_WINS, newGame, openedRound, type Placed, playRound } from '../rounds/played.ts';
import { roundDeps } from '../rounds/support.ts';
import { useDatabase } from '../support/database.ts';
import { lockWaits } from '../support/lock-waits.ts';
import { credit, newKey } from '../wallet/fixture.ts';

const HOUR_MS = 3_600_000;
const TABLE = { tableId: 'insight' as TableId, maxBet: minor(100_000) };

describe('what the house should look at, GET /ai/risk', () => {
  const database = useDatabase();
  let server: Server;
  let admin: Player;
  let deps: RoundDeps;
  let game: Game;
  before(async () => {
    server = await start(database, []);
    admin = await newStaff(server, 'ADMIN');
    deps = { ...roundDeps(database.pool(), { actor: server.wallet } as never), wallet: server.wallet };
    game = await newGame(deps, TABLE);
  });
  after(async () => {
    await server.stop();
    await assertBooks(database);
  });

  async function risk(query = ''): Promise<z.output<typeof WireRiskInsight>> {
    const { status, json } = await send(server, 'GET', `/ai/risk${query}`, admin);
    assert.equal(status, 200, JSON.stringify(json));
    return WireRiskInsight.parse(json);
  }

  async function player(more: Parameters<typeof addPlayer>[1] = {}): Promise<UserId> {
    const userId = await addPlayer(database.pool(), more);
    assert.ok((await server.wallet.execute(credit(userId, 10_000_000))).ok);
    return userId;
  }

  const bet = (userId: UserId, amount: number, betSide: Placed['betSide'] = 'andar', undone = false): Placed => {
    return { userId, betSide, amount, undone };
  };
  const bets = (count: number, userId: UserId, amount: number) =>
    Array.from({ length: count }, () => bet(userId, amount));
  const round = (placed: readonly Placed[]) => playRound(deps, game, placed, ANDAR_WINS);
  const ago = (ms: number) => ({ ...deps, clock: { ...deps.clock, now: () => Date.now() - ms } });

  /** A sign-in from this address, last used so many days ago. */
  async function signIn(userId: UserId, ip: string, daysAgo = 0): Promise<void> {
    const at = new Date(Date.now() - daysAgo * 24 * HOUR_MS);
    await database.admin().query(
      `insert into session (id, user_id, user_agent, ip, created_at, last_used_at, expires_at)
       values ($1, $2, '', $3, $4, $4, $4::timestamptz + interval '60 days')`,
      [newKey(), userId, ip, at],
    );
  }

  it('is for the house alone, says when nothing is the matter, and looks back up to a week (S4-51)', async () => {
    const { since, ...nothing } = await risk('?hours=168');
    assert.deepEqual(nothing, { unusualStakes: [], oppositeBets: [], hotNumbers: [] });
    assert.ok(Math.abs(Date.parse(since) - (Date.now() - 168 * HOUR_MS)) < 60_000);
    assert.equal((await send(server, 'GET', '/ai/risk', await newStaff(server, 'MASTER'))).status, 200);
    assert.equal((await send(server, 'GET', '/ai/risk', await newStaff(server, 'COLLECTOR'))).status, 403);
    assert.equal((await send(server, 'GET', '/ai/risk')).status, 401);
    for (const query of ['hours=0', 'hours=169', 'hours=1.5', 'hours=x', 'days=1'])
      assert.equal((await send(server, 'GET', `/ai/risk?${query}`, admin)).status, 400, query);
  });

  it('has stakes far above what the same player usually stakes, the most times of it first (S4-51)', async () => {
    const [ann, bob, cat, dan] = [await player(), await player(), await player(), await player()];
    await round([...bets(20, ann, 1_000), ...bets(20, bob, 1_000), ...bets(19, cat, 1_000), ...bets(25, dan, 1_000)]);
    const undone = bet(dan, 50_000, 'andar', true);
    const { roundId } = await round([bet(ann, 12_345), bet(bob, 20_000), bet(cat, 20_000), bet(dan, 9_999), undone]);
    const { unusualStakes } = await risk();
    assert.deepEqual(
      unusualStakes.map(({ kind, userId, numbers }) => [kind, userId, numbers.factor]),
      [
        ['stake-above-usual', bob, '20.0'],
        ['stake-above-usual', ann, '12.3'],
      ],
    );
    const { at, betId, ...first } = unusualStakes[0] as (typeof unusualStakes)[number];
    assert.ok(Math.abs(Date.parse(at) - Date.now()) < 60_000);
    assert.match(betId, /^\d+$/);
    assert.deepEqual(first, {
      kind: 'stake-above-usual',
      words: '₹200, 20.0 times what this player usually stakes (₹10).',
      ...{ userId: bob, username: `player-${bob}`, game: 'andar-bahar', place: 'insight', ref: roundId },
      numbers: {
        ...{ stake: 20_000, usual: 1_000, factor: '20.0', stakesBefore: 20 },
        ...{ maxBet: 100_000, shareOfMax: '20.000' },
      },
    });
  });

  it('has bets close to the most that a table takes, but not of those who always bet like that (S4-51)', async () => {
    const [eve, fay] = [await player(), await player()];
    const before = await risk();
    await round(bets(20, fay, 95_000));
    await round([bet(eve, 95_000), bet(fay, 100_000)]);
    const known = new Set(before.unusualStakes.map(({ betId }) => betId));
    const { unusualStakes } = await risk();
    const fresh = unusualStakes.filter(({ betId }) => !known.has(betId));
    // The first bets of fay's were high as well: then nobody knew what is usual. They are all of one round.
    assert.deepEqual(
      fresh.map(({ kind, userId, numbers }) => [kind, userId, numbers.shareOfMax, numbers.factor]),
      [['stake-near-limit', eve, '95.000', null]],
    );
  });

  it('leaves out what was before the hours asked for (S4-51)', async () => {
    const gus = await player();
    const settings = { ...TABLE, tableId: 'yesterday' as TableId };
    const long = ago(30 * HOUR_MS);
    await playRound(long, await newGame(long, settings), [bet(gus, 100_000)], ANDAR_WINS);
    assert.ok(!(await risk()).unusualStakes.some(({ userId }) => userId === gus));
  });

  it('has slips far above what the same collector hands in (S4-51)', async () => {
    const collector = await newCollector(server);
    const { phaseId } = await newPhase(server, admin, { name: 'Mar-01' });
    for (let count = 0; count < 20; count += 1) await handIn(server, phaseId, collector, '123-10');
    await handIn(server, phaseId, collector, '123-10, 456-90');
    const { status, json } = await handIn(server, phaseId, collector, '123-100, 456-100');
    assert.equal(status, 201, JSON.stringify(json));
    const found = (await risk()).unusualStakes.filter(({ game: of }) => of === 'lottery');
    assert.deepEqual(
      found.map(({ userId, place, ref, betId, numbers: { stake, factor } }) => [
        userId,
        place,
        ref,
        betId,
        stake,
        factor,
      ]),
      [[collector.userId, 'Mar-01', phaseId, json.slipId, 20_000, '20.0']],
    );
  });

  it('has bets of linked accounts against each other, with what links them and never an address (S4-51)', async () => {
    const hal = await player();
    const [ida, jim, kim] = [await player({ referredBy: hal }), await player(), await player()];
    const [leo, mia, ned] = [await player(), await player(), await player()];
    await signIn(hal, '203.0.113.7');
    await signIn(jim, '::ffff:203.0.113.7', 29);
    await signIn(kim, '203.0.113.7', 31);
    await signIn(leo, '2001:db8::1');
    await signIn(mia, '2001:db8::ffff');
    const cashier = newCashier(database.pool(), server.wallet);
    for (const [userId, reference] of [
      [leo, 'LEO@bank'],
      [ned, ' leo @ bank'],
    ] as const) {
      const asked = await cashier.request(wish(userId, 'DEPOSIT', 50_000, { reference }));
      assert.ok(!isRefusal(asked));
    }
    await round([bet(hal, 5_000), bet(ida, 3_000, 'bahar'), bet(jim, 4_000, 'bahar'), bet(kim, 4_000, 'bahar')]);
    await round([bet(hal, 2_000, 'bahar'), bet(ida, 2_000), bet(jim, 2_000, 'bahar'), bet(ida, 9_000, 'andar', true)]);
    // On the same side, and one who is linked to nobody: nothing to say.
    await round([bet(leo, 6_000), bet(mia, 7_000), bet(kim, 100, 'bahar')]);
    const live = await openedRound(deps, game, [bet(leo, 1_000), bet(ned, 1_500, 'bahar')]);
    const { oppositeBets } = await risk();
    assert.deepEqual(
      oppositeBets.map(({ kind, accounts, links, numbers }) => [
        kind,
        accounts.map((each) => each.stake),
        links,
        numbers,
      ]),
      [
        ['opposite-bets', [7_000, 5_000], ['referral'], { times: 2, covered: 5_000 }],
        ['opposite-bets', [5_000, 4_000], ['shared-address'], { times: 1, covered: 4_000 }],
        ['opposite-bets', [1_000, 1_500], ['payment-reference'], { times: 1, covered: 1_000 }],
      ],
    );
    const [first, , last] = oppositeBets;
    assert.deepEqual(
      first?.accounts.map(({ userId, username }) => [userId, username]),
      [hal, ida].map((userId) => [userId, `player-${userId}`]),
    );
    assert.deepEqual([last?.lastRef, last?.lastPlace], [live.roundId, 'insight']);
    assert.equal(
      first?.words,
      'Linked by one having brought the other; on opposite sides in 2 rounds, with ₹70 and ₹50, of which ₹50 met.',
    );
    assert.doesNotMatch(JSON.stringify(oppositeBets), /203|2001|bank/);
  });

  it('has the numbers of a phase with more than their share, and those beyond their limit (S4-51)', async () => {
    const collector = await newCollector(server);
    const terms = { name: 'Apr-01', globalLimit: 10_000, overLimit: 'lay-off' };
    const { phaseId } = await newPhase(server, admin, terms);
    const even = Array.from({ length: 400 }, (_, number) => `${String(number).padStart(3, '0')}-10`);
    assert.equal((await handIn(server, phaseId, collector, even.join('\n'))).status, 201);
    assert.equal((await handIn(server, phaseId, collector, '777-150, 888-60')).status, 201);
    const of = (await risk()).hotNumbers.filter((each) => each.phaseId === phaseId);
    assert.deepEqual(
      of.map(({ kind, number, numbers }) => [kind, number, numbers.totalBet, numbers.share, numbers.excess]),
      [
        ['number-beyond-limit', '777', 15_000, '3.563', 5_000],
        ['hot-number', '888', 6_000, '1.425', 0],
      ],
    );
    assert.equal(of[0]?.numbers.zScore, '22.0');
    assert.match(
      of[0]?.words ?? '',
      /^777 of Apr-01: ₹50 above its limit of ₹100, to be laid off; 3.563 % .* far above/,
    );
  });

  it('is computed once for all who ask at the same time, and anew for who asks later', async () => {
    const admin = database.admin();
    // The first one waits for a table until all of them are there.
    await admin.query('begin');
    await admin.query('lock table trade in access exclusive mode');
    const together = [risk(), risk(), risk('?hours=1'), risk()];
    await until(async () => (await lockWaits(admin)) > 0, 5_000, 'the first one to be under way');
    await sleep(300);
    await admin.query('rollback');
    const [first, second, other, third] = (await Promise.all(together)).map(({ since }) => since);
    assert.deepEqual([second, third], [first, first]);
    assert.notEqual(other, first);
    assert.notEqual((await risk()).since, first);
  });

  it('looks through so many transfers and says from when on', async () => {
    const before = Date.now();
    const whole = await stretchFrom(database.pool(), before - HOUR_MS);
    assert.deepEqual([whole.since.getTime(), whole.firstId], [before - HOUR_MS, firstUuid7(before - HOUR_MS)]);
    const { rows } = await database.admin().query('select seq::int from shard');
    const cut = await stretchFrom(database.pool(), before - HOUR_MS, 10);
    assert.equal(cut.firstSeq, rows[0].seq - 9);
    assert.ok(cut.since > whole.since && cut.firstSeq > whole.firstSeq);
    const later = await stretchFrom(database.pool(), before + HOUR_MS);
    assert.equal(later.firstSeq, rows[0].seq + 1);
    assert.equal((await playRound(deps, game, [], BAHAR_WINS)).players.length, 0);
  });
});
