import assert from 'node:assert/strict';
import fc from 'fast-check';
import { minor } from '../../src/money.ts';
import type { Command } from '../../src/wallet/command.ts';
import { allowed, breaksLimit, changed, count, hourOf, sumOf } from '../../src/wallet/limits.ts';
import {
  cancel,
  close,
  countDeposit,
  credit,
  exclude,
  newUser,
  openBook,
  setLimit,
  settle,
  stake,
  uncountDeposit,
  window,
} from './fixture.ts';
import { memory } from './memory.ts';

const HOUR_MS = 3_600_000;
const NOON = Date.UTC(2026, 0, 15, 12);

describe('a limit of a player', () => {
  it('that shrinks, or is new, counts at once; one that grows or goes does so after 24 hours', () => {
    const first = changed([], { kind: 'loss', days: 1, amount: 100n }, NOON);
    assert.equal(allowed(first, NOON), 100n);
    const less = changed([first], { kind: 'loss', days: 1, amount: 40n }, NOON);
    assert.equal(allowed(less, NOON), 40n);
    for (const amount of [400n, null]) {
      const more = changed([less], { kind: 'loss', days: 1, amount }, NOON);
      assert.deepEqual(
        [NOON, NOON + 24 * HOUR_MS - 1].map((now) => allowed(more, now)),
        [40n, 40n],
      );
      assert.equal(allowed(more, NOON + 24 * HOUR_MS), amount);
      const regretted = changed([more], { kind: 'loss', days: 1, amount: 40n }, NOON + HOUR_MS);
      assert.equal(allowed(regretted, NOON + 48 * HOUR_MS), 40n, 'the growth is off');
    }
  });

  it('is one of its kind and days: others stay as they are', () => {
    const week = changed([], { kind: 'loss', days: 7, amount: 10n }, NOON);
    assert.equal(changed([week], { kind: 'loss', days: 1, amount: 500n }, NOON).amount, 500n);
    assert.equal(changed([week], { kind: 'wager', days: 7, amount: 500n }, NOON).amount, 500n);
  });

  it('looks back over its days, the hour in which they began included, whenever things happened', () => {
    const Event = fc.record({ after: fc.nat({ max: 40 }), amount: fc.bigInt({ min: -50n, max: 100n }) });
    const days = fc.constantFrom(1, 7, 30);
    fc.assert(
      fc.property(fc.array(Event, { maxLength: 60 }), days, (events, limitDays) => {
        const { player } = memory();
        let now = NOON;
        const all: { at: number; amount: bigint }[] = [];
        for (const { after, amount } of events) {
          now += after * HOUR_MS;
          count(player, now, { lost: amount });
          all.push({ at: now, amount });
          const since = hourOf(now) - 24 * limitDays;
          const expected = all.filter(({ at }) => hourOf(at) >= since).reduce((sum, one) => sum + one.amount, 0n);
          assert.equal(sumOf(player, { kind: 'loss', days: limitDays as 1 }, now), expected);
        }
      }),
    );
  });

  it('counts into the later hour when the clock goes back, and writes each hour once', () => {
    const { player } = memory();
    const over = [0, 1, 1, 0, 2].map((hour) => count(player, NOON + hour * HOUR_MS, { wagered: 5n }));
    assert.deepEqual(
      over.map((each) => each && [each.hour - hourOf(NOON), each.sums.wagered]),
      [null, [0, 5n], null, null, [1, 15n]],
    );
  });

  it('is on what is added alone: who takes money out breaks none', () => {
    const { player } = memory();
    player.limits.push(changed([], { kind: 'deposit', days: 1, amount: 10n }, NOON));
    count(player, NOON, { deposited: 30n });
    assert.equal(breaksLimit(player, NOON, { deposited: 1n }), true);
    assert.equal(breaksLimit(player, NOON, { wagered: 1_000n, lost: 1_000n }), false);
  });
});

describe('limits and exclusion, decided with the bet', () => {
  const cases: readonly [string, readonly ((owner: ReturnType<typeof newUser>) => Command)[], string][] = [
    ['a stake up to the limit on stakes', [(p) => setLimit(p, 'wager', 1, minor(100))], 'OK'],
    ['a stake beyond it', [(p) => setLimit(p, 'wager', 1, minor(99))], 'PLAYER_LIMIT'],
    [
      'an open stake counts as lost',
      [(p) => setLimit(p, 'loss', 7, minor(149)), (p) => stake(p, 1, 50)],
      'PLAYER_LIMIT',
    ],
    [
      'the strictest of several counts',
      [(p) => setLimit(p, 'loss', 1, minor(500)), (p) => setLimit(p, 'loss', 30, minor(20))],
      'PLAYER_LIMIT',
    ],
    ['a limit of nothing', [(p) => setLimit(p, 'wager', 30, minor(0))], 'PLAYER_LIMIT'],
    ['a limit on deposits is none on stakes', [(p) => setLimit(p, 'deposit', 1, minor(0))], 'OK'],
    ['while excluded', [(p) => exclude(p, NOON + 1)], 'SELF_EXCLUDED'],
    ['once that is over', [(p) => exclude(p, NOON)], 'OK'],
    [
      'funds come before the limits',
      [(p) => setLimit(p, 'wager', 1, minor(1)), (p) => stake(p, 1, 1), (p) => credit(p, -910)],
      'INSUFFICIENT_FUNDS',
    ],
  ];
  for (const [name, before, verdict] of cases) {
    it(`${name}: ${verdict}`, () => {
      const m = memory({ real: 1_000 });
      m.state.now = NOON;
      for (const command of before) m.perform(command(m.player.owner));
      assert.equal(m.ask(stake(m.player.owner, 1, 100)).verdict, verdict);
    });
  }

  it('what is undone, won or given back counts no more', () => {
    const m = memory({ real: 1_000 });
    m.state.now = NOON;
    m.perform(setLimit(m.player.owner, 'loss', 1, minor(100)));
    const undone = m.perform(stake(m.player.owner, 1, 60));
    assert.equal(m.ask(stake(m.player.owner, 1, 60)).verdict, 'PLAYER_LIMIT');
    m.perform(cancel(m.player.owner, 1, undone));
    const won = m.perform(stake(m.player.owner, 1, 100));
    m.perform(window('closeWindow', 1, 1));
    m.perform(settle(1, [close(won, 150)]));
    m.perform({ ...openBook(2), ref: newUser() } as Command);
    assert.equal(m.ask(stake(m.player.owner, 2, 150)).verdict, 'OK');
    assert.equal(m.ask(stake(m.player.owner, 2, 151)).verdict, 'PLAYER_LIMIT');
  });

  it('deposits asked for count until they come to nothing; an excluded player makes none', () => {
    const m = memory({ real: 1_000 });
    m.state.now = NOON;
    const { owner } = m.player;
    m.perform(setLimit(m.player.owner, 'deposit', 30, minor(100)));
    m.perform(countDeposit(owner, 70));
    assert.equal(m.ask(countDeposit(owner, 31)).verdict, 'PLAYER_LIMIT');
    m.perform(uncountDeposit(owner, 70, NOON));
    assert.equal(m.ask(countDeposit(owner, 100)).verdict, 'OK');
    m.perform(exclude(m.player.owner, NOON + HOUR_MS));
    assert.equal(m.ask(countDeposit(owner, 1)).verdict, 'SELF_EXCLUDED');
    assert.equal(m.ask(exclude(m.player.owner, NOON)).verdict, 'NOT_OPEN', 'it is never shortened');
  });
});
