import assert from 'node:assert/strict';
import type { Game } from '../../src/games/andar-bahar/store.ts';
import { statisticsRoutes } from '../../src/http/statistics-routes.ts';
import { uuid7 } from '../../src/ids.ts';
import type { RoundDeps } from '../../src/rounds/live-round.ts';
import type { Server } from '../../src/server.ts';
import { countVoidedRound } from '../../src/statistics/record-statistics.ts';
import { get, newPlayer, newStaff, type Player, start } from '../journeys/support.ts';
import { ANDAR_WINS, BAHAR_AT_ONCE, BAHAR_WINS, newGame, playRound } from '../rounds/played.ts';
import { roundDeps } from '../rounds/support.ts';
import { useDatabase } from '../support/database.ts';

describe('the statistics that can be asked for', () => {
  const database = useDatabase();
  let server: Server;
  let deps: RoundDeps;
  let game: Game;
  let player: Player;
  before(async () => {
    server = await start(database, []);
    deps = { ...roundDeps(database.pool(), { actor: server.wallet } as never), wallet: server.wallet };
    game = await newGame(deps);
    player = await newPlayer(server, 1_000_000);
    const { userId } = player;
    const at = (time: string) => ({ ...deps, clock: { ...deps.clock, now: () => Date.parse(time) } });
    const andar = [{ userId, betSide: 'andar', amount: 10_000 }] as const;
    await playRound(at('2026-04-30T10:00:00.000Z'), game, andar, ANDAR_WINS);
    await playRound(at('2026-05-01T10:00:00.000Z'), game, andar, BAHAR_WINS);
    await playRound(at('2026-05-02T10:00:00.000Z'), game, andar, BAHAR_WINS);
    const both = [...andar, { userId, betSide: 'bahar', amount: 3_000 }] as const;
    await playRound(at('2026-05-31T23:00:00.000Z'), game, both, BAHAR_AT_ONCE);
    await countVoidedRound(database.pool(), game.tableId, new Date('2026-05-03'));
  });
  after(() => server.stop());

  const published = (path: string) => {
    const answer = statisticsRoutes({ database: database.pool() }).find((route) => route.path === path)?.answer;
    assert.ok(answer);
    return answer;
  };
  const NONE = {
    ...{ totalBets: 0, totalWins: 0, totalLosses: 0, totalRefunds: 0, totalBetAmount: 0, totalWinAmount: 0 },
    ...{ totalRefundAmount: 0, netProfit: 0, biggestWin: 0, currentStreak: 0, longestStreak: 0 },
    ...{ longestLosingStreak: 0, lastBetAt: null },
  };

  it('S0-43 S0-44 S0-74 a player sees the own; zeros before the first bet', async () => {
    const own = await get(server, '/statistics/me', player);
    published('/statistics/me').parse(own);
    const { lastBetAt, ...counted } = own;
    assert.ok(Math.abs(Date.now() - Date.parse(lastBetAt)) < 60_000, 'when the wallet took it');
    assert.deepEqual(counted, {
      userId: player.userId,
      totalBets: 5,
      totalWins: 1,
      totalLosses: 3,
      totalRefunds: 1,
      totalBetAmount: 43_000,
      totalWinAmount: 20_000,
      totalRefundAmount: 3_000,
      netProfit: -20_000,
      biggestWin: 20_000,
      currentStreak: -3,
      longestStreak: 1,
      longestLosingStreak: 3,
    });
    const newcomer = await newPlayer(server, 0);
    assert.deepEqual(await get(server, '/statistics/me', newcomer), { userId: newcomer.userId, ...NONE });
  });

  it('S0-74 the house sees anybody’s; nobody else does', async () => {
    const path = `/admin/users/${player.userId}/statistics`;
    const own = await get(server, '/statistics/me', player);
    for (const role of ['ADMIN', 'MASTER'] as const) {
      assert.deepEqual(await get(server, path, await newStaff(server, role)), own);
    }
    assert.equal((await get(server, path, player)).error.code, 'FORBIDDEN');
    const stranger = await get(server, `/admin/users/${uuid7(0)}/statistics`, await newStaff(server, 'ADMIN'));
    assert.equal(stranger.error.code, 'NOT_FOUND');
  });

  it('S0-70 S0-71 S0-73 the house sees a table by months, with averages, its revenue and its voids', async () => {
    const admin = await newStaff(server, 'ADMIN');
    const path = `/admin/games/${game.tableId}/statistics`;
    const all = await get(server, path, admin);
    published('/admin/games/:id/statistics').parse(all);
    const april = {
      ...{ periodStart: '2026-04-01', periodEnd: '2026-04-30', totalRounds: 1, voidedRounds: 0, voidRate: '0.000' },
      ...{ totalBets: 1, playerRounds: 1, totalWagered: 10_000, totalPayouts: 20_000, totalRefunds: 0 },
      ...{ ggr: -10_000, averageBet: 10_000, averagePayout: 20_000 },
    };
    const may = {
      ...{ periodStart: '2026-05-01', periodEnd: '2026-05-31', totalRounds: 3, voidedRounds: 1, voidRate: '25.000' },
      ...{ totalBets: 4, playerRounds: 3, totalWagered: 33_000, totalPayouts: 0, totalRefunds: 3_000 },
      ...{ ggr: 30_000, averageBet: 8_250, averagePayout: 0 },
    };
    assert.deepEqual(all, { items: [may, april], nextCursor: null });
    const periods: readonly (readonly [string, readonly object[]])[] = [
      ['?from=2026-05-31', [may]],
      ['?to=2026-04-01', [april]],
      ['?from=2026-04-30&to=2026-05-01', [may, april]],
      ['?from=2026-06-01', []],
    ];
    for (const [period, items] of periods)
      assert.deepEqual((await get(server, path + period, admin)).items, items, period);
    for (const bad of ['?from=2026-02-30', '?from=2026-05-02&to=2026-05-01', '?since=2026-05-01'])
      assert.equal((await get(server, path + bad, admin)).error.code, 'INVALID_REQUEST', bad);
    assert.equal((await get(server, '/admin/games/nowhere/statistics', admin)).error.code, 'NOT_FOUND');
    assert.equal((await get(server, path, player)).error.code, 'FORBIDDEN');
  });
});
