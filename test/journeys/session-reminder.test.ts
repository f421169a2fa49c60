import assert from 'node:assert/strict';
import { SessionReminder } from '../../schema/protection.ts';
import { type Clock, systemClock } from '../../src/clock.ts';
import type { Server } from '../../src/server.ts';
import { useDatabase } from '../support/database.ts';
import { putLimits } from './protection-support.ts';
import { assertBooks, get, newPlayer, quickTable, roomyTable, sit, start, testConfig, until } from './support.ts';

const MINUTE_MS = 60_000;

/** Waits of minutes pass only when the test says so; shorter ones, such as a round's, as they do. */
function minuteClock() {
  // From noon on: at midnight the day's figures begin anew.
  let offset = new Date().setUTCHours(12, 0, 0, 0) - Date.now();
  const due = new Map<symbol, { readonly at: number; readonly callback: () => void }>();
  const now = () => Date.now() + offset;
  const clock: Clock = {
    now,
    after(delayMs, callback) {
      if (delayMs < MINUTE_MS) return systemClock.after(delayMs, callback);
      const name = Symbol();
      due.set(name, { at: now() + delayMs, callback });
      return () => due.delete(name);
    },
  };
  return {
    clock,
    advance(ms: number) {
      offset += ms;
      for (const [name, { at, callback }] of due) {
        if (at <= now() && due.delete(name)) callback();
      }
    },
    /** Waits for something to fall due within this time. */
    plans: (withinMs: number) =>
      until(() => [...due.values()].some(({ at }) => at - now() <= withinMs), 5_000, 'a reminder to be planned'),
  };
}

describe('the session reminder', () => {
  const database = useDatabase();
  const time = minuteClock();
  let server: Server;

  before(async () => {
    const tables = [roomyTable('quick'), quickTable('calm', { bettingMs: 50_000 })];
    server = await start(database, tables, { clock: time.clock, config: testConfig({ ACCESS_TOKEN_MINUTES: '60' }) });
  });
  after(async () => {
    await server.stop();
    await assertBooks(database);
  });

  it('tells every connection of the player how long and for how much, as often as was wished', async () => {
    const player = await newPlayer(server);
    const stranger = await newPlayer(server);
    const guests = await Promise.all([sit(server, 'quick', player), sit(server, 'calm', player)]);
    const other = await sit(server, 'quick', stranger);
    const [guest] = guests;
    assert.ok(guest);
    const roundId = await guest.newRound();
    assert.equal((await guest.bet('andar', 3_000)).ok, true);
    assert.equal((await guest.bet('bahar', 2_000)).ok, true);
    const { userPayout } = await guest.hears('game_complete', (body) => body.roundId === roundId);
    assert.equal((await putLimits(server, player, { sessionMinutes: 10 })).status, 200);
    await time.plans(10 * MINUTE_MS);
    time.advance(10 * MINUTE_MS);
    for (const each of guests) {
      const reminder = SessionReminder.parse(await each.hears('session-reminder'));
      const { since, ...figures } = reminder;
      assert.deepEqual(figures, {
        ...{ minutes: 10, staked: 5_000, won: userPayout.amount, net: userPayout.amount - 5_000 },
      });
      assert.match(since, /T00:00:00.000Z$/);
    }
    assert.equal((await get(server, '/wallets/me/limits', player)).sessionMinutes, 10);
    await time.plans(10 * MINUTE_MS);
    time.advance(10 * MINUTE_MS);
    await guest.hears('session-reminder', ({ minutes }) => minutes === 20);

    assert.equal((await putLimits(server, player, { sessionMinutes: null })).status, 200);
    assert.equal((await get(server, '/wallets/me/limits', player)).sessionMinutes, null);
    assert.deepEqual(other.all('session-reminder'), []);
    await Promise.all([...guests, other].map((each) => each.leaves()));
  });
});
