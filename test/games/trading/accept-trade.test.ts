import assert from 'node:assert/strict';
import { acceptsTrade, type TradeRequest, type TradeSettings } from '../../../src/games/trading/accept-trade.ts';
import type { Quote } from '../../../src/games/trading/quote.ts';
import { minor } from '../../../src/money.ts';
import { accepted, BTC, NOW, price, quantity, quote, SETTINGS } from './trading-support.ts';

interface Case {
  readonly request: TradeRequest;
  readonly settings: TradeSettings;
  readonly quote: Quote | undefined;
}
const GOOD: Case = { request: { amount: quantity('100') }, settings: SETTINGS, quote: quote('50000') };

function ask({ request, settings, quote: last }: Case) {
  return acceptsTrade(request, settings, BTC, last, NOW);
}
function asking(more: Partial<TradeRequest>) {
  return (c: Case): Case => ({ ...c, request: { ...c.request, ...more } });
}

/** One thing wrong each, the most important first: with several wrong, the first one answers. */
const PRECEDENCE: readonly [name: string, spoil: (good: Case) => Case, code: string, message: RegExp][] = [
  [
    'the desk is paused',
    (c) => ({ ...c, settings: { ...c.settings, paused: true } }),
    'GAME_PAUSED',
    /The game is paused/,
  ],
  ['S4-11 the amount is 0', asking({ amount: quantity('0') }), 'INVALID_REQUEST', /more than 0/],
  ['the leverage is above the maximum', asking({ leverage: 101 }), 'INVALID_REQUEST', /from 1 to 100/],
  ['S4-53 the last price is old', (c) => ({ ...c, quote: quote('50000', -5_001) }), 'STALE_PRICE', /too old/],
  ['the player saw it long ago', asking({ quotedAt: NOW - 2_001 }), 'STALE_PRICE', /you saw/],
  ['the take-profit is a loss', asking({ takeProfit: price('50000') }), 'INVALID_REQUEST', /where the trade gains/],
  [
    'the margin is too small',
    (c) => ({ ...c, settings: { ...c.settings, minMargin: minor(50_000_001) } }),
    'BELOW_MINIMUM',
    /^The least margin is ₹500000.01$/,
  ],
  [
    'the margin is too large',
    (c) => ({ ...c, settings: { ...c.settings, maxMargin: minor(49_999_999) } }),
    'ABOVE_MAXIMUM',
    /^The largest margin is ₹499999.99$/,
  ],
];

describe('a trade is refused', () => {
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

  it('INVALID_REQUEST for other amounts and leverages that are none', () => {
    for (const request of [{ amount: quantity('-1') }, { leverage: 0 }, { leverage: 1.5 }, { leverage: Number.NaN }]) {
      const answer = ask(asking(request)(GOOD));
      assert.equal(answer.ok === false && answer.code, 'INVALID_REQUEST');
    }
  });

  it('STALE_PRICE before the first price', () => {
    const answer = ask({ ...GOOD, quote: undefined });
    assert.equal(answer.ok === false && answer.code, 'STALE_PRICE');
  });

  it('ABOVE_MAXIMUM where the wallet could not reserve what it can pay', () => {
    const settings = { ...SETTINGS, maxMargin: minor(10n ** 16n) };
    const of = (amount: string) => ask({ ...GOOD, settings, request: { amount: quantity(amount) } });
    assert.equal(of('181000000').ok, true);
    const answer = of('182000000');
    assert.equal(answer.ok === false && answer.code, 'ABOVE_MAXIMUM');
  });

  it('INVALID_REQUEST for levels out of order', () => {
    const wrong: readonly [TradeRequest['side'], Partial<Record<'stopLoss' | 'takeProfit', string>>][] = [
      ['LONG', { stopLoss: '50000' }],
      ['LONG', { stopLoss: '46000' }],
      ['LONG', { takeProfit: '49999.99' }],
      ['LONG', { takeProfit: '100000.01' }],
      ['SHORT', { stopLoss: '50000' }],
      ['SHORT', { stopLoss: '54000' }],
      ['SHORT', { takeProfit: '50000.01' }],
      ['SHORT', { takeProfit: '0' }],
    ];
    for (const [side, { stopLoss, takeProfit }] of wrong) {
      const levels = { stopLoss: priced(stopLoss), takeProfit: priced(takeProfit) };
      const answer = ask(asking({ side, ...levels })(GOOD));
      assert.equal(answer.ok === false && answer.code, 'INVALID_REQUEST', `${side} ${stopLoss} ${takeProfit}`);
    }
    const good = asking({ side: 'LONG', stopLoss: price('46000.01'), takeProfit: price('50000.01') })(GOOD);
    assert.equal(ask(good).ok, true);
  });
});

function priced(text: string | undefined) {
  return text === undefined ? undefined : price(text);
}

describe('a trade is accepted', () => {
  it('S4-16 S4-17 LONG with leverage 10 unless said otherwise, for a tenth of its value', () => {
    const answer = accepted({ amount: quantity('100') });
    assert.equal(answer.side, 'LONG');
    assert.equal(answer.leverage, 10);
    assert.equal(answer.notional, 500_000_000n);
    assert.equal(answer.margin, 50_000_000n);
    assert.equal(answer.liability, 550_000_000n);
    assert.equal(answer.liquidation, price('46000'));
    assert.deepEqual(answer.entry, quote('50000'));
  });

  it('SHORT where that is asked for', () => {
    assert.equal(accepted({ amount: quantity('1'), side: 'SHORT' }).liquidation, price('54000'));
  });

  it('at a price and seen as long ago as is allowed', () => {
    const answer = ask({ ...asking({ quotedAt: NOW - 2_000 })(GOOD), quote: quote('50000', -5_000) });
    assert.equal(answer.ok, true);
  });
});
