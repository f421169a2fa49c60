import assert from 'node:assert/strict';
import { minor } from '../../src/money.ts';
import type { Server } from '../../src/server.ts';
import { readRecord } from '../../verify/record.ts';
import { verifyRound } from '../../verify/verify-round.ts';
import {
  assertBooks,
  type Guest,
  get,
  newKey,
  newPlayer,
  newStaff,
  type Player,
  quickTable,
  send,
  sit,
  start,
  until,
} from '../journeys/support.ts';
import { useDatabase } from '../support/database.ts';

describe('a table with side bets', () => {
  const database = useDatabase();
  let server: Server;
  let player: Player;
  before(async () => {
    server = await start(database, [
      quickTable('cards', { payTable: 'side-bets', bettingMs: 60_000, maxPlayerStake: minor(50_000) }),
      quickTable('joker', { payTable: 'joker-bets', bettingMs: 1_500, dealingMs: 50 }),
      quickTable('changed', { payTable: 'side-bets', bettingMs: 1_200 }),
    ]);
    player = await newPlayer(server, 1_000_000);
  });
  after(async () => {
    await server.stop();
    await assertBooks(database);
  });

  const sideOf = (guest: Guest, betSide: string) => {
    const { amount, bets, players } = guest.state.sides.get(betSide) ?? {};
    return [amount, bets, players];
  };

  it('S0-21 tells everybody what is on each side, and how many players; an undone bet is taken out', async () => {
    const [one, other, spectator] = await Promise.all([
      sit(server, 'cards', player),
      newPlayer(server).then((friend) => sit(server, 'cards', friend)),
      sit(server, 'cards'),
    ]);
    assert.equal(spectator.state.sides.size, 10);
    assert.equal(spectator.state.maxPlayerStake, 50_000n);
    await one.bet('cards-1-5', 1_000);
    const { bet } = await one.bet('cards-1-5', 2_000);
    await other.bet('cards-1-5', 4_000);
    await other.bet('andar', 3_000);
    await until(() => sideOf(spectator, 'andar')[1] === 1, 5_000, 'the last bet');
    assert.deepEqual(sideOf(spectator, 'cards-1-5'), [7_000n, 3, 2]);
    assert.deepEqual(sideOf(spectator, 'andar'), [3_000n, 1, 1]);
    assert.deepEqual(sideOf(spectator, 'bahar'), [0n, 0, 0]);
    assert.equal(spectator.state.totalBetAmount, 10_000n);

    assert.equal((await one.asks('undo-bet', { key: newKey(), betId: bet.betId })).ok, true);
    await until(() => sideOf(spectator, 'cards-1-5')[1] === 2, 5_000, 'the undo');
    assert.deepEqual(sideOf(spectator, 'cards-1-5'), [5_000n, 2, 2]);
    const late = await sit(server, 'cards');
    const state = await late.hears('game-state');
    assert.deepEqual(state.sides['cards-1-5'], { amount: 5_000, bets: 2, players: 2 });
    assert.deepEqual([Object.keys(state.sides).length, state.maxPlayerStake], [10, 50_000]);
    await Promise.all([one, other, spectator, late].map((guest) => guest.leaves()));
  });

  it('tells beforehand what each window takes and pays, and how far a return depends on the joker', async () => {
    const { windows, rulesVersion } = await get(server, '/tables/joker');
    const [first, second] = windows;
    assert.deepEqual([first.opensBeforeStep, first.cardsDealtAfter, first.bets.length], [0, 0, 22]);
    assert.deepEqual(first.bets[0], {
      betSide: 'joker-red',
      ...{ percent: '95.000', percentFrom: '95.000' },
      pays: [{ text: 'the joker is red: 1.9 × the stake', numerator: 19, denominator: 10 }],
    });
    const { betSide, percent, percentFrom } = second.bets[0];
    assert.deepEqual([betSide, percent, percentFrom], ['andar', '97.851', '96.999']);
    assert.equal(rulesVersion, 1);
  });

  it('takes bets on the joker while it is nowhere, and none when it is turned', async function () {
    this.timeout(30_000);
    const guest = await sit(server, 'joker', player);
    const roundId = await guest.newRound();
    assert.deepEqual([guest.state.bettingWindow, guest.state.jokerCard], [1, '']);
    assert.equal((await get(server, `/rounds/${roundId}`)).jokerCard, null);
    const key = newKey();
    assert.equal((await guest.bet('joker-red', 2_000, { key })).ok, true);
    assert.equal((await guest.bet('andar', 1_000)).code, 'BETTING_CLOSED');
    assert.deepEqual(sideOf(guest, 'andar'), [0n, 0, 0]);

    await until(() => guest.state.jokerCard !== '', 5_000, 'the joker');
    const { jokerCard } = guest.state;
    await until(() => guest.state.phase === 'betting', 5_000, 'the second window');
    assert.deepEqual([guest.state.bettingWindow, guest.state.roundId], [2, roundId]);
    assert.equal((await get(server, `/rounds/${roundId}`)).jokerCard, jokerCard);
    assert.equal((await guest.bet('joker-red', 1_000)).code, 'BETTING_CLOSED');
    assert.equal((await guest.bet('andar', 1_000)).bet.bettingWindow, 2);

    const { winner, userPayout } = await guest.hears('game_complete', (told) => told.roundId === roundId);
    const first = /[♠♣]/.test(jokerCard) ? 'andar' : 'bahar';
    const won = (/[♥♦]/.test(jokerCard) ? 3_800 : 0) + (winner !== 'andar' ? 0 : first === 'andar' ? 1_900 : 2_000);
    assert.equal(userPayout.amount, won);
    const verification = await get(server, `/rounds/${roundId}/verification`);
    assert.deepEqual(
      verification.windows.map(({ window, step }: { window: number; step: number }) => [window, step]),
      [
        [1, 0],
        [2, 1],
      ],
    );
    const checks = verifyRound(readRecord(verification), { keys: [key] });
    assert.deepEqual(
      checks.filter(({ ok }) => !ok),
      [],
    );

    const next = await guest.newRound();
    const again = await guest.asks('rebet', { key: newKey(), roundId: next });
    assert.deepEqual(
      again.bets.map((bet: { betSide: string }) => bet.betSide),
      ['joker-red'],
      'what this window does not take is left out',
    );
    await guest.leaves();
  });

  it('a request asked again finds its first answer, even where the table takes no such bets any more', async () => {
    const guest = await sit(server, 'changed', player);
    const roundId = await guest.newRound();
    const placed = { key: newKey(), roundId, betSide: 'cards-1-5', amount: 2_000 };
    const first = await guest.asks('place-bet', placed);
    await guest.hears('game_complete', (told) => told.roundId === roundId);
    const next = await guest.newRound();
    const repeated = { key: newKey(), roundId: next };
    const second = await guest.asks('rebet', repeated);
    assert.deepEqual([first.ok, second.ok], [true, true]);
    const change = { payTable: 'three-window', reason: 'without side bets' };
    const changed = await send(server, 'PUT', '/admin/games/changed', await newStaff(server, 'ADMIN'), change);
    assert.equal(changed.status, 200);
    await until(() => guest.state.variant === 'three-window' && guest.state.phase === 'betting', 10_000, 'other rules');

    assert.deepEqual((await guest.asks('place-bet', placed)).bet, first.bet);
    assert.deepEqual((await guest.asks('rebet', repeated)).bets, second.bets);
    assert.equal((await guest.bet('cards-1-5', 1_000, { roundId })).code, 'BETTING_CLOSED');
    assert.equal((await guest.bet('cards-1-5', 1_000)).code, 'INVALID_REQUEST');
    await guest.leaves();
  });
});
