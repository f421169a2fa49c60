import assert from 'node:assert/strict';
import type { Game } from '../../src/games/andar-bahar/store.ts';
import { recallRoutes } from '../../src/http/recall-routes.ts';
import { type RoundId, uuid7 } from '../../src/ids.ts';
import type { RoundDeps } from '../../src/rounds/live-round.ts';
import { beginVoid, finishVoidedRound } from '../../src/rounds/void-round.ts';
import { approveVoidRequest, insertVoidRequest } from '../../src/rounds/void-store.ts';
import type { Server } from '../../src/server.ts';
import { assertBooks, get, newPlayer, type Player, start } from '../journeys/support.ts';
import {
  ANDAR_WINS,
  BAHAR_AT_ONCE,
  BAHAR_WINS,
  closedRound,
  complete,
  newGame,
  openedRound,
  playRound,
} from '../rounds/played.ts';
import { addPeople, roundDeps } from '../rounds/support.ts';
import { useDatabase } from '../support/database.ts';
import { credit } from '../wallet/fixture.ts';

describe('what a player can recall', () => {
  const database = useDatabase();
  let server: Server;
  let deps: RoundDeps;
  let game: Game;
  before(async () => {
    server = await start(database, []);
    deps = { ...roundDeps(database.pool(), { actor: server.wallet } as never), wallet: server.wallet };
    game = await newGame(deps);
  });
  after(async () => {
    await server.stop();
    await assertBooks(database);
  });

  /** Every answer has the published shape. */
  async function recall(player: Player, path = '') {
    const json = await get(server, `/rounds/me${path}`, player);
    const one = /^\/[0-9a-f]/.test(path);
    const answer = recallRoutes({ database: database.pool() })[one ? 1 : 0]?.answer;
    if (json.error === undefined) answer?.parse(json);
    return json;
  }

  it('is a round in full: choices, cards, outcome, amounts, and the balances around it', async () => {
    const player = await newPlayer(server, 50_000);
    const { userId } = player;
    const bets = [
      { userId, betSide: 'andar', amount: 1_000, undone: true },
      { userId, betSide: 'andar', amount: 10_000 },
      { userId, betSide: 'bahar', amount: 4_000 },
    ] as const;
    const { roundId } = await playRound(deps, game, bets, BAHAR_AT_ONCE);
    const round = await recall(player, `/${roundId}`);
    const { bets: choices, playedAt, jokerCard, ...rest } = round;
    assert.deepEqual(rest, {
      roundId,
      tableId: game.tableId,
      roundNumber: 1,
      payTable: 'three-window',
      status: 'settled',
      andarCards: [],
      baharCards: [],
      winningSide: 'bahar',
      cardsDealt: 1,
      totalBet: 14_000,
      payout: 4_000,
      netProfit: -10_000,
      result: 'mixed',
      balanceBefore: 50_000,
      balanceAfter: 40_000,
    });
    const shown = ({ betSide, amount, payout, status }: Record<string, unknown>) => [betSide, amount, payout, status];
    assert.deepEqual(choices.map(shown), [
      ['andar', 1_000, 1_000, 'cancelled'],
      ['andar', 10_000, 0, 'lost'],
      ['bahar', 4_000, 4_000, 'refunded'],
    ]);
    const record = await get(server, `/rounds/${roundId}`);
    assert.deepEqual([jokerCard, playedAt], [record.jokerCard, record.endedAt]);
    assert.deepEqual((await recall(player)).items, [round]);
  });

  it('goes page by page, newest first, each round once, and only one’s own', async () => {
    const [player, other] = [await newPlayer(server), await newPlayer(server)];
    const rounds: RoundId[] = [];
    for (let count = 0; count < 5; count++) {
      const bets = [player, other].map(({ userId }) => ({ userId, betSide: 'andar', amount: 100 }) as const);
      const ended = count % 2 === 0 ? ANDAR_WINS : BAHAR_WINS;
      rounds.push((await playRound(deps, game, count === 2 ? bets.slice(0, 1) : bets, ended)).roundId);
    }
    const seen: string[] = [];
    let cursor: string | null = '';
    for (let pages = 0; cursor !== null; pages++) {
      assert.ok(pages < 5);
      const page: { items: { roundId: string }[]; nextCursor: string | null } = await recall(
        player,
        `?limit=2${cursor && `&cursor=${cursor}`}`,
      );
      seen.push(...page.items.map(({ roundId }) => roundId));
      cursor = page.nextCursor;
    }
    assert.deepEqual(seen, rounds.toReversed());
    assert.equal((await recall(other)).items.length, 4);
    assert.equal((await recall(other, `/${rounds[2]}`)).error.code, 'NOT_FOUND');
    assert.equal((await recall(other, `/${uuid7(0)}`)).error.code, 'NOT_FOUND');
    assert.equal((await recall(other, '/nonsense')).error.code, 'INVALID_REQUEST');
    assert.deepEqual(await recall(await newPlayer(server)), { items: [], nextCursor: null });
    assert.equal((await get(server, '/rounds/me')).error.code, 'UNAUTHORIZED');
  });

  it('balances are those of the moment, whatever happens between the bets, meanwhile and later', async () => {
    const player = await newPlayer(server, 10_000);
    const { userId } = player;
    const adjust = async (amount: number, bucket: 'real' | 'bonus' = 'real') =>
      assert.ok((await server.wallet.execute(credit(userId, amount, bucket))).ok);
    await adjust(5_000, 'bonus');
    const other = await newGame(deps);
    // 10,000 real and 5,000 bonus: a stake of 12,000 lies in two transfers.
    const live = await closedRound(deps, game, [{ userId, betSide: 'andar', amount: 12_000 }]);
    await adjust(700);
    const second = await playRound(deps, other, [{ userId, betSide: 'andar', amount: 600 }], BAHAR_WINS);
    await complete(deps, live, ANDAR_WINS);
    await adjust(9_999);
    const { items } = await recall(player);
    const shown = items.map(({ roundId, ...round }: Record<string, unknown>) => [
      roundId,
      round.balanceBefore,
      round.balanceAfter,
    ]);
    assert.deepEqual(shown, [
      [second.roundId, 3_700, 3_100],
      [live.roundId, 15_000, 27_100],
    ]);
  });

  it('the balance before is right with thousands of commands around it, some in the same batch', async function () {
    this.timeout(60_000);
    const [player, other] = [await newPlayer(server, 1_000_000), await newPlayer(server, 10_000_000)];
    const bets = Array.from({ length: 1_500 }, (_, n) => {
      const userId = n % 3 === 0 ? player.userId : other.userId;
      return { userId, betSide: n % 2 === 0 ? 'andar' : 'bahar', amount: 10 + (n % 3) } as const;
    });
    let total = 1_000_000;
    for (let count = 0; count < 3; count++) {
      const { roundId, players } = await playRound(deps, game, bets, count === 1 ? BAHAR_AT_ONCE : ANDAR_WINS);
      const own = players.find(({ userId }) => userId === player.userId);
      assert.ok(own);
      const round = await recall(player, `/${roundId}`);
      assert.equal(round.balanceBefore, total);
      total += Number(own.result.netProfit);
      assert.equal(round.balanceAfter, total);
      assert.equal(round.bets.length, 500);
    }
  });

  it('a voided round is there: no bet, all cancelled, the stake back', async () => {
    const player = await newPlayer(server, 8_000);
    const live = await openedRound(deps, game, [{ userId: player.userId, betSide: 'andar', amount: 3_000 }]);
    const [one, two] = await addPeople(database.pool(), 2);
    assert.ok(one && two);
    const { roundId } = live;
    const at = new Date();
    await insertVoidRequest(database.pool(), { roundId, reason: 'a test', by: one, at });
    await approveVoidRequest(database.pool(), { roundId, by: two, at });
    await beginVoid(deps, live);
    await finishVoidedRound(deps, live);
    const { items } = await recall(player);
    const [{ status, result, totalBet, payout, netProfit, balanceBefore, balanceAfter, bets }] = items;
    assert.deepEqual(
      { status, result, totalBet, payout, netProfit, balanceBefore, balanceAfter },
      {
        status: 'voided',
        result: 'no_bet',
        ...{ totalBet: 0, payout: 0, netProfit: 0, balanceBefore: 8_000, balanceAfter: 8_000 },
      },
    );
    assert.deepEqual([bets.length, bets[0].status, bets[0].payout], [1, 'cancelled', 3_000]);
  });
});
