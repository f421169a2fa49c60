import assert from 'node:assert/strict';
import { sql } from 'slonik';
import { SESSION_ENDED } from '../../rooms/seat-keeper.ts';
import { minor } from '../../src/money.ts';
import type { Server } from '../../src/server.ts';
import {
  assertBooks,
  type Guest,
  newKey,
  newPlayer,
  type Player,
  quickTable,
  roomyTable,
  sit,
  start,
  until,
} from '../journeys/support.ts';
import { useDatabase } from '../support/database.ts';
import { lockWaits } from '../support/lock-waits.ts';
import { credit } from '../wallet/fixture.ts';

describe('betting at a table', () => {
  const database = useDatabase();
  const calm = { bettingMs: 60_000, exposureCap: minor(1_000_000_000) };
  let server: Server;
  let player: Player;
  let guest: Guest;
  before(async () => {
    server = await start(database, [
      quickTable('calm', calm),
      quickTable('cautious', { ...calm, exposureCap: minor(50_000) }),
      quickTable('paused', calm),
      roomyTable('quick'),
      quickTable('hasty', { bettingMs: 250 }),
    ]);
  });
  beforeEach(async () => {
    player = await newPlayer(server, 1_000_000);
    guest = await sit(server, 'calm', player);
  });
  afterEach(() => guest.leaves());
  after(async () => {
    await server.stop();
    await assertBooks(database);
  });

  const codeOf = async (answer: Promise<{ code?: string }>) => (await answer).code;

  it('S0-15 below the minimum and above the maximum, with the words of the document', async () => {
    const below = await guest.bet('andar', 999);
    assert.deepEqual([below.code, below.message], ['BELOW_MINIMUM', 'Minimum bet amount is ₹10']);
    const above = await guest.bet('andar', 10_000_001);
    assert.deepEqual([above.code, above.message], ['ABOVE_MAXIMUM', 'Maximum bet amount is ₹100000']);
  });

  it('S0-17 more than one has', async () => {
    assert.equal(await codeOf(guest.bet('andar', 1_000_001)), 'INSUFFICIENT_FUNDS');
    assert.equal((await guest.bet('andar', 1_000_000)).ok, true);
    assert.equal(await codeOf(guest.bet('andar', 1_000)), 'INSUFFICIENT_FUNDS');
  });

  it('S0-16 in a round or a window that is not open', async () => {
    assert.equal(await codeOf(guest.bet('andar', 1_000, { roundId: newKey() })), 'BETTING_CLOSED');
    assert.equal(await codeOf(guest.bet('andar', 1_000, { bettingWindow: 2 })), 'BETTING_CLOSED');
    assert.equal((await guest.bet('andar', 1_000, { bettingWindow: 1 })).ok, true);
  });

  it('more than the house risks on one round', async () => {
    const other = await sit(server, 'cautious', player);
    assert.equal((await other.bet('andar', 50_000)).ok, true);
    assert.equal(await codeOf(other.bet('andar', 1_000)), 'EXPOSURE_LIMIT');
    assert.equal((await other.bet('bahar', 1_000)).ok, true, 'the other side makes it less, not more');
    await other.leaves();
  });

  it('at a paused table, until it goes on', async () => {
    const table = server.tables.get(quickTable('paused').tableId);
    const other = await sit(server, 'paused', player);
    await database.admin().query("update game set paused = true where id = 'paused'");
    await table?.refresh();
    await until(() => other.state.paused, 5_000, 'the pause');
    assert.equal(await codeOf(other.bet('andar', 1_000)), 'GAME_PAUSED');
    await database.admin().query("update game set paused = false where id = 'paused'");
    await table?.refresh();
    assert.equal((await other.bet('andar', 1_000)).ok, true);
    await other.leaves();
  });

  it('a payload that is not a bet is answered, by request and by send, and nobody is thrown out', async () => {
    const roundId = guest.state.roundId;
    const good = { key: newKey(), roundId, betSide: 'andar', amount: 1_000 };
    const bad = [
      undefined,
      null,
      'andar',
      [good],
      { ...good, amount: '1000' },
      { ...good, amount: 1_000.5 },
      { ...good, amount: -1_000 },
      { ...good, amount: 0 },
      { ...good, amount: Number.NaN },
      { ...good, amount: 2 ** 60 },
      { ...good, key: 'mine' },
      { ...good, key: good.key.toUpperCase() },
      { ...good, userId: player.userId },
      { ...good, betSide: '' },
      { ...good, betSide: 'tie' },
      { ...good, betSide: 'constructor' },
    ];
    for (const payload of bad) {
      const answer = await guest.asks('place-bet', payload as object);
      assert.equal(answer.code, 'INVALID_REQUEST', JSON.stringify(payload));
      guest.room.send('place-bet', payload);
    }
    guest.room.send('no-such-message', good);
    await until(() => guest.all('bet-error').length === bad.length + 1, 5_000, 'an answer to each');
    assert.ok(guest.all('bet-error').every(({ code, error }) => code === 'INVALID_REQUEST' && error.length > 0));
    assert.equal((await guest.asks('place-bet', good)).ok, true, 'no refusal of the form used the key');
  });

  it('a side that the table does not know is INVALID_REQUEST whenever one asks, and uses no key', async () => {
    const key = newKey();
    const late = await guest.bet('tie', 1_000, { key, roundId: newKey() });
    const now = await guest.bet('tie', 1_000, { key });
    assert.deepEqual([late.code, now.code], ['INVALID_REQUEST', 'INVALID_REQUEST']);
    assert.equal((await guest.bet('andar', 1_000, { key })).ok, true);
  });

  it('S0-87 S0-88 the bettor is who the token says, the table the one of the seat', async () => {
    const spectator = await sit(server, 'calm');
    assert.equal(await codeOf(spectator.bet('andar', 1_000)), 'UNAUTHORIZED');
    assert.equal(await codeOf(spectator.asks('my-bets')), 'UNAUTHORIZED');
    await spectator.leaves();
    for (const foreign of [{ userId: newKey() }, { gameId: 'quick' }, { tableId: 'quick' }]) {
      assert.equal(await codeOf(guest.bet('andar', 1_000, foreign)), 'INVALID_REQUEST');
    }
  });

  it('an account that is frozen loses its seat, and finds no other', async () => {
    const person = await newPlayer(server);
    const seat = await sit(server, 'calm', person);
    let closed = 0;
    seat.room.onLeave((code) => {
      closed = code;
    });
    await database.admin().query(`update users set status = 'frozen' where id = $1`, [person.userId]);
    server.accounts.forgetUser(person.userId);
    await until(() => closed !== 0, 5_000, 'the connection to be closed');
    assert.equal(closed, SESSION_ENDED);
    await assert.rejects(sit(server, 'calm', person), /ACCOUNT_FROZEN/);
  });

  it('X-04 the same key and bet get the first answer again, and are counted once', async () => {
    const bet = { key: newKey(), roundId: guest.state.roundId, betSide: 'bahar', amount: 2_000 };
    const before = guest.state.totalBaharBets;
    const first = await guest.asks('place-bet', bet);
    assert.deepEqual(await guest.asks('place-bet', bet), first);
    const [one, other] = await Promise.all([guest.asks('place-bet', bet), guest.asks('place-bet', bet)]);
    assert.deepEqual([one, other], [first, first]);
    assert.equal(await codeOf(guest.asks('place-bet', { ...bet, amount: 3_000 })), 'IDEMPOTENCY_KEY_REUSED');
    assert.equal((await guest.asks('my-bets')).bets.length, 1);
    await until(() => guest.state.totalBaharBets === before + 2_000n, 5_000, 'the sum');
  });

  it('a refusal is an answer too: its key does not succeed later', async () => {
    const poor = await newPlayer(server, 0);
    const other = await sit(server, 'calm', poor);
    const bet = { key: newKey(), roundId: other.state.roundId, betSide: 'andar', amount: 1_000 };
    assert.equal(await codeOf(other.asks('place-bet', bet)), 'INSUFFICIENT_FUNDS');
    const late = { ...bet, key: newKey(), roundId: newKey() };
    assert.equal(await codeOf(other.asks('place-bet', late)), 'BETTING_CLOSED');
    await server.wallet.execute(credit(poor.userId, 100_000));
    assert.equal(await codeOf(other.asks('place-bet', bet)), 'INSUFFICIENT_FUNDS');
    assert.equal((await other.asks('place-bet', { ...bet, key: newKey() })).ok, true);
    await other.leaves();
  });

  it('an undo gives the stake back, once, and to its owner alone', async () => {
    const sums = () => [guest.state.totalAndarBets, guest.state.totalBets];
    const before = sums();
    const { bet } = await guest.bet('andar', 5_000);
    const stranger = await sit(server, 'calm', await newPlayer(server));
    assert.equal(await codeOf(stranger.asks('undo-bet', { key: newKey(), betId: bet.betId })), 'NOT_FOUND');
    const key = newKey();
    const undone = await guest.asks('undo-bet', { key, betId: bet.betId });
    assert.deepEqual([undone.ok, undone.bet.status, undone.balance.total], [true, 'cancelled', 1_000_000]);
    assert.deepEqual(await guest.asks('undo-bet', { key, betId: bet.betId }), undone);
    assert.equal(await codeOf(guest.asks('undo-bet', { key: newKey(), betId: bet.betId })), 'NOT_OPEN');
    assert.equal(await codeOf(guest.asks('undo-bet', { key: newKey(), betId: '9'.repeat(19) })), 'NOT_FOUND');
    assert.deepEqual(
      (await guest.asks('my-bets')).bets.map((each: { status: string }) => each.status),
      ['cancelled'],
    );
    await until(() => sums().join() === before.join(), 5_000, 'the sums to be as before');
    await stranger.leaves();
  });

  it('double makes the bets of this window once more, all or none', async () => {
    assert.equal(await codeOf(guest.asks('double', { key: newKey(), roundId: guest.state.roundId })), 'NOT_FOUND');
    await guest.bet('andar', 100_000);
    await guest.bet('bahar', 200_000);
    const key = newKey();
    const doubled = await guest.asks('double', { key, roundId: guest.state.roundId });
    assert.deepEqual(
      doubled.bets.map(({ betSide, amount }: Record<string, unknown>) => [betSide, amount]),
      [
        ['andar', 100_000],
        ['bahar', 200_000],
      ],
    );
    assert.equal(doubled.balance.total, 400_000);
    assert.deepEqual(await guest.asks('double', { key, roundId: guest.state.roundId }), doubled);
    const again = guest.asks('double', { key: newKey(), roundId: guest.state.roundId });
    assert.equal(await codeOf(again), 'INSUFFICIENT_FUNDS');
    assert.equal((await guest.asks('my-bets')).bets.length, 4);
  });

  it('S0-80 S0-81 S0-82 with send the answers are events', async () => {
    guest.room.send('place-bet', { key: newKey(), roundId: guest.state.roundId, betSide: 'andar', amount: 7_000 });
    const { bet } = await guest.hears('bet-confirmed');
    assert.equal(bet.amount, 7_000);
    assert.deepEqual((await guest.hears('balance-update')).balance, 993_000);
    guest.room.send('place-bet', { key: newKey(), roundId: guest.state.roundId, betSide: 'andar', amount: 1 });
    assert.equal((await guest.hears('bet-error')).code, 'BELOW_MINIMUM');
    guest.room.send('my-bets');
    assert.equal((await guest.hears('my-bets')).bets.length, 1);
  });

  it('two seats of one player hear the same, each once', async () => {
    const second = await sit(server, 'calm', player);
    const { bet } = await guest.bet('andar', 1_000);
    for (const seat of [guest, second]) {
      assert.deepEqual(await seat.hears('bet-confirmed'), { bet });
      assert.equal(seat.all('bet-confirmed').length, 1);
    }
    await second.leaves();
  });

  it('cards and payouts do not wait for what players ask for', async () => {
    const spectator = await sit(server, 'hasty');
    const admin = database.admin();
    await admin.query('select pg_advisory_lock(12, 12)');
    let over = 0;
    const slow = Array.from({ length: 10 }, async () => {
      await server.database.query(sql.unsafe`select pg_advisory_xact_lock(12, 12)`);
      over += 1;
    });
    try {
      await until(async () => (await lockWaits(admin, 'advisory')) === 10, 10_000, 'all connections to be taken');
      const results = spectator.all('round-result').length;
      await until(() => spectator.all('round-result').length >= results + 2, 10_000, 'two results');
      assert.equal(over, 0, 'two rounds were over before the reads');
    } finally {
      await admin.query('select pg_advisory_unlock(12, 12)');
      await Promise.all(slow);
    }
    await spectator.leaves();
  });

  it('rebet makes the bets of the last round again, and late bets and undos are refused', async () => {
    const quick = await sit(server, 'quick', player);
    const first = await quick.newRound();
    const placed = await quick.bet('andar', 3_000);
    const undone = await quick.bet('bahar', 4_000);
    await quick.asks('undo-bet', { key: newKey(), betId: undone.bet.betId });
    await until(() => quick.state.phase !== 'betting', 5_000, 'the window to close');
    assert.equal(await codeOf(quick.bet('andar', 1_000, { roundId: first })), 'BETTING_CLOSED');
    const lateUndo = { key: newKey(), betId: placed.bet.betId };
    assert.equal(await codeOf(quick.asks('undo-bet', lateUndo)), 'BETTING_CLOSED');
    await quick.hears('game_complete', ({ roundId }) => roundId === first);
    await until(() => quick.state.phase === 'betting' && quick.state.roundId !== first, 5_000, 'the next round');
    const again = await quick.asks('rebet', { key: newKey(), roundId: quick.state.roundId });
    assert.deepEqual(
      again.bets.map(({ betSide, amount }: Record<string, unknown>) => [betSide, amount]),
      [['andar', 3_000]],
      JSON.stringify(again),
    );
    assert.equal(await codeOf(quick.asks('undo-bet', lateUndo)), 'BETTING_CLOSED', 'the first answer again');
    await quick.hears('game_complete', ({ roundId }) => roundId === again.bets[0].roundId);
    await quick.leaves();
  });
});
