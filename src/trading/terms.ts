import type { Binary } from '../games/trading/binary.ts';
import type { Instrument } from '../games/trading/instrument.ts';
import { notionalOf } from '../games/trading/pnl.ts';
import type { Risk } from '../games/trading/risk.ts';
import type { OpenTrade } from '../games/trading/trade.ts';
import type { MarketSymbol } from '../market/symbols.ts';
import { minor, payoutOf, ZERO } from '../money.ts';
import type { BookId, Stake } from '../wallet/command.ts';
import type { BinaryRow } from './binary-row.ts';
import { selectionOf } from './selection.ts';
import type { TradeRow } from './trade-row.ts';

/** What the rules need to know of a symbol. */
export function instrumentOf({ id: symbol, priceScale, amountScale }: MarketSymbol): Instrument {
  return { symbol, priceScale, amountScale };
}

/** What one open trade adds to what the house has at risk. */
export function riskOfTrade(terms: OpenTrade): Risk {
  const { owner, side, instrument, margin: atStake } = terms;
  const direction = side === 'LONG' ? 'UP' : 'DOWN';
  return { owner, symbol: instrument.symbol, direction, kind: 'trade', exposure: notionalOf(terms), atStake };
}

/** What one open binary adds to it: what its player gains by winning. */
export function riskOfBinary({ owner, symbol, direction, stake, terms }: Binary): Risk {
  const payout = payoutOf(stake, terms.payout);
  const exposure = payout > stake ? minor(payout - stake) : ZERO;
  return { owner, symbol, direction, kind: 'binary', exposure, atStake: stake };
}

/** The wallet's command for a trade's margin: the same from its row as when it was accepted. */
export function stakeOfTrade({ terms, key, request }: TradeRow, book: BookId, symbol: MarketSymbol): Stake {
  const { owner: origin, side, margin: amount } = terms;
  // The most it can pay, gross: a gain is never above the value of what is traded (`pnlAt`).
  const liability = minor(amount + notionalOf(terms));
  const line = { selection: selectionOf(symbol, side === 'LONG' ? 'UP' : 'DOWN'), amount, liability };
  return { kind: 'stake', origin, key, request, book, window: 1, lines: [line] };
}

/** The wallet's command for a binary's stake. */
export function stakeOfBinary({ terms: of, key, request }: BinaryRow, book: BookId, symbol: MarketSymbol): Stake {
  const { owner: origin, direction, stake: amount, terms } = of;
  const payout = payoutOf(amount, terms.payout);
  // Given back it is the stake, whatever a win pays.
  const line = { selection: selectionOf(symbol, direction), amount, liability: payout > amount ? payout : amount };
  return { kind: 'stake', origin, key, request, book, window: 1, lines: [line] };
}
