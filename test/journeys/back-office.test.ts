import assert from 'node:assert/strict';
import { addGame } from '../../src/games/andar-bahar/store.ts';
import type { Server } from '../../src/server.ts';
import { useDatabase } from '../support/database.ts';
import {
  assertBooks,
  type Guest,
  get,
  newKey,
  newPlayer,
  newStaff,
  type Player,
  quickTable,
  roomyTable,
  send,
  sit,
  start,
  until,
} from './support.ts';

const NEW = {
  ...{ name: 'New table', payTable: 'three-window', minBet: 1_000, maxBet: 100_000, exposureCap: 10_000_000 },
  ...{ bettingMs: 3_000, dealingMs: 100, pauseMs: 100 },
};

describe('tables under the hands of the house', () => {
  const database = useDatabase();
  let server: Server;
  let admin: Player;
  let player: Player;

  before(async () => {
    const tables = ['changing', 'closing', 'direct'].map((id) => roomyTable(id));
    // Seven requests fit into a window of this one.
    tables.push(roomyTable('pausing', { bettingMs: 3_000 }));
    server = await start(database, tables);
    admin = await newStaff(server, 'ADMIN');
    player = await newPlayer(server);
  });
  after(async () => {
    await server.stop();
    await assertBooks(database);
  });

  const act = async (method: string, path: string, body: object) => {
    const { status, json } = await send(server, method, path, admin, body);
    assert.ok(status < 300, JSON.stringify(json));
    return json;
  };
  const set = (what: string, tableId: string) =>
    database.admin().query(`update game set ${what} where id = $1`, [tableId]);
  const rounds = async (tableId: string) =>
    Number((await database.admin().query('select count(*) from round where game = $1', [tableId])).rows[0].count);

  /** A bet that was taken in the first window of a round that has just begun. */
  async function newBet(guest: Guest, amount = 1_000) {
    await guest.newRound();
    const { ok, bet } = await guest.bet('andar', amount);
    assert.equal(ok, true);
    return bet as { betId: string; roundId: string };
  }

  async function sitSoon(tableId: string): Promise<Guest> {
    for (const deadline = performance.now() + 10_000; ; ) {
      try {
        return await sit(server, tableId, player);
      } catch (error) {
        if (performance.now() > deadline) throw error;
      }
    }
  }

  it('a paused table takes no bets, keeps nobody’s bet, ends its round, begins none till it goes on', async () => {
    const guest = await sit(server, 'pausing', player);
    const bet = await newBet(guest);
    const kept = await guest.bet('bahar', 2_000);
    const { paused, pauseReason } = await act('POST', '/admin/games/pausing/pause', { reason: 'a card is missing' });
    assert.deepEqual([paused, pauseReason], [true, 'a card is missing']);
    assert.equal((await guest.bet('andar', 1_000)).code, 'GAME_PAUSED');
    assert.equal((await guest.asks('double', { key: newKey(), roundId: bet.roundId })).code, 'GAME_PAUSED');
    await until(() => guest.state.paused, 5_000, 'the pause to be shown');
    assert.equal((await guest.asks('undo-bet', { key: newKey(), betId: bet.betId })).ok, true);
    const { userPayout } = await guest.hears('game_complete', ({ roundId }) => roundId === kept.bet.roundId);
    assert.equal(userPayout.totalBet, 2_000);
    await until(() => guest.state.phase === 'idle', 10_000, 'the table to rest');
    const played = await rounds('pausing');
    assert.equal(
      (await get(server, '/tables')).items.find((each: { tableId: string }) => each.tableId === 'pausing').paused,
      true,
    );
    await act('POST', '/admin/games/pausing/resume', { reason: 'found it' });
    await until(() => guest.state.phase === 'betting', 5_000, 'the next round');
    assert.equal(guest.state.paused, false);
    assert.equal(await rounds('pausing'), played + 1, 'none was begun in between');
    assert.equal((await guest.bet('andar', 1_000)).ok, true);
    await guest.leaves();
  });

  it('a pause straight in the database is noticed too', async () => {
    const guest = await sit(server, 'direct', player);
    await guest.newRound();
    await set('paused = true', 'direct');
    await until(() => guest.state.paused && guest.state.phase === 'idle', 10_000, 'the pause');
    assert.equal((await guest.bet('andar', 1_000)).code, 'GAME_PAUSED');
    await set('paused = false', 'direct');
    await until(() => !guest.state.paused && guest.state.phase === 'betting', 10_000, 'the next round');
    await guest.leaves();
  });

  it('a change counts from the next round on, and every round names its rules', async () => {
    const guest = await sit(server, 'changing', player);
    const before = await newBet(guest);
    await act('PUT', '/admin/games/changing', { minBet: 3_000, reason: 'a busy evening' });
    assert.equal((await guest.bet('andar', 1_000)).ok, true, 'the round in play keeps its limits');
    assert.equal(Number(guest.state.minBet), 1_000);
    await guest.newRound();
    assert.equal(Number(guest.state.minBet), 3_000);
    assert.equal((await guest.bet('andar', 1_000)).code, 'BELOW_MINIMUM');
    const after = (await guest.bet('andar', 3_000)).bet;
    assert.equal((await get(server, `/rounds/${before.roundId}`)).rulesVersion, 1);
    assert.equal((await get(server, `/rounds/${after.roundId}`)).rulesVersion, 2);
    const game = await get(server, '/admin/games/changing', admin);
    assert.equal(game.rulesVersion, 2);
    assert.deepEqual(
      game.rules.map(({ version, minBet }: { version: number; minBet: number }) => [version, minBet]),
      [
        [2, 3_000],
        [1, 1_000],
      ],
    );
    await guest.leaves();
  });

  it('a table that is created can be joined and played at when it is answered', async () => {
    await act('POST', '/admin/games', { ...NEW, id: 'created' });
    const guest = await sit(server, 'created', player);
    await until(() => guest.state.phase === 'betting', 5_000, 'a round');
    assert.equal((await guest.bet('andar', 1_000)).ok, true);
    await guest.leaves();
  });

  it('a table that appears in the database opens; one that cannot be played keeps no other from it', async () => {
    await addGame(database.pool(), quickTable('broken', { payTable: 'unknown' }), new Date());
    await addGame(database.pool(), quickTable('backoffice'), new Date());
    await addGame(database.pool(), quickTable('inserted'), new Date());
    const guest = await sitSoon('inserted');
    await until(() => guest.state.phase === 'betting', 5_000, 'a round');
    await guest.leaves();
    await assert.rejects(sit(server, 'broken', player), /NOT_FOUND/);
    await assert.rejects(sit(server, 'backoffice', player), /FORBIDDEN/, 'the room of that name is what it was');
    await set('enabled = false', 'broken');
  });

  it('a table that is disabled pays its round, says goodbye and is gone, until it is enabled again', async () => {
    const guest = await sit(server, 'closing', player);
    const left = new Promise<number>((resolve) => guest.room.onLeave(resolve));
    const { roundId } = await newBet(guest);
    const number = guest.state.roundNumber;
    await act('PUT', '/admin/games/closing', { enabled: false, reason: 'the season is over' });
    assert.equal((await guest.bet('bahar', 1_000)).ok, true, 'the round in play goes on');
    assert.equal(await left, 4404);
    const heard = guest.heard.map(({ type }) => type);
    assert.ok(heard.indexOf('game_complete') < heard.indexOf('table-closed'));
    assert.equal(guest.all('game_complete').at(-1).roundId, roundId);
    assert.equal((await get(server, `/rounds/${roundId}`)).status, 'settled');
    await assert.rejects(sit(server, 'closing', player), /NOT_FOUND/);
    assert.ok((await get(server, '/tables')).items.every(({ tableId }: { tableId: string }) => tableId !== 'closing'));
    await act('PUT', '/admin/games/closing', { enabled: true, reason: 'a new season' });
    const again = await sit(server, 'closing', player);
    await until(() => again.state.roundNumber > number, 5_000, 'the next round');
    assert.equal(again.state.roundNumber, number + 1);
    await again.leaves();
  });
});
