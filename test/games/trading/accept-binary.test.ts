import assert from 'node:assert/strict';
import {
  acceptsBinary,
  type BinaryRequest,
  type BinarySettings,
  DEFAULT_BINARY_SETTINGS,
  judgeBinaryTerms,
} from '../../../src/games/trading/accept-binary.ts';
import { DEFAULT_BINARY_TERMS } from '../../../src/games/trading/binary.ts';
import type { Quote } from '../../../src/games/trading/quote.ts';
import { INR, minor } from '../../../src/money.ts';
import { NOW, quote } from './trading-support.ts';

const SETTINGS: BinarySettings = { ...DEFAULT_BINARY_SETTINGS, currency: INR, terms: DEFAULT_BINARY_TERMS };

interface Case {
  readonly request: BinaryRequest;
  readonly settings: BinarySettings;
  readonly quote: Quote | undefined;
}
const GOOD: Case = {
  request: { stake: minor(1_000), expirySeconds: 60 },
  settings: SETTINGS,
  quote: quote('42000', -2_000),
};

function ask({ request, settings, quote: last }: Case) {
  return acceptsBinary(request, settings, last, NOW);
}
function asking(more: Partial<BinaryRequest>) {
  return (c: Case): Case => ({ ...c, request: { ...c.request, ...more } });
}

/** One thing wrong each, the most important first: with several wrong, the first one answers. */
const PRECEDENCE: readonly [name: string, spoil: (good: Case) => Case, code: string, message: RegExp][] = [
  ['the desk is paused', (c) => ({ ...c, settings: { ...c.settings, paused: true } }), 'GAME_PAUSED', /paused/],
  ['it is too short', asking({ expirySeconds: 4 }), 'INVALID_REQUEST', /from 5 to 3600 seconds/],
  ['S4-53 the last price is old', (c) => ({ ...c, quote: quote('42000', -5_001) }), 'STALE_PRICE', /too old/],
  ['the player saw it long ago', asking({ quotedAt: NOW - 2_001 }), 'STALE_PRICE', /you saw/],
  ['the stake is too small', asking({ stake: minor(99) }), 'BELOW_MINIMUM', /^The least stake is ₹1$/],
  [
    'the stake is too large',
    (c) => ({ ...c, settings: { ...c.settings, maxStake: minor(98) } }),
    'ABOVE_MAXIMUM',
    /^The largest stake is ₹0.98$/,
  ],
];

describe('a binary is refused', () => {
  for (const [index, [name, spoil, code, message]] of PRECEDENCE.entries()) {
    it(`${code} when ${name}, and everything after it in the order is wrong too`, () => {
      const rest = PRECEDENCE.slice(index + 1).map(([, alsoSpoil]) => alsoSpoil);
      const spoilt = spoil(rest.reduceRight((all, alsoSpoil) => alsoSpoil(all), GOOD));
      for (const answer of [ask(spoil(GOOD)), ask(spoilt)]) {
        assert.equal(answer.ok === false && answer.code, code);
        assert.ok(!answer.ok);
        const { details } = answer;
        assert.match(details === undefined ? answer.message : JSON.stringify(details), message);
      }
    });
  }

  it('INVALID_REQUEST for other durations that are none', () => {
    for (const expirySeconds of [0, -60, 3_601, 60.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      const answer = ask(asking({ expirySeconds })(GOOD));
      assert.equal(answer.ok === false && answer.code, 'INVALID_REQUEST');
    }
  });
});

describe('a binary is accepted', () => {
  it('S4-34 S4-38 S4-43 until its expiry, with what it can pay and what the house loses by that', () => {
    for (const expirySeconds of [5, 60, 3_600]) {
      assert.deepEqual(ask(asking({ expirySeconds })(GOOD)), {
        ok: true,
        acceptedAt: NOW,
        expiresAt: NOW + expirySeconds * 1_000,
        liability: 1_800n,
        gain: 800n,
        terms: DEFAULT_BINARY_TERMS,
      });
    }
  });
});

describe('the terms of binaries', () => {
  const judged: readonly [numerator: bigint, denominator: bigint, isGood: boolean][] = [
    [18n, 10n, true],
    [185n, 100n, true],
    [19n, 10n, true],
    [191n, 100n, false],
    [2n, 1n, false],
    [19n, 9n, false],
    [1n, 1n, false],
    [9n, 10n, false],
  ];
  for (const [numerator, denominator, isGood] of judged) {
    it(`S4-45 may${isGood ? '' : ' not'} pay ${numerator}/${denominator}`, () => {
      const answer = judgeBinaryTerms({ ...DEFAULT_BINARY_TERMS, payout: { numerator, denominator } });
      assert.equal(answer.ok, isGood);
    });
  }
});
