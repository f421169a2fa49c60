import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  type AcceptedTrade,
  acceptsTrade,
  DEFAULT_TRADE_SETTINGS,
  type TradeRequest,
  type TradeSettings,
} from '../../../src/games/trading/accept-trade.ts';
import type { Instrument, Quantity } from '../../../src/games/trading/instrument.ts';
import type { Side } from '../../../src/games/trading/pnl.ts';
import type { Quote } from '../../../src/games/trading/quote.ts';
import { type OpenTrade, openTrade } from '../../../src/games/trading/trade.ts';
import type { SymbolId, TradeId, UserId } from '../../../src/ids.ts';
import { INR, minor, type Price } from '../../../src/money.ts';

export const BTC: Instrument = { symbol: 'BTCUSDT' as SymbolId, priceScale: 2, amountScale: 8 };
export const ALICE = '01890000-0000-7000-8000-0000000000a1' as UserId;
export const BOB = '01890000-0000-7000-8000-0000000000b0' as UserId;
export const NOW = 1_700_000_000_000;
export const SETTINGS: TradeSettings = { ...DEFAULT_TRADE_SETTINGS, currency: INR };

/** `price('50000.01')`, at two decimals. */
export function price(text: string): Price {
  return scaled(text, BTC.priceScale) as Price;
}

/** `quantity('0.5')`, at eight decimals. */
export function quantity(text: string): Quantity {
  return scaled(text, BTC.amountScale) as Quantity;
}

function scaled(text: string, scale: number): bigint {
  const [whole = '', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(scale, '0'));
}

/** `quote('50000', 3)`: a tick three milliseconds after NOW, its number the same. */
export function quote(text: string, afterMs = 0, seq = afterMs): Quote {
  return { symbol: BTC.symbol, price: price(text), at: NOW + afterMs, seq, feedId: 'test' };
}

export function accepted(request: TradeRequest, at = '50000', settings = SETTINGS): AcceptedTrade {
  const answer = acceptsTrade(request, settings, BTC, quote(at), NOW);
  assert.ok(answer.ok, answer.ok ? '' : answer.message);
  return answer;
}

/** `trade('LONG 100 at 50000 x10', { stopLoss: price('49000') })`, Alice's. */
export function trade(text: string, levels: Pick<TradeRequest, 'stopLoss' | 'takeProfit'> = {}): OpenTrade {
  const [, side, amount, at, leverage] = /^(LONG|SHORT) (\S+) at (\S+) x(\d+)$/.exec(text) ?? [];
  assert.ok(side && amount && at && leverage, text);
  const request = { side: side as Side, amount: quantity(amount), leverage: Number(leverage), ...levels };
  return openTrade(accepted(request, at, { ...SETTINGS, maxMargin: minor(10n ** 12n) }), nextId(), ALICE);
}

let ids = 0;
export function nextId(): TradeId {
  ids += 1;
  return `trade-${ids}` as TradeId;
}

/** Trades as players make them, prices around 50,000, some with levels. */
export const anyTrade: fc.Arbitrary<OpenTrade> = fc
  .record({
    side: fc.constantFrom<Side>('LONG', 'SHORT'),
    amount: fc.bigInt({ min: 1_000n, max: 200_000_000n }),
    leverage: fc.integer({ min: 1, max: 100 }),
    entry: fc.bigInt({ min: 4_900_000n, max: 5_100_000n }),
    gain: fc.option(fc.bigInt({ min: 1n, max: 300_000n })),
    loss: fc.option(fc.bigInt({ min: 1n, max: 60_000n })),
  })
  .map(({ side, amount, leverage, entry, gain, loss }) => {
    const away = (steps: bigint | null, sign: bigint) =>
      steps === null ? undefined : ((entry + (side === 'LONG' ? sign : -sign) * steps) as Price);
    const at: Quote = { ...quote('0'), price: entry as Price };
    const request: TradeRequest = { side, amount: amount as Quantity, leverage, takeProfit: away(gain, 1n) };
    const withStop = acceptsTrade({ ...request, stopLoss: away(loss, -1n) }, LOOSE, BTC, at, NOW);
    const answer = withStop.ok ? withStop : acceptsTrade(request, LOOSE, BTC, at, NOW);
    assert.ok(answer.ok);
    return openTrade(answer, nextId(), ALICE);
  });
const LOOSE: TradeSettings = { ...SETTINGS, minMargin: minor(1), maxMargin: minor(10n ** 12n) };

export const anyPrice: fc.Arbitrary<Price> = fc
  .oneof(fc.bigInt({ min: 4_700_000n, max: 5_300_000n }), fc.bigInt({ min: 1n, max: 20_000_000n }))
  .map((steps) => steps as Price);
