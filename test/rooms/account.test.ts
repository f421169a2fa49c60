import assert from 'node:assert/strict';
import { Client } from '@colyseus/sdk';
import { SESSION_ENDED } from '../../rooms/seat-keeper.ts';
import { BalanceUpdated } from '../../schema/account.ts';
import type { Server } from '../../src/server.ts';
import {
  enter,
  enterAccount,
  Guest,
  newPlayer,
  newStaff,
  type Player,
  quickTable,
  roomyTable,
  send,
  sit,
  start,
  until,
} from '../journeys/support.ts';
import { useDatabase } from '../support/database.ts';

describe('the room of one’s own account', () => {
  const database = useDatabase();
  let server: Server;
  before(async () => {
    server = await start(database, [
      roomyTable('quick'),
      roomyTable('brisk'),
      quickTable('calm', { bettingMs: 60_000 }),
    ]);
  });
  after(() => server.stop());

  const paid = (tableId: string, { userId }: Player) =>
    database
      .admin()
      .query(`select payout::int, delivered_at from round_player where user_id = $1 and game = $2 order by round`, [
        userId,
        tableId,
      ])
      .then(({ rows }) => rows as { payout: number; delivered_at: Date | null }[]);

  /** Bets on both sides, so that something comes back, and leaves before it is known. */
  async function betAndLeave(player: Player, tableId = 'quick'): Promise<string> {
    const guest = await sit(server, tableId, player);
    const roundId = await guest.newRound();
    for (const side of ['andar', 'bahar']) assert.equal((await guest.bet(side, 5_000)).ok, true);
    await guest.leaves();
    return roundId;
  }

  async function untilSettled(player: Player, tableId = 'quick'): Promise<void> {
    const deadline = performance.now() + 10_000;
    while ((await paid(tableId, player)).length === 0) {
      assert.ok(performance.now() < deadline, 'the round should be settled by now');
    }
  }

  it('is for everybody who is signed in, by its id and by its name; there is one', async () => {
    await assert.rejects(enter(server, 'account'), /UNAUTHORIZED/);
    await assert.rejects(enter(server, 'account', { token: 'nonsense' }), /UNAUTHORIZED/);
    const player = await newPlayer(server);
    const client = new Client(`http://127.0.0.1:${server.port}`);
    client.auth.token = player.token;
    const byName = new Guest(await client.join('account'));
    const byId = await enterAccount(server, player);
    assert.equal(byName.room.roomId, byId.room.roomId);
    assert.equal((await byId.asks('place-bet', {})).code, 'INVALID_REQUEST');
    for (const guest of [byName, byId]) await guest.leaves();
    await (await enter(server, 'account', await newStaff(server, 'COLLECTOR'))).leaves();
  });

  it('X-07 tells of stakes, undone bets and payouts, with what they came to, one’s own connections alone', async () => {
    const [player, other] = [await newPlayer(server, 100_000), await newPlayer(server, 100_000)];
    const channels = [await enterAccount(server, player), await enterAccount(server, player)];
    const stranger = await enterAccount(server, other);
    const guest = await sit(server, 'quick', player);
    const roundId = await guest.newRound();
    const { bet } = await guest.bet('andar', 4_000);
    assert.equal((await guest.bet('andar', 5_000)).ok, true);
    assert.equal((await guest.bet('bahar', 6_000)).ok, true);
    assert.equal((await guest.asks('undo-bet', { key: crypto.randomUUID(), betId: bet.betId })).ok, true);
    const { newBalance } = await guest.hears('payout');
    for (const channel of channels) {
      await channel.hears('BALANCE_UPDATED', ({ reason }) => reason === 'ROUND_PAYOUT');
      const heard = channel.all('BALANCE_UPDATED').map((body) => BalanceUpdated.parse(body));
      const expected = ['CURRENT', 'BET_PLACED', 'BET_PLACED', 'BET_PLACED', 'BET_UNDONE', 'ROUND_PAYOUT'];
      assert.deepEqual(
        heard.map(({ reason }) => reason),
        expected,
      );
      assert.deepEqual(
        heard.slice(0, 5).map(({ change }) => change),
        [0, -4_000, -5_000, -6_000, 4_000],
      );
      for (const [index, { change, newBalance: total, version }] of heard.entries()) {
        const before = heard[index - 1];
        if (before === undefined) continue;
        assert.equal(total, before.newBalance + change);
        assert.ok(version > before.version);
      }
      assert.equal(heard.at(-1)?.newBalance, newBalance);
      assert.deepEqual(channel.all('game_complete'), [], 'it was told at the table');
    }
    assert.equal((await guest.hears('game_complete', (body) => body.roundId === roundId)).missed, undefined);
    assert.deepEqual(
      stranger.heard.map(({ body }) => body.reason),
      ['CURRENT'],
    );
    for (const each of [...channels, stranger, guest]) await each.leaves();
  });

  it('who is not at the table hears there at once what a round has paid, and not again at the table', async () => {
    const player = await newPlayer(server, 100_000);
    const channel = await enterAccount(server, player);
    const roundId = await betAndLeave(player);
    const complete = await channel.hears('game_complete');
    assert.deepEqual([complete.roundId, complete.tableId, complete.missed], [roundId, 'quick', undefined]);
    const [payout] = channel.all('payout');
    assert.deepEqual([payout.roundId, payout.amount], [roundId, complete.userPayout.amount]);
    await channel.hears('BALANCE_UPDATED', ({ reason }) => reason === 'ROUND_PAYOUT');
    await untilSettled(player);
    const guest = await sit(server, 'quick', player);
    await guest.newRound();
    assert.ok((await paid('quick', player))[0]?.delivered_at);
    assert.deepEqual(
      guest.all('game_complete').filter(({ missed }) => missed),
      [],
    );
    for (const each of [channel, guest]) await each.leaves();
  });

  it('S1-16 payouts that happened while away are told once, here or at the table, whichever one enters', async () => {
    const player = await newPlayer(server, 100_000);
    const rounds = [await betAndLeave(player), await betAndLeave(player, 'brisk')];
    for (const tableId of ['quick', 'brisk']) await untilSettled(player, tableId);
    const places = await Promise.all([
      enter(server, 'account', player),
      sit(server, 'quick', player),
      enter(server, 'account', player),
      sit(server, 'brisk', player),
    ]);
    const missed = () => places.flatMap((place) => place.all('game_complete').filter((body) => body.missed));
    await until(() => missed().length === 2, 5_000, 'both results');
    const [, atTable] = places;
    await atTable.newRound();
    assert.deepEqual(
      missed()
        .map(({ roundId }) => roundId)
        .sort(),
      rounds.toSorted(),
    );
    for (const tableId of ['quick', 'brisk']) assert.ok((await paid(tableId, player))[0]?.delivered_at);
    for (const place of places) await place.leaves();
    const again = await enterAccount(server, player);
    await (await sit(server, 'calm', player)).leaves();
    assert.deepEqual(again.all('game_complete'), []);
    await again.leaves();
  });

  it('a void gives every stake back, and says so', async () => {
    const [player, ann, bob] = [
      await newPlayer(server, 100_000),
      await newStaff(server, 'ADMIN'),
      await newStaff(server, 'ADMIN'),
    ];
    const channel = await enterAccount(server, player);
    const guest = await sit(server, 'calm', player);
    await until(() => guest.state.phase === 'betting', 5_000, 'a round');
    const { bet } = await guest.bet('andar', 3_000);
    assert.equal((await guest.bet('bahar', 5_000)).ok, true);
    assert.equal((await guest.asks('undo-bet', { key: crypto.randomUUID(), betId: bet.betId })).ok, true);
    for (const person of [ann, bob]) {
      const { status } = await send(server, 'POST', `/admin/rounds/${bet.roundId}/void`, person, { reason: 'a test' });
      assert.equal(status, 200);
    }
    const told = await channel.hears('BALANCE_UPDATED', ({ reason }) => reason === 'ROUND_VOIDED');
    assert.deepEqual([told.change, told.newBalance], [5_000, 100_000]);
    for (const each of [channel, guest]) await each.leaves();
  });

  it('whose session ends is let go', async () => {
    const player = await newPlayer(server);
    const channel = await enterAccount(server, player);
    const closed = new Promise<number>((resolve) => channel.room.onLeave(resolve));
    await send(server, 'POST', '/auth/logout', player);
    assert.equal(await closed, SESSION_ENDED);
  });
});
