import assert from 'node:assert/strict';
import fc from 'fast-check';
import { systemClock } from '../../src/clock.ts';
import { INR, minor } from '../../src/money.ts';
import { limitsOf } from '../../src/protection/figures.ts';
import type { Command, Custody, OpenBook } from '../../src/wallet/command.ts';
import { LIMIT_DAYS, type LimitDays } from '../../src/wallet/limits.ts';
import { findProtection } from '../../src/wallet/protection.ts';
import { useDatabase } from '../support/database.ts';
import {
  close,
  credit,
  findings,
  newUser,
  openBook,
  openWallet,
  setLimit,
  settle,
  shown,
  stake,
  window,
} from './fixture.ts';
import { type Memory, memory } from './memory.ts';

const HOUR_MS = 3_600_000;
const NOON = Date.UTC(2026, 0, 15, 12);
const DESK = 7;

function openDesk(standing: Custody, desk = DESK): OpenBook {
  return { ...(openBook(desk) as OpenBook), standing };
}

/** A player who wants to lose no more than 1,000 a day, at a desk. */
function limited(standing: Custody, days: LimitDays = 1): Memory {
  const m = memory({ real: 100_000 });
  m.state.now = NOON;
  m.perform(openDesk(standing));
  m.perform(setLimit(m.player.owner, 'loss', days, minor(1_000)));
  return m;
}

describe('a limit on losses, and what is open for longer than it looks back', () => {
  /** What may still be lost, by trying. */
  function room(m: Memory): number {
    let [most, tooMuch] = [0, 5_000];
    while (most + 1 < tooMuch) {
      const amount = (most + tooMuch) >>> 1;
      const { verdict } = m.ask(stake(m.player.owner, DESK, amount));
      assert.match(verdict, /^(OK|PLAYER_LIMIT)$/);
      if (verdict === 'OK') most = amount;
      else tooMuch = amount;
    }
    return most;
  }

  const opens = (m: Memory, amount: number) => m.perform(stake(m.player.owner, DESK, amount));
  const ends = (m: Memory, position: number, payout: number) =>
    m.perform(settle(DESK, [close(position, payout)], false));

  for (const standing of ['margin', 'stake'] as const) {
    const cases: readonly [name: string, payout: number, room: number][] = [
      ['comes back as it was: it has made no room', 1_000, 1_000],
      ['is lost in part: that part is lost now', 200, 200],
      ['is lost: all of it now', 0, 0],
      ['has won: what it has won makes room', 1_300, 1_300],
    ];
    for (const [name, payout, left] of cases) {
      it(`a ${standing} ${name}, for a day from its end on`, () => {
        const m = limited(standing);
        const position = opens(m, 1_000);
        m.state.now += 25 * HOUR_MS;
        assert.equal(room(m), 0, 'what is open counts, whenever it was staked');
        ends(m, position, payout);
        assert.equal(room(m), left);
        m.state.now += 24 * HOUR_MS;
        assert.equal(room(m), left, 'the hour in which the day began counts whole');
        m.state.now += HOUR_MS;
        assert.equal(room(m), 1_000);
      });
    }

    it(`a ${standing} held and another one: no more than the limit is lost within a day`, () => {
      const m = limited(standing);
      const held = opens(m, 600);
      m.state.now += 25 * HOUR_MS;
      assert.equal(room(m), 400);
      const other = opens(m, 400);
      ends(m, held, 0);
      ends(m, other, 0);
      assert.equal(room(m), 0);
    });

    it(`a ${standing} that is open leaves as little for a round`, () => {
      const m = limited(standing);
      opens(m, 600);
      m.state.now += 40 * HOUR_MS;
      assert.equal(m.ask(stake(m.player.owner, 1, 401)).verdict, 'PLAYER_LIMIT');
      assert.equal(m.ask(stake(m.player.owner, 1, 400)).verdict, 'OK');
    });
  }

  for (const standing of ['margin', 'stake'] as const) {
    it(`a ${standing} that is void has never been: it is taken out of the hour that it was counted in`, () => {
      const m = limited(standing);
      m.perform(setLimit(m.player.owner, 'wager', 1, minor(1_000)));
      const { turnover, bets, xp } = m.player;
      const position = opens(m, 700);
      m.state.now += 2 * HOUR_MS;
      m.perform(stake(m.player.owner, DESK, 100));
      m.perform(settle(DESK, [close(position, 700, 'cancelled')], false));
      assert.deepEqual([m.player.turnover - turnover, m.player.bets - bets, m.player.xp - xp], [100n, 1, 0n]);
      assert.equal(room(m), 900);
      m.state.now += 24 * HOUR_MS;
      assert.equal(room(m), 900);
    });
  }

  it('a bet of a round is not void by itself', () => {
    const m = limited('margin');
    const bet = m.perform(stake(m.player.owner, 1, 100));
    m.perform(window('closeWindow', 1, 1));
    assert.throws(() => m.ask(settle(1, [close(bet, 100, 'cancelled')])), /void by itself/);
  });

  const Step = fc.record({
    hours: fc.oneof(fc.constant(0), fc.nat({ max: 3 }), fc.nat({ max: 60 })),
    amount: fc.integer({ min: 1, max: 900 }),
    /** Which of what is open ends, and with how much of its stake; none: a new one is opened. */
    ends: fc.option(fc.record({ which: fc.nat(), percent: fc.integer({ min: 0, max: 250 }) })),
  });

  it('is kept at every stake: what was lost within it and what is open are never more', () => {
    const days = fc.constantFrom(...LIMIT_DAYS);
    const custody = fc.constantFrom<Custody>('margin', 'stake');
    fc.assert(
      fc.property(fc.array(Step, { maxLength: 60 }), days, custody, (steps, period, standing) => {
        const m = limited(standing, period);
        const open: { id: number; amount: number }[] = [];
        const over: { hour: number; lost: number }[] = [];
        for (const { hours, amount, ends: end } of steps) {
          m.state.now += hours * HOUR_MS;
          const hour = m.state.now / HOUR_MS;
          const [one] = end === null ? [] : open.splice(end.which % Math.max(1, open.length), 1);
          if (end !== null && one !== undefined) {
            const payout = Math.floor((one.amount * end.percent) / 100);
            ends(m, one.id, payout);
            over.push({ hour, lost: one.amount - payout });
          }
          const lost = over.reduce((sum, each) => (each.hour >= hour - 24 * period ? sum + each.lost : sum), 0);
          const atStake = open.reduce((sum, each) => sum + each.amount, 0);
          const command = stake(m.player.owner, DESK, amount);
          assert.equal(m.ask(command).verdict, lost + atStake + amount <= 1_000 ? 'OK' : 'PLAYER_LIMIT');
          if (end === null && m.ask(command).verdict === 'OK') open.push({ id: m.perform(command), amount });
        }
      }),
    );
  });
});

describe('what is open on standing books, in the books', () => {
  const database = useDatabase();

  it('counts and is shown after a restart too, and what it came to from then on', async () => {
    for (const [at, standing] of (['margin', 'stake'] as const).entries()) {
      // The database says when a stake became durable, so the hours are those of now.
      let now = Date.now();
      const clock = { now: () => now, after: systemClock.after.bind(systemClock) };
      let wallet = await openWallet(database.url(), { clock });
      const ask = async (command: Command) => {
        const answer = await wallet.actor.execute(command);
        return answer.ok ? answer.seq : answer.code;
      };
      const later = async (hours: number) => {
        now += hours * HOUR_MS;
        await wallet.end();
        wallet = await openWallet(database.url(), { clock });
      };
      const used = async () => {
        const view = limitsOf(await findProtection(database.pool(), player, INR, now), now);
        return view.find(({ kind, days }) => kind === 'loss' && days === 1)?.used;
      };
      const player = newUser();
      const desk = 70 + at;
      await ask(credit(player, 10_000));
      await ask(openDesk(standing, desk));
      await ask(setLimit(player, 'loss', 1, minor(1_000)));
      const position = Number(await ask(stake(player, desk, 700)));
      await later(30);
      assert.equal(await used(), 700n);
      for (const column of ['stake', 'wallet']) {
        await database.admin().query(`update open_position set ${column} = ${column} + 1`);
        const found = (await findings(database.pool())).map((what) => what.split(':')[0]);
        assert.deepEqual([...new Set(found)], ['open positions of standing books']);
        await database.admin().query(`update open_position set ${column} = ${column} - 1`);
      }
      assert.equal(await ask(stake(player, desk, 301)), 'PLAYER_LIMIT');
      const other = Number(await ask(stake(player, desk, 300)));
      await later(1);
      await ask(settle(desk, [close(position, 200), close(other, 400)], false));
      assert.equal(await used(), 400n);
      await later(20);
      assert.equal(await ask(stake(player, desk, 601)), 'PLAYER_LIMIT');
      await later(5);
      assert.deepEqual([await used(), typeof (await ask(stake(player, desk, 1_000)))], [0n, 'number']);
      assert.match(shown(await wallet.actor.execute(stake(player, desk, 1))), /PLAYER_LIMIT/);
      await wallet.end();
    }
    assert.deepEqual(await findings(database.pool()), []);
  });
});
