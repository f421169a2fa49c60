import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Campaign } from '../../src/bonuses/campaign.ts';
import { type Occasion, promiseFor } from '../../src/bonuses/occasion.ts';
import type { TransactionId } from '../../src/cashier/transaction.ts';
import type { UserId } from '../../src/ids.ts';
import { minor, type Percentage } from '../../src/money.ts';
import { newKey, newUser } from '../wallet/fixture.ts';
import { campaign, DAY_MS, EVERYWHERE, NOW } from './examples.ts';

const userId = newUser();
const referred = newUser();
const givenBy = newUser();
const key = newKey();
const transaction = newKey() as string as TransactionId;
const who = { userId, atMs: NOW };

const signUp: Occasion = { ...who, kind: 'SIGN_UP' };
const deposit = (amount: number): Occasion => ({ ...who, kind: 'DEPOSIT', transaction, deposit: minor(amount) });
const referral = (amount: number): Occasion => ({ ...who, kind: 'REFERRAL', referred, deposit: minor(amount) });
const gift = (amount: number): Occasion => ({ ...who, kind: 'MANUAL', amount: minor(amount), givenBy, key });
const cashback = (amount: number): Occasion => ({
  ...who,
  kind: 'CASHBACK',
  amount: minor(amount),
  period: '2026-06-29',
});

/** `5000 for once`, or the refusal. */
function shown(of: Campaign, occasion: Occasion): string {
  const promised = promiseFor(of, occasion);
  if (typeof promised === 'string') return promised;
  const names = new Map<string, string>([
    [transaction, 'this deposit'],
    [referred, 'this friend'],
    [`${givenBy} ${key}`, 'this key'],
  ]);
  return `${promised.amount} for ${names.get(promised.ref) ?? promised.ref}`;
}

describe('what a campaign promises', () => {
  const fixed = { fixedAmount: minor(7_000), percentage: null };
  const cases: readonly [string, Campaign, Occasion, string][] = [
    ['the fixed amount of a sign-up', campaign('SIGN_UP'), signUp, '10000 for once'],
    ['half of a deposit', campaign('DEPOSIT'), deposit(30_001), '15000 for this deposit'],
    ['no more than its maximum', campaign('DEPOSIT'), deposit(300_000), '100000 for this deposit'],
    ['a fixed amount for a deposit', campaign('DEPOSIT', fixed), deposit(10_000), '7000 for this deposit'],
    ['one bonus for all deposits', campaign('DEPOSIT', { oncePerPlayer: true }), deposit(10_000), '5000 for once'],
    [
      'a deposit that is just large enough',
      campaign('DEPOSIT', { minDeposit: minor(10_000) }),
      deposit(10_000),
      '5000 for this deposit',
    ],
    [
      'a deposit that is too small',
      campaign('DEPOSIT', { minDeposit: minor(10_000) }),
      deposit(9_999),
      'BELOW_MINIMUM',
    ],
    [
      'a fixed amount for one that is too small',
      campaign('DEPOSIT', { ...fixed, minDeposit: minor(2) }),
      deposit(1),
      'BELOW_MINIMUM',
    ],
    ['a part that comes to nothing', campaign('DEPOSIT'), deposit(1), 'BELOW_MINIMUM'],
    ['a tenth for bringing somebody', campaign('REFERRAL'), referral(50_000), '5000 for this friend'],
    ['bringing one player alone', campaign('REFERRAL', { oncePerPlayer: true }), referral(50_000), '5000 for once'],
    ['whatever the house chooses', campaign('MANUAL'), gift(100_000), '100000 for this key'],
    ['not more than it may choose', campaign('MANUAL'), gift(100_001), 'ABOVE_MAXIMUM'],
    ['what of a loss comes back', campaign('CASHBACK'), cashback(2_500), '2500 for 2026-06-29'],
    ['at most so much of it', campaign('CASHBACK'), cashback(250_000), '100000 for 2026-06-29'],
    ['nothing of no loss', campaign('CASHBACK'), cashback(0), 'BELOW_MINIMUM'],
    ['nothing while it is off', campaign('SIGN_UP', { enabledAt: null }), signUp, 'NOT_OPEN'],
    [
      'nothing for what was before it was turned on',
      campaign('SIGN_UP', { enabledAt: new Date(NOW + 1) }),
      signUp,
      'NOT_OPEN',
    ],
    [
      'nothing for what was before it began',
      campaign('MANUAL', { startsAt: new Date(NOW + 1) }),
      gift(999_999),
      'NOT_OPEN',
    ],
    ['nothing after its end', campaign('DEPOSIT', { endsAt: new Date(NOW) }), deposit(1), 'NOT_OPEN'],
  ];
  for (const [what, of, occasion, expected] of cases) {
    it(`S2-08 is ${what}`, () => assert.equal(shown(of, occasion), expected));
  }

  it('comes with the terms of the campaign as they are', () => {
    const contributions = new Map([['main', 1_000 as Percentage]]);
    const terms = { wagering: 1_050, validDays: 7, maxStake: minor(500), contributions };
    assert.deepEqual(promiseFor(campaign('SIGN_UP', terms), signUp), {
      ...{ amount: 10_000n, requirement: 105_000n, ref: 'once', validDays: 7, maxStake: 500n, contributions },
    });
    assert.notEqual(contributions, EVERYWHERE);
  });

  it('is never more than its maximum nor than the part of the deposit, whatever they are', () => {
    const amount = fc.integer({ min: 1, max: 10 ** 12 });
    fc.assert(
      fc.property(amount, amount, fc.integer({ min: 1, max: 100_000 }), fc.nat(40), (of, maximum, share, days) => {
        const maxAmount = minor(maximum);
        const startsAt = new Date(NOW + (days - 20) * DAY_MS);
        const it = campaign('DEPOSIT', { percentage: share as Percentage, maxAmount, startsAt });
        const promised = promiseFor(it, deposit(of));
        if (typeof promised === 'string') {
          assert.equal(promised, startsAt.getTime() > NOW ? 'NOT_OPEN' : 'BELOW_MINIMUM');
          return;
        }
        assert.ok(promised.amount > 0n && promised.amount <= maxAmount);
        assert.ok(promised.amount * 10_000n <= BigInt(of) * BigInt(share));
      }),
    );
  });

  it('keeps apart what different people of the house give under one key', () => {
    const other = { ...gift(1), givenBy: newUser() } as Occasion & { givenBy: UserId };
    assert.notEqual(shown(campaign('MANUAL'), other), shown(campaign('MANUAL'), gift(1)));
  });
});
