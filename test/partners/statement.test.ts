import assert from 'node:assert/strict';
import fc from 'fast-check';
import { minor, type Percentage } from '../../src/money.ts';
import { CARRY_OVERS } from '../../src/partners/commission.ts';
import { figuresOf, type Part } from '../../src/partners/figures.ts';
import { settleMonth } from '../../src/partners/statement.ts';

const amount = fc.bigInt({ min: 0n, max: 10n ** 12n }).map(minor);
const percentage = fc.integer({ min: 0, max: 10_000 }).map((hundredths) => hundredths as Percentage);
const part: fc.Arbitrary<Part> = fc
  .tuple(amount, amount, amount, amount, amount, fc.nat(100), percentage, percentage)
  .map(([real, bonus, realPaid, bonusPaid, converted, bets, sharePercentage, commissionRate]) => ({
    ...{ bets, staked: minor(real + bonus), paid: minor(realPaid + bonusPaid), realStaked: real, realPaid, converted },
    ...{ sharePercentage, commissionRate },
  }));
const days = fc.array(fc.array(part, { maxLength: 2 }), { maxLength: 6 });
const loss = fc.bigInt({ min: -(10n ** 12n), max: 0n }).map(minor);

describe('the result of a month', () => {
  it('S0-67 nothing is lost between months: what is due and carried on is what was earned and brought along', () => {
    fc.assert(
      fc.property(days, fc.constantFrom(...CARRY_OVERS), loss, (all, carryOver, before) => {
        const { earned, carriedIn, due, carriedOut } = settleMonth(all, carryOver, before);
        assert.ok(due >= 0n && carriedOut <= 0n && carriedIn <= 0n);
        assert.ok(due === 0n || carriedOut === 0n);
        if (carryOver === 'carry') assert.deepEqual([carriedIn, due + carriedOut], [before, earned + before]);
        else assert.deepEqual([carriedIn, carriedOut, due], [0n, 0n, earned > 0n ? earned : 0n]);
      }),
    );
  });

  it('S0-67 the longer losses are remembered, the less is due', () => {
    fc.assert(
      fc.property(days, loss, (all, before) => {
        const due = (carryOver: (typeof CARRY_OVERS)[number]) => settleMonth(all, carryOver, before).due;
        // Each day is rounded down by itself, so by a unit or two a day the sum of days may be below the whole.
        assert.ok(due('none') + 4n * BigInt(all.flat().length) >= due('monthly-reset'));
        assert.ok(due('monthly-reset') >= due('carry'));
      }),
    );
  });

  it('S0-57 S0-58 a part comes to the share of its net and the rate of that, each rounded down', () => {
    fc.assert(
      fc.property(part, (one) => {
        const { shown, real, earned } = figuresOf([one]);
        assert.equal(real.ngr, one.realStaked - one.realPaid - one.converted);
        assert.equal(real.ggr, one.staked - one.paid);
        const isDown = (value: bigint, of: bigint, hundredths: number) => {
          const rest = of * BigInt(hundredths) - value * 10_000n;
          assert.ok(rest >= 0n && rest < 10_000n);
        };
        isDown(shown.ngr, real.ngr, one.sharePercentage);
        isDown(shown.bets, real.bets, one.sharePercentage);
        isDown(earned, shown.ngr, one.commissionRate);
      }),
    );
  });

  it('S0-67 one player with even bets earns the partner no more than the agreed part of what the house keeps', () => {
    const half = { sharePercentage: 5_000 as Percentage, commissionRate: 1_000 as Percentage };
    const bet = (paid: bigint): Part => ({
      ...{ bets: 1, staked: minor(100n), paid: minor(paid), realStaked: minor(100n), realPaid: minor(paid) },
      ...{ converted: minor(0n), ...half },
    });
    const month = Array.from({ length: 1_000 }, (_, n) => bet(n % 1_000 < 485 ? 200n : 0n));
    const { due, real } = settleMonth([month], 'monthly-reset', minor(0n));
    assert.deepEqual([real.ngr, due], [3_000n, 150n]);
  });
});
