import assert from 'node:assert/strict';
import { Client } from '@colyseus/sdk';
import { ROLE_ENDED, SESSION_ENDED } from '../../rooms/seat-keeper.ts';
import { AdminAction, LiveStatistics } from '../../schema/backoffice.ts';
import type { Role } from '../../src/accounts/identity.ts';
import { updateRole } from '../../src/accounts/store.ts';
import type { Server } from '../../src/server.ts';
import {
  enterBackoffice,
  Guest,
  get,
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
import { noonClock } from '../support/noon-clock.ts';

type TableFigures = LiveStatistics['tables'][number];

describe('the room of the back office', () => {
  const database = useDatabase();
  let server: Server;
  let master: Player;
  let admin: Player;

  before(async () => {
    const tables = [quickTable('calm', { bettingMs: 60_000 }), roomyTable('quick')];
    server = await start(database, tables, { clock: noonClock() });
    master = await newStaff(server, 'MASTER');
    admin = await newStaff(server, 'ADMIN');
  });
  after(() => server.stop());

  const statistics = (guest: Guest) => LiveStatistics.parse(guest.all('live-statistics').at(-1));
  const figures = (guest: Guest, tableId: string): TableFigures => {
    const found = statistics(guest).tables.find((table) => table.tableId === tableId);
    assert.ok(found);
    return found;
  };
  const pause = (tableId: string, verb = 'pause') =>
    send(server, 'POST', `/admin/games/${tableId}/${verb}`, admin, { reason: 'a look at the shoe' });
  const closeOf = (guest: Guest) => new Promise<number>((resolve) => guest.room.onLeave(resolve));
  const change = async ({ userId }: Player, role: Role) => {
    await updateRole(server.database, userId, role);
    server.accounts.forgetUser(userId);
  };

  it('S4-08 is for ADMIN and MASTER, by its id and by its name', async () => {
    for (const role of ['PLAYER', 'PARTNER', 'COLLECTOR'] as const) {
      await assert.rejects(enterBackoffice(server, await newStaff(server, role)), /FORBIDDEN/, role);
    }
    await assert.rejects(enterBackoffice(server), /UNAUTHORIZED/);
    await assert.rejects(enterBackoffice(server, { token: 'nonsense' }), /UNAUTHORIZED/);
    for (const person of [admin, master]) {
      const client = new Client(`http://127.0.0.1:${server.port}`);
      client.auth.token = person.token;
      const byName = new Guest(await client.join('backoffice'));
      const byId = await enterBackoffice(server, person);
      assert.equal(byName.room.roomId, byId.room.roomId);
      for (const guest of [byName, byId]) await guest.leaves();
    }
  });

  it('S0-73 says on coming in, and when something changes, who is here and what is at stake', async () => {
    const guest = await enterBackoffice(server, admin);
    await guest.hears('live-statistics');
    const before = statistics(guest);
    assert.deepEqual(before.tables.map(({ tableId }) => tableId).sort(), ['calm', 'quick']);
    const player = await newPlayer(server, 500_000);
    const seats = [await sit(server, 'calm', player), await sit(server, 'calm', player), await sit(server, 'calm')];
    const [first] = seats as [Guest];
    await until(() => first.state.phase === 'betting', 10_000, 'a round');
    assert.equal((await first.bet('andar', 10_000)).ok, true);
    assert.equal((await first.bet('bahar', 4_000)).ok, true);
    await until(() => figures(guest, 'calm').stakes === 14_000, 10_000, 'the stakes');
    const { players, spectators, bets, phase, paused, roundNumber, exposure } = figures(guest, 'calm');
    assert.deepEqual([players, spectators, bets, phase, paused], [1, 1, 2, 'betting', false]);
    assert.equal(roundNumber, first.state.roundNumber);
    assert.ok(exposure > 0 && exposure < 10_000, `the house can lose ${exposure}: Andar’s win less what Bahar brings`);
    const now = statistics(guest);
    assert.equal(now.online, before.online + 1, 'two seats are one person');
    assert.equal(now.connections, before.connections + 3);
    for (const seat of seats) await seat.leaves();
    await until(() => statistics(guest).connections === before.connections, 10_000, 'them to leave');
    assert.equal(statistics(guest).online, before.online);
    await guest.leaves();
  });

  it('S0-73 sums what was settled since midnight as the rounds say, whenever one comes in', async () => {
    const early = await enterBackoffice(server, admin);
    const player = await newPlayer(server, 500_000);
    const seat = await sit(server, 'quick', player);
    for (const side of ['andar', 'bahar']) {
      const roundId = await seat.newRound();
      assert.equal((await seat.bet(side, 7_000)).ok, true);
      await seat.hears('game_complete', (result) => result.roundId === roundId);
    }
    await until(() => figures(early, 'quick').today.stakes === 14_000, 10_000, 'the sums');
    await pause('quick');
    await until(() => figures(early, 'quick').phase === 'idle', 10_000, 'the table to rest');
    const late = await enterBackoffice(server, master);
    await late.hears('live-statistics');
    const { today } = figures(late, 'quick');
    assert.deepEqual(figures(early, 'quick').today, today);
    const { rows } = await database.admin().query(`
      select count(*)::int as rounds, sum(total_bet_amount)::int as stakes, sum(total_payouts)::int as payouts,
             sum(total_refunds)::int as refunds
        from round where game = 'quick' and status = 'settled'`);
    assert.deepEqual(today, { ...rows[0], ggr: rows[0].stakes - rows[0].payouts - rows[0].refunds });
    const { total } = await get(server, '/wallets/me', player);
    assert.equal(today.ggr, 500_000 - total);
    assert.deepEqual(statistics(late).today, today);
    await pause('quick', 'resume');
    for (const guest of [early, late, seat]) await guest.leaves();
  });

  it('S4-49 MASTER hears of every act as it happens, ADMIN does not', async () => {
    const [chief, clerk] = [await enterBackoffice(server, master), await enterBackoffice(server, admin)];
    await pause('calm');
    const { timestamp, ...act } = AdminAction.parse(await chief.hears('ADMIN_ACTION'));
    assert.deepEqual(act, { adminId: admin.userId, action: 'game.pause', target: 'game:calm', amount: null });
    assert.ok(Math.abs(Date.parse(timestamp) - server.clock.now()) < 10_000);
    await until(() => figures(clerk, 'calm').paused, 10_000, 'the pause');
    assert.equal((await pause('calm')).status, 409);
    await pause('calm', 'resume');
    await chief.hears('ADMIN_ACTION', ({ action }) => action === 'game.resume');
    assert.deepEqual(
      chief.all('ADMIN_ACTION').map(({ action }) => action),
      ['game.pause', 'game.resume'],
    );
    assert.deepEqual(clerk.all('ADMIN_ACTION'), []);
    for (const guest of [chief, clerk]) await guest.leaves();
  });

  it('whose role ends, or whose session, is let go; who is MASTER no more hears of no act', async () => {
    const person = await newStaff(server, 'MASTER');
    const guest = await enterBackoffice(server, person);
    const closed = closeOf(guest);
    await change(person, 'ADMIN');
    await pause('calm');
    await until(() => figures(guest, 'calm').paused, 10_000, 'the pause');
    assert.deepEqual(guest.all('ADMIN_ACTION'), []);
    await pause('calm', 'resume');
    await change(person, 'PLAYER');
    assert.equal(await closed, ROLE_ENDED);
    const other = await newStaff(server, 'ADMIN');
    const seat = await enterBackoffice(server, other);
    const ended = closeOf(seat);
    await send(server, 'POST', '/auth/logout', other);
    assert.equal(await ended, SESSION_ENDED);
  });

  it('takes no messages, and throws nobody out for one', async () => {
    const guest = await enterBackoffice(server, admin);
    assert.equal((await guest.asks('place-bet', {})).code, 'INVALID_REQUEST');
    guest.room.send('pause', { tableId: 'calm' });
    assert.equal((await guest.hears('refused')).code, 'INVALID_REQUEST');
    await guest.leaves();
  });
});
