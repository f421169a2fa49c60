import assert from 'node:assert/strict';
import type { Server } from '../../src/server.ts';
import { readRecord } from '../../verify/record.ts';
import { verifyRound } from '../../verify/verify-round.ts';
import { useDatabase } from '../support/database.ts';
import { credit } from '../wallet/fixture.ts';
import {
  assertBooks,
  type Guest,
  get,
  newKey,
  newPlayer,
  type Player,
  quickTable,
  sit,
  start,
  until,
} from './support.ts';

describe('what can be looked up afterwards', () => {
  const database = useDatabase();
  let server: Server;
  let player: Player;
  let guest: Guest;
  before(async () => {
    server = await start(database, [
      quickTable('record', { bettingMs: 1_200 }),
      quickTable('other', { enabled: false }),
    ]);
    player = await newPlayer(server);
    guest = await sit(server, 'record', player);
  });
  after(async () => {
    await server.stop();
    await assertBooks(database);
  });

  const bet = (key: string, betSide: string, amount: number, bettingWindow: number) =>
    guest.asks('place-bet', { key, roundId: guest.state.roundId, betSide, amount, bettingWindow });

  /** A round with bets in both windows, one of them undone. The deal may end before window 2: then another one. */
  async function playTwoWindows(): Promise<{ roundId: string; keys: readonly string[]; commitment: string }> {
    for (;;) {
      const roundId = await guest.newRound();
      const { commitment } = guest.state;
      const keys = [newKey(), newKey(), newKey()] as const;
      assert.equal((await bet(keys[0], 'andar', 1_000, 1)).ok, true);
      const { bet: undone } = await bet(keys[1], 'bahar', 2_000, 1);
      assert.equal((await guest.asks('undo-bet', { key: newKey(), betId: undone.betId })).ok, true);
      await until(
        () => guest.state.bettingWindow === 2 || guest.state.winningSide !== '',
        5_000,
        'window 2 or the end',
      );
      if (guest.state.winningSide !== '') continue;
      await until(() => guest.state.phase === 'betting' || guest.state.winningSide !== '', 5_000, 'the window to open');
      const answer = await bet(keys[2], 'bahar', 3_000, 2);
      assert.equal(answer.bet?.bettingWindow, 2, JSON.stringify(answer));
      await guest.hears('game_complete', (told) => told.roundId === roundId);
      return { roundId, keys, commitment };
    }
  }

  it('S0-32 S0-69 a round: its record, its verification by the independent verifier, its history', async function () {
    this.timeout(60_000);
    const { roundId, keys, commitment } = await playTwoWindows();
    const { winner } = await guest.hears('game_complete', (told) => told.roundId === roundId);
    const verification = await get(server, `/rounds/${roundId}/verification`);
    const checks = verifyRound(readRecord(verification), { commitment, keys });
    assert.deepEqual(
      checks.filter(({ ok }) => !ok),
      [],
    );
    assert.deepEqual(
      verification.windows.map(({ keyHashes }: { keyHashes: string[] }) => keyHashes.length),
      [2, 1, 0],
    );

    await until(() => guest.state.roundId !== roundId, 5_000, 'the books of the round to be finished');
    const record = await get(server, `/rounds/${roundId}`);
    assert.deepEqual(
      [record.status, record.winningSide, record.commitment, record.serverSeed],
      ['settled', winner, commitment, verification.serverSeed],
    );
    assert.deepEqual(
      [record.totalAndarBets, record.totalBaharBets, record.totalBetAmount, record.totalBets, record.totalPlayers],
      [1_000, 3_000, 4_000, 2, 1],
    );
    const { items } = await get(server, '/tables/record/history?limit=1');
    assert.deepEqual([items[0].roundId, items[0].totalBetAmount], [roundId, 4_000]);
    assert.equal(items[0].cardsDealt, verification.andarCards.length + verification.baharCards.length);

    const own = (await get(server, '/bets/me', player)).items;
    assert.deepEqual(
      own.slice(0, 3).map((each: Record<string, unknown>) => [each.betSide, each.amount, each.bettingWindow]),
      [
        ['bahar', 3_000, 2],
        ['bahar', 2_000, 1],
        ['andar', 1_000, 1],
      ],
    );
    assert.equal(own[1].status, 'cancelled');
    for (const each of own) {
      assert.ok(Date.parse(each.placedAt) <= Date.parse(each.settledAt), JSON.stringify(each));
      assert.equal(each.tableId, 'record');
    }
  });

  it('S0-02 S0-18 S2-31 a bet of real and bonus money is one bet everywhere', async function () {
    this.timeout(60_000);
    const rich = await newPlayer(server, 6_000);
    await server.wallet.execute(credit(rich.userId, 4_000, 'bonus'));
    const seat = await sit(server, 'record', rich);
    const roundId = await seat.newRound();
    const key = newKey();
    const place = () => seat.asks('place-bet', { key, roundId, betSide: 'andar', amount: 10_000 });
    const reply = await place();
    assert.deepEqual([reply.bet.amount, reply.balance.total], [10_000, 0]);
    assert.deepEqual(await place(), reply);
    const pending = (await seat.asks('my-bets')).bets;
    assert.deepEqual(
      pending.map((each: Record<string, unknown>) => [each.amount, each.status]),
      [[10_000, 'pending']],
    );
    const told = await seat.hears('game_complete', (body) => body.roundId === roundId);
    const { items } = await get(server, '/bets/me', rich);
    assert.deepEqual([items.length, items[0].amount], [1, 10_000]);
    const { real, bonus } = await get(server, '/wallets/me', rich);
    assert.deepEqual([real, bonus], told.winner === 'andar' ? [12_000, 8_000] : [0, 0]);
    await seat.leaves();
  });

  it('lists go on where they stopped, without a gap or a repetition', async function () {
    this.timeout(60_000);
    const busy = await newPlayer(server);
    const seat = await sit(server, 'record', busy);
    await seat.newRound();
    for (let count = 0; count < 3; count++) await seat.bet('andar', 1_000 + count);
    await seat.newRound();
    for (let count = 3; count < 5; count++) await seat.bet('bahar', 1_000 + count);
    const pages: number[][] = [];
    let cursor: string | null = null;
    do {
      const path: string = `/bets/me?limit=2${cursor ? `&cursor=${cursor}` : ''}`;
      const page = await get(server, path, busy);
      pages.push(page.items.map(({ amount }: { amount: number }) => amount));
      cursor = page.nextCursor;
    } while (cursor !== null);
    assert.deepEqual(pages, [[1_004, 1_003], [1_002, 1_001], [1_000]]);

    const first = await get(server, '/tables/record/history?limit=1');
    const second = await get(server, `/tables/record/history?limit=1&cursor=${first.nextCursor}`);
    assert.equal(second.items[0].roundNumber, first.items[0].roundNumber - 1);
    await seat.leaves();
  });

  it('GET /tables has what a player must know of each, the exact return of every bet among it', async () => {
    const { items } = await get(server, '/tables');
    assert.equal(items.length, 1, 'a disabled table is not shown');
    const [{ rtp, ...table }] = items;
    assert.deepEqual([table.tableId, table.minBet, table.currency], ['record', 1_000, 'INR']);
    assert.deepEqual([table.betSides, table.maxPlayerStake], [['andar', 'bahar'], null]);
    assert.ok(rtp.length > 0 && rtp.every(({ percent }: { percent: string }) => Number(percent) < 100));
  });

  it('GET /tables/:id has all the rules of one table: what every window takes, pays and returns', async () => {
    const [short] = (await get(server, '/tables')).items;
    const { windows, rulesVersion, ...table } = await get(server, '/tables/record');
    assert.deepEqual(table, { ...short, firstSide: 'bahar', dealingMs: 10, pauseMs: 100 });
    assert.equal(rulesVersion, 1);
    assert.deepEqual(
      windows.map((each: Record<string, unknown>) => [each.bettingWindow, each.opensBeforeStep, each.cardsDealtAfter]),
      [
        [1, 1, 2],
        [2, 2, 2],
        [3, 3, 'until-match'],
      ],
    );
    assert.deepEqual(windows[1].bets[1], {
      betSide: 'bahar',
      percent: '97.004',
      percentFrom: '97.004',
      pays: [
        { text: 'Bahar wins with card 3 or 4: the stake back', numerator: 1, denominator: 1 },
        { text: 'Bahar wins: 2 × the stake', numerator: 2, denominator: 1 },
      ],
    });
    assert.deepEqual(windows[2].bets, []);
  });

  it('what is not there is not found, and what is private needs a token', async () => {
    assert.equal((await get(server, `/rounds/${newKey()}`)).error.code, 'NOT_FOUND');
    assert.equal((await get(server, '/rounds/mine')).error.code, 'INVALID_REQUEST');
    assert.equal((await get(server, '/tables/nowhere/history')).error.code, 'NOT_FOUND');
    for (const id of ['nowhere', 'other']) assert.equal((await get(server, `/tables/${id}`)).error.code, 'NOT_FOUND');
    assert.equal((await get(server, '/bets/me')).error.code, 'UNAUTHORIZED');
    assert.equal((await get(server, '/bets/me?cursor=1', player)).error.code, 'INVALID_REQUEST');
    assert.equal((await get(server, '/wallets/me')).error.code, 'UNAUTHORIZED');
    assert.equal((await get(server, '/readyz')).ok, true);
  });
});
