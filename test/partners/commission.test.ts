import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type UserId, uuid7 } from '../../src/ids.ts';
import { type Minor, minor, type Percentage, percentageOf, signedPercentageOf } from '../../src/money.ts';
import {
  DEFAULT_TERMS,
  earningsOf,
  isProfitable,
  type PartnerId,
  type Takings,
  type Terms,
  takingsByPartner,
} from '../../src/partners/commission.ts';
import type { SettledPosition } from '../../src/rounds/results.ts';
import type { Outcome, PositionId } from '../../src/wallet/command.ts';

const PARTNER = uuid7<PartnerId>(0);

const taken = (totalBets: Minor, totalPayouts: Minor): Takings => ({
  partnerId: PARTNER,
  totalBets,
  totalPayouts,
  playerCount: 1,
});
const terms = (share: number, rate: number): Terms => ({
  sharePercentage: share as Percentage,
  commissionRate: rate as Percentage,
});

const percentage = fc.integer({ min: 0, max: 10_000 });
const amount = fc.bigInt({ min: 0n, max: 10n ** 15n }).map(minor);

describe('the commission on a round', () => {
  it('S0-56 S0-57 S0-58 S0-60 the house takes 100.01: 50 % of it is shown, 10 % of that is earned', () => {
    const earned = earningsOf(taken(minor(30_001), minor(20_000)), DEFAULT_TERMS);
    const { realProfit, shownProfit, shownTotalBets, shownTotalPayouts, earnedAmount } = earned;
    assert.deepEqual(
      { realProfit, shownProfit, shownTotalBets, shownTotalPayouts, earnedAmount },
      {
        realProfit: 10_001n,
        shownProfit: 5_000n,
        shownTotalBets: 15_000n,
        shownTotalPayouts: 10_000n,
        earnedAmount: 500n,
      },
    );
  });

  it('S0-66 is 50.00 % × 10.00 % unless something else was agreed', () => {
    assert.deepEqual(DEFAULT_TERMS, { sharePercentage: 5_000, commissionRate: 1_000 });
  });

  it('S0-55 there is none on a round that the house loses or that is even', () => {
    fc.assert(
      fc.property(amount, amount, (bets, payouts) => {
        const takings = taken(bets, payouts);
        assert.equal(isProfitable(takings), bets - payouts > 0n);
        if (!isProfitable(takings)) assert.throws(() => earningsOf(takings, DEFAULT_TERMS), RangeError);
      }),
    );
  });

  it('S0-57 S0-58 each figure is the exact product rounded down, so never more than the product', () => {
    fc.assert(
      fc.property(amount, amount, percentage, percentage, (bets, profit, share, rate) => {
        fc.pre(profit > 0n);
        const earned = earningsOf(taken((bets + profit) as Minor, bets), terms(share, rate));
        assert.equal(earned.realProfit, profit);
        const within = (part: bigint, whole: bigint, hundredths: number) => {
          const left = whole * BigInt(hundredths) - part * 10_000n;
          assert.ok(left >= 0n && left < 10_000n, `${part} of ${whole} at ${hundredths}`);
        };
        within(earned.shownProfit, profit, share);
        within(earned.earnedAmount, earned.shownProfit, rate);
        within(earned.shownTotalBets, (bets + profit) as bigint, share);
        within(earned.shownTotalPayouts, bets, share);
        assert.ok(earned.earnedAmount <= profit);
      }),
    );
  });

  const someUser = fc.integer({ min: 0, max: 4 }).map((n) => `user-${n}` as UserId);
  const somePosition = fc.record({
    userId: someUser,
    stake: amount,
    payout: amount,
    outcome: fc.constantFrom<Outcome>('won', 'lost', 'refunded', 'cancelled'),
  });

  it('S0-53 S0-54 groups by partner: every referred bet once, undone ones and strangers never', () => {
    const referredBy = fc.option(fc.constantFrom('partner-a', 'partner-b'), { nil: undefined });
    fc.assert(
      fc.property(fc.array(somePosition), fc.array(referredBy, { minLength: 5, maxLength: 5 }), (bets, partners) => {
        const positions = bets.map((bet, id): SettledPosition => ({ ...bet, id: id as PositionId, betSide: 'andar' }));
        const partnerOf = new Map(
          partners.flatMap((partner, n) => (partner ? [[`user-${n}` as UserId, partner as PartnerId] as const] : [])),
        );
        for (const { partnerId, totalBets, totalPayouts, playerCount } of takingsByPartner(positions, partnerOf)) {
          const own = positions.filter(
            (each) => each.outcome !== 'cancelled' && partnerOf.get(each.userId) === partnerId,
          );
          assert.equal(
            totalBets,
            own.reduce((sum, { stake }) => sum + stake, 0n),
          );
          assert.equal(
            totalPayouts,
            own.reduce((sum, { payout }) => sum + payout, 0n),
          );
          assert.equal(playerCount, new Set(own.map(({ userId }) => userId)).size);
        }
        const counted = takingsByPartner(positions, partnerOf).reduce((sum, { totalBets }) => sum + totalBets, 0n);
        const referred = positions.filter((each) => each.outcome !== 'cancelled' && partnerOf.has(each.userId));
        assert.equal(
          counted,
          referred.reduce((sum, { stake }) => sum + stake, 0n),
        );
      }),
    );
  });

  it('S0-67 of a loss it is rounded away from zero, of a gain as always: never in the partner’s favour', () => {
    assert.deepEqual(
      [signedPercentageOf(minor(-1), 5_000 as Percentage), signedPercentageOf(minor(-4), 0 as Percentage)],
      [-1n, 0n],
    );
    fc.assert(
      fc.property(amount, percentage, (whole, hundredths) => {
        const share = hundredths as Percentage;
        assert.equal(signedPercentageOf(whole, share), percentageOf(whole, share));
        const loss = signedPercentageOf(minor(-whole), share);
        const over = -loss * 10_000n - whole * BigInt(hundredths);
        assert.ok(over >= 0n && over < 10_000n);
      }),
    );
  });
});
