import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CAMPAIGN_KINDS, type Campaign, isRunning, problemOf } from '../../src/bonuses/campaign.ts';
import { minor, type Percentage, wageringOf } from '../../src/money.ts';
import { campaign, DAY_MS, NOW } from './examples.ts';

const percent = (hundredths: number) => hundredths as Percentage;
const fieldsOf = (of: Campaign) =>
  ((problemOf(of)?.details ?? []) as { path: string }[]).map(({ path }) => path).sort();

describe('a campaign', () => {
  it('S2-08 can be of every kind', () => {
    for (const kind of CAMPAIGN_KINDS) assert.equal(problemOf(campaign(kind)), null, kind);
    for (const kind of ['DEPOSIT', 'REFERRAL'] as const) {
      const fixed = { fixedAmount: minor(5_000), percentage: null, minDeposit: minor(10_000), oncePerPlayer: true };
      assert.equal(problemOf(campaign(kind, fixed)), null, kind);
    }
  });

  const wrong: readonly [string, Campaign, readonly string[]][] = [
    ['nothing at sign-up', campaign('SIGN_UP', { fixedAmount: null }), ['fixedAmount']],
    ['a part of no deposit', campaign('SIGN_UP', { percentage: percent(100) }), ['percentage']],
    ['sign-ups again and again', campaign('SIGN_UP', { oncePerPlayer: false }), ['oncePerPlayer']],
    ['a deposit for a sign-up', campaign('SIGN_UP', { minDeposit: minor(1) }), ['minDeposit']],
    ['neither a part nor an amount', campaign('DEPOSIT', { percentage: null }), ['percentage']],
    ['both', campaign('REFERRAL', { fixedAmount: minor(1) }), ['percentage']],
    ['a gift of one amount', campaign('MANUAL', { fixedAmount: minor(1) }), ['fixedAmount']],
    ['a gift of a part', campaign('MANUAL', { percentage: percent(1) }), ['percentage']],
    ['one gift for each player', campaign('MANUAL', { oncePerPlayer: true }), ['oncePerPlayer']],
    [
      'cashback of deposits',
      campaign('CASHBACK', { percentage: percent(1), minDeposit: minor(1) }),
      ['minDeposit', 'percentage'],
    ],
    ['cashback once', campaign('CASHBACK', { oncePerPlayer: true }), ['oncePerPlayer']],
    ['more than its maximum', campaign('SIGN_UP', { maxAmount: minor(9_999) }), ['fixedAmount']],
    [
      'a maximum that no ledger takes',
      campaign('DEPOSIT', { maxAmount: minor(10n ** 15n + 1n), wagering: 0 }),
      ['maxAmount'],
    ],
    [
      'more to stake than can be counted',
      campaign('DEPOSIT', { maxAmount: minor(10n ** 15n), wagering: 101 }),
      ['wagering'],
    ],
    ['no game', campaign('DEPOSIT', { contributions: new Map() }), ['contributions']],
    [
      'more than all of a stake',
      campaign('DEPOSIT', { contributions: new Map([['*', percent(10_001)]]) }),
      ['contributions'],
    ],
    [
      'games where nothing counts',
      campaign('DEPOSIT', { contributions: new Map([['main', percent(0)]]) }),
      ['contributions'],
    ],
    ['an end before its beginning', campaign('DEPOSIT', { endsAt: new Date(NOW - 30 * DAY_MS) }), ['endsAt']],
  ];
  for (const [what, of, fields] of wrong) {
    it(`is refused with ${what}, and the field is named`, () => {
      assert.equal(problemOf(of)?.code, 'INVALID_REQUEST');
      assert.deepEqual(fieldsOf(of), fields);
    });
  }

  it('may count nothing where nothing has to be staked', () => {
    assert.equal(problemOf(campaign('DEPOSIT', { wagering: 0, contributions: new Map([['*', percent(0)]]) })), null);
  });

  it('is for what happens while it is on, from its start to its end', () => {
    const [enabledAt, startsAt, endsAt] = [1_000, 2_000, 3_000].map((at) => new Date(at)) as [Date, Date, Date];
    const at = (more: Partial<Campaign>) =>
      [999, 1_000, 1_999, 2_000, 2_999, 3_000].filter((ms) => isRunning(campaign('DEPOSIT', more), ms));
    assert.deepEqual(at({ enabledAt, startsAt, endsAt }), [2_000, 2_999]);
    assert.deepEqual(at({ enabledAt: startsAt, startsAt: enabledAt, endsAt: null }), [2_000, 2_999, 3_000]);
    assert.deepEqual(at({ enabledAt: null, startsAt: new Date(0) }), []);
  });

  it('S2-34 asks for so many times the amount, rounded up', () => {
    const cases = [
      [10_000, 3_000, 300_000],
      [1, 3_000, 30],
      [1, 1, 1],
      [1, 0, 0],
      [333, 150, 500],
      [10n ** 13n, 10_000, 10n ** 15n],
    ] as const;
    for (const [amount, times, expected] of cases) assert.equal(wageringOf(minor(amount), times), BigInt(expected));
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 15n }), fc.nat(10_000), (amount, times) => {
        const required = wageringOf(minor(amount), times);
        assert.ok(required * 100n >= amount * BigInt(times) && (required - 1n) * 100n < amount * BigInt(times));
      }),
    );
  });
});
