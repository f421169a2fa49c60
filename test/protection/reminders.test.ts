import assert from 'node:assert/strict';
import type { UserId } from '../../src/ids.ts';
import { SessionReminders } from '../../src/protection/reminders.ts';
import { newUser, silent } from '../wallet/fixture.ts';
import { type ManualClock, manualClock } from './manual-clock.ts';

const MINUTE_MS = 60_000;
const FIGURES = { staked: 300, won: 100, net: -200, since: '2026-01-15T00:00:00.000Z' };

describe('session reminders', () => {
  let clock: ManualClock;
  let player: UserId;
  /** Of everybody. */
  let minutes: number | null;
  let failing: boolean;
  let reminders: SessionReminders;
  /** Minutes since the beginning of each reminder, by the seat that heard it. */
  let heard: [string, number][];

  beforeEach(() => {
    clock = manualClock();
    player = newUser();
    minutes = 30;
    failing = false;
    heard = [];
    const figuresOf = async () => {
      if (failing) throw new Error('the database is away');
      return FIGURES;
    };
    reminders = new SessionReminders({ clock, log: silent, minutesOf: async () => minutes, figuresOf });
  });
  const sit = (seat: string, who = player) =>
    reminders.sitDown(who, (reminder) => heard.push([seat, reminder.minutes]));

  it('come every so many minutes of the session, with the figures', async () => {
    const all: object[] = [];
    reminders.sitDown(player, (reminder) => all.push(reminder));
    await clock.advance(30 * MINUTE_MS - 1);
    assert.deepEqual(all, []);
    await clock.advance(1);
    await clock.advance(60 * MINUTE_MS);
    assert.deepEqual(
      all,
      [30, 60, 90].map((each) => ({ minutes: each, ...FIGURES })),
    );
  });

  it('reach every seat of the player, and nobody else', async () => {
    sit('one');
    sit('two');
    minutes = null;
    sit('other', newUser());
    await clock.advance(1);
    minutes = 30;
    await clock.advance(30 * MINUTE_MS);
    assert.deepEqual(heard, [
      ['one', 30],
      ['two', 30],
    ]);
  });

  it('go on over a reload and another table: a pause of less than a quarter of an hour is none', async () => {
    const leave = sit('one');
    await clock.advance(20 * MINUTE_MS);
    leave();
    await clock.advance(15 * MINUTE_MS);
    assert.deepEqual(heard, [], 'nobody is there');
    sit('two');
    await clock.advance(0);
    assert.deepEqual(heard, [['two', 35]], 'it was due meanwhile');
  });

  it('begin anew after a longer one', async () => {
    const leave = sit('one');
    await clock.advance(20 * MINUTE_MS);
    leave();
    await clock.advance(15 * MINUTE_MS + 1);
    sit('two');
    await clock.advance(30 * MINUTE_MS);
    assert.deepEqual(heard, [['two', 30]]);
  });

  it('follow another number of minutes at once, and stop when there is none any more', async () => {
    sit('one');
    await clock.advance(20 * MINUTE_MS);
    minutes = 10;
    reminders.changed(player);
    await clock.advance(10 * MINUTE_MS);
    assert.deepEqual(heard, [
      ['one', 20],
      ['one', 30],
    ]);
    minutes = null;
    reminders.changed(player);
    await clock.advance(600 * MINUTE_MS);
    assert.equal(heard.length, 2);
  });

  it('wait for nothing once the last seat is left', async () => {
    const leaves = [sit('one'), sit('two')];
    await clock.advance(1);
    for (const leave of leaves) leave();
    assert.equal(clock.waiting, 0);
  });

  it('are tried again when the database is away', async () => {
    sit('one');
    await clock.advance(1);
    failing = true;
    await clock.advance(30 * MINUTE_MS);
    failing = false;
    await clock.advance(MINUTE_MS);
    assert.deepEqual(heard, [['one', 31]]);
  });
});
