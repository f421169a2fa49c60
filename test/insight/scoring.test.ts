import assert from 'node:assert/strict';
import fc from 'fast-check';
import { NUMBERS } from '../../src/games/lottery/number.ts';
import { riskFigures, type Totals } from '../../src/games/lottery/risk.ts';
import type { PhaseId, UserId } from '../../src/ids.ts';
import { hotNumbers, type PhaseRisk } from '../../src/insight/hot-numbers.ts';
import { linksAmong } from '../../src/insight/links.ts';
import { type Opposition, oppositeBets } from '../../src/insight/opposite-bets.ts';
import { type StakeSeen, unusualStakes } from '../../src/insight/unusual-stakes.ts';
import { INR, type Minor, minor } from '../../src/money.ts';

const [ANN, BOB, CAT, DAN] = ['ann', 'bob', 'cat', 'dan'] as string[] as [UserId, UserId, UserId, UserId];

let bets = 0;

/** `stake(1_000, 20, 100)`: after twenty stakes of 100 one of 1,000, where 2,000 are allowed. */
function stake(amount: number, count: number, usual: number, most: number | null = 2_000): StakeSeen {
  bets += 1;
  return {
    ...{ userId: ANN, username: 'ann', game: 'andar-bahar', place: 'night', ref: 'round', betId: `${bets}` },
    ...{ at: new Date(0), currency: INR, stake: minor(amount), most: most === null ? null : minor(most) },
    earlier: Array<Minor>(count).fill(minor(usual)),
  };
}

describe('a stake that is out of the ordinary', () => {
  const examples: readonly (readonly [string, StakeSeen, string | null])[] = [
    ['ten times what is usual', stake(1_000, 20, 100), 'stake-above-usual'],
    ['a little less', stake(999, 20, 100), null],
    ['after too few stakes to say', stake(1_000, 19, 100), null],
    ['nine tenths of what is allowed, the first one', stake(1_800, 0, 0), 'stake-near-limit'],
    ['a little less of it', stake(1_799, 0, 0), null],
    ['much of what is allowed and twice what is usual', stake(1_900, 20, 950), 'stake-near-limit'],
    ['much of what is allowed, but it is always as much', stake(1_900, 20, 951), null],
    ['both: what is usual says more', stake(2_000, 20, 100), 'stake-above-usual'],
    ['where nothing is the most', stake(1_000_000, 0, 0, null), null],
  ];
  for (const [what, seen, kind] of examples) {
    it(`${what}: ${kind ?? 'no'}`, () => assert.deepEqual(kinds([seen]), kind === null ? [] : [kind]));
  }

  const kinds = (all: readonly StakeSeen[]) => unusualStakes(all, 10).map((each) => each.kind);

  it('is told in words, with what is usual: the stake in the middle', () => {
    const earlier = [...Array<number>(10).fill(100), ...Array<number>(9).fill(5_000), 120].map(minor);
    const [above] = unusualStakes([{ ...stake(123_456, 0, 0), earlier }], 1);
    assert.equal(above?.usual, 100n);
    assert.equal(above?.words, '₹1234.56, 1234.5 times what this player usually stakes (₹1).');
    const [near] = unusualStakes([stake(1_950, 3, 100)], 1);
    const words =
      '₹19.50, 97.500 % of the most that one bet may be here (₹20); too few stakes before to say what is usual.';
    assert.deepEqual([near?.usual, near?.words], [null, words]);
  });

  it('comes in the order of how far it is, each bet once, and no more than asked for', () => {
    const [much, more, near] = [stake(1_000, 20, 100), stake(1_500, 20, 100), stake(2_000, 0, 0)];
    const found = unusualStakes([near, much, more, much], 10);
    assert.deepEqual(
      found.map(({ seen }) => seen),
      [more, much, near],
    );
    assert.equal(unusualStakes([near, much, more], 2).length, 2);
  });
});

describe('what links accounts', () => {
  const trait = (userId: UserId, text: string) => ({ userId, trait: text });
  const NONE = { addresses: [], references: [], referrals: [] };

  it('is an address, a referral, a payment reference; each pair once, with all of it', () => {
    const links = linksAmong({
      addresses: [trait(BOB, '10.0.0.1'), trait(ANN, '10.0.0.1'), trait(CAT, '10.0.0.2'), trait(BOB, '10.0.0.1')],
      references: [trait(BOB, 'upi bob@bank'), trait(ANN, 'upi bob@bank'), trait(CAT, 'upi bob@bank')],
      referrals: [{ userId: DAN, referredBy: ANN }],
    });
    assert.deepEqual(links, [
      { one: ANN, other: BOB, by: ['shared-address', 'payment-reference'] },
      { one: ANN, other: DAN, by: ['referral'] },
      { one: BOB, other: CAT, by: ['payment-reference'] },
      { one: ANN, other: CAT, by: ['payment-reference'] },
    ]);
  });

  it('is nothing that a crowd has in common, nor what one account has alone', () => {
    const crowd = (count: number) => Array.from({ length: count }, (_, index) => trait(`u${index}` as UserId, 'cafe'));
    assert.deepEqual(linksAmong({ ...NONE, addresses: crowd(21) }), []);
    assert.equal(linksAmong({ ...NONE, addresses: crowd(20) }).length, 190);
    assert.deepEqual(linksAmong({ ...NONE, addresses: [trait(ANN, 'x'), trait(ANN, 'x')] }), []);
  });

  it('is the same whatever the order, and always between two', () => {
    const user = fc.constantFrom(ANN, BOB, CAT, DAN);
    const traits = fc.array(fc.record({ userId: user, trait: fc.constantFrom('a', 'b', 'c') }), { maxLength: 12 });
    const sorted = (addresses: Parameters<typeof linksAmong>[0]['addresses']) =>
      linksAmong({ ...NONE, addresses })
        .map(({ one, other }) => `${one} ${other}`)
        .sort();
    fc.assert(
      fc.property(traits, (all) => {
        const links = sorted(all);
        assert.deepEqual(sorted(all.toReversed()), links);
        assert.equal(new Set(links).size, links.length);
        for (const { one, other } of linksAmong({ ...NONE, addresses: all })) assert.ok(one < other);
      }),
    );
  });
});

describe('opposite bets', () => {
  const opposition = (more: Partial<Opposition>): Opposition => ({
    ...{
      kind: 'opposite-bets',
      occasions: ['round', 'rounds'],
      one: ANN,
      other: BOB,
      oneName: 'ann',
      otherName: 'bob',
    },
    ...{ currency: INR, times: 1, oneStake: minor(50_000), otherStake: minor(45_000), covered: minor(45_000) },
    ...{ lastRef: 'round', lastPlace: 'night' },
    ...more,
  });

  it('are told with what links the accounts and what both staked, the most that met first', () => {
    const links = [
      { one: ANN, other: BOB, by: ['shared-address', 'referral'] },
      { one: ANN, other: CAT, by: ['payment-reference'] },
    ] as const;
    const found = oppositeBets(
      links,
      [opposition({}), opposition({ other: CAT, times: 3, covered: minor(50_000) })],
      9,
    );
    assert.deepEqual(
      found.map(({ words }) => words),
      [
        'Linked by the same payment reference; on opposite sides in 3 rounds, with ₹500 and ₹450, of which ₹500 met.',
        'Linked by an address that both came from and one having brought the other; on opposite sides in 1 round, ' +
          'with ₹500 and ₹450, of which ₹450 met.',
      ],
    );
    assert.deepEqual(
      found.map((each) => each.links),
      [['payment-reference'], ['shared-address', 'referral']],
    );
  });
});

describe('hot numbers', () => {
  const phase = (totals: Record<string, number>, lines: number, globalLimit = 1_000_000): PhaseRisk => {
    const of: Totals = new Map(Object.entries(totals).map(([number, amount]) => [number as never, minor(amount)]));
    const limits = { globalLimit: minor(globalLimit), ofNumbers: new Map() };
    const figures = riskFigures(of, limits, { straight: 80, permutation: 0 } as never);
    return { phaseId: 'phase' as PhaseId, name: 'Feb-01', currency: INR, lines, figures };
  };
  const even = Object.fromEntries(NUMBERS.map((number) => [number, 10_000]));
  const shown = (risk: PhaseRisk) =>
    hotNumbers([risk], 9).map(({ kind, number, share, zScore }) => [kind, number, share, zScore.toFixed(1)]);

  it('are none where nothing is staked, or as much on each', () => {
    assert.deepEqual([shown(phase({}, 0)), shown(phase(even, 1_000))], [[], []]);
  });

  it('are those with more than an even share, by so many deviations of so many lines', () => {
    // Of 1,000 lines one is expected on each number; with 5 more the share is 6 / 1,005.
    assert.deepEqual(shown(phase({ ...even, 123: 60_000 }, 1_005)), [['hot-number', '123', '0.597', '5.0']]);
    assert.deepEqual(shown(phase({ ...even, 123: 30_000 }, 1_002)), []);
  });

  it('are also those beyond their limit, the largest excess first, and before the others', () => {
    const found = hotNumbers([phase({ ...even, 5: 0, '005': 40_000, 123: 900_000, 456: 30_000 }, 1_100, 35_000)], 9);
    assert.deepEqual(
      found.map(({ kind, number, figure }) => [kind, number, figure.excess]),
      [
        ['number-beyond-limit', '123', 865_000n],
        ['number-beyond-limit', '005', 5_000n],
      ],
    );
    const [first, second] = found.map(({ words }) => words);
    assert.match(
      first ?? '',
      /^123 of Feb-01: ₹8650 above its limit of ₹350, to be laid off; .* % of the stakes, far /,
    );
    assert.match(second ?? '', /, no more than chance makes of an even spread\.$/);
  });

  it('are the same where all stakes are a hundred times as high', () => {
    const stakes = fc.dictionary(fc.constantFrom('001', '123', '999'), fc.integer({ min: 1, max: 1_000 }));
    fc.assert(
      fc.property(stakes, fc.integer({ min: 1, max: 500 }), (some, lines) => {
        const higher = Object.fromEntries(Object.entries(some).map(([number, amount]) => [number, 100 * amount]));
        assert.deepEqual(shown(phase(higher, lines)), shown(phase(some, lines)));
      }),
    );
  });
});
