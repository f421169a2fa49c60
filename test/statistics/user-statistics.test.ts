import assert from 'node:assert/strict';
import fc from 'fast-check';
import { minor } from '../../src/money.ts';
import { type CountedBet, countBets, NO_STATISTICS } from '../../src/statistics/user-statistics.ts';

/** `W L R C`: bets of 100 that won 200, lost, came back, were undone. */
const BETS: Readonly<Record<string, CountedBet>> = {
  W: { stake: minor(100), payout: minor(200), outcome: 'won' },
  L: { stake: minor(100), payout: minor(0), outcome: 'lost' },
  R: { stake: minor(100), payout: minor(100), outcome: 'refunded' },
  C: { stake: minor(100), payout: minor(100), outcome: 'cancelled' },
};
const bets = (text: string) => [...text].flatMap((letter) => BETS[letter] ?? []);
const streaks = (text: string) => {
  const { currentStreak, longestStreak, longestLosingStreak } = countBets(NO_STATISTICS, bets(text));
  return [currentStreak, longestStreak, longestLosingStreak];
};

const someBet = fc.oneof(
  fc.record({
    stake: fc.bigInt(1n, 10n ** 12n).map(minor),
    payout: fc.bigInt(1n, 10n ** 12n).map(minor),
    outcome: fc.constant('won' as const),
  }),
  fc.record({
    stake: fc.bigInt(1n, 10n ** 12n).map(minor),
    payout: fc.constant(minor(0)),
    outcome: fc.constant('lost' as const),
  }),
  fc
    .bigInt(1n, 10n ** 12n)
    .chain((stake) =>
      fc
        .constantFrom('refunded' as const, 'cancelled' as const)
        .map((outcome) => ({ stake: minor(stake), payout: minor(stake), outcome })),
    ),
);

describe('the statistics of a player', () => {
  it('S0-43 S0-44 count a win with its gross payout and a loss with nothing', () => {
    const { totalBets, totalWins, totalLosses, totalRefunds, ...rest } = countBets(NO_STATISTICS, bets('WLRC'));
    assert.deepEqual([totalBets, totalWins, totalLosses, totalRefunds], [3, 1, 1, 1]);
    const { totalBetAmount, totalWinAmount, totalRefundAmount, biggestWin } = rest;
    assert.deepEqual([totalBetAmount, totalWinAmount, totalRefundAmount, biggestWin], [300n, 200n, 100n, 200n]);
  });

  const examples: readonly (readonly [string, readonly number[]])[] = [
    ['', [0, 0, 0]],
    ['W', [1, 1, 0]],
    ['WWW', [3, 3, 0]],
    ['WWL', [-1, 2, 1]],
    ['LLW', [1, 1, 2]],
    ['WWLWWWLL', [-2, 3, 2]],
    ['WRWCW', [3, 3, 0]],
    ['RC', [0, 0, 0]],
  ];
  for (const [text, expected] of examples) {
    it(`S0-74 ${text || 'nothing'} makes streaks of ${expected}`, () => {
      assert.deepEqual(streaks(text), expected);
    });
  }

  it('S0-74 counted in two parts they are what they are counted at once', () => {
    fc.assert(
      fc.property(fc.array(someBet), fc.array(someBet), (first, second) => {
        const parts = countBets(countBets(NO_STATISTICS, first), second);
        assert.deepEqual(parts, countBets(NO_STATISTICS, [...first, ...second]));
      }),
    );
  });

  it('S0-74 agree with counting by hand', () => {
    fc.assert(
      fc.property(fc.array(someBet), (all) => {
        const statistics = countBets(NO_STATISTICS, all);
        const of = (outcome: string) => all.filter((bet) => bet.outcome === outcome);
        const sum = (amounts: readonly bigint[]) => amounts.reduce((total, each) => total + each, 0n);
        const won = of('won').map(({ payout }) => payout);
        assert.equal(statistics.totalBets, statistics.totalWins + statistics.totalLosses + statistics.totalRefunds);
        assert.equal(statistics.totalWins, won.length);
        assert.equal(statistics.totalWinAmount, sum(won));
        assert.equal(
          statistics.biggestWin,
          won.reduce((most, each) => (each > most ? each : most), 0n),
        );
        const runs =
          all
            .flatMap(({ outcome }) => (outcome === 'won' ? 'W' : outcome === 'lost' ? 'L' : []))
            .join('')
            .match(/W+|L+/g) ?? [];
        const longest = (letter: string) =>
          Math.max(0, ...runs.filter((run) => run.startsWith(letter)).map((run) => run.length));
        assert.deepEqual([statistics.longestStreak, statistics.longestLosingStreak], [longest('W'), longest('L')]);
        const last = runs.at(-1) ?? '';
        assert.equal(statistics.currentStreak, last.startsWith('L') ? -last.length : last.length);
      }),
    );
  });
});
