import type { Clock } from '../clock.ts';
import type { Quote } from '../games/trading/quote.ts';
import type { OpenRisks } from '../games/trading/risk.ts';
import type { SymbolId } from '../ids.ts';
import type { MarketSymbol } from '../market/symbols.ts';
import type { DeskDeps } from './deps.ts';
import type { DeskRow } from './desk-row.ts';

/** What both kinds of business of a desk share. */
export interface DeskContext extends DeskDeps {
  /** As it is now. */
  desk(): DeskRow;
  /** What is open, or asked for, of both kinds. */
  readonly risks: OpenRisks;
  /** To be called where something may be due earlier than before. */
  changed(): void;
}

/**
 * The last price there is; none where it is from a time to come, further ahead than `maxAgeMs`: the clock has gone
 * back, and nobody knows the price of now. Asked by the clock, as a wish may have waited for longer than that.
 */
export function lastQuote(
  { market, clock }: { readonly market: Pick<DeskContext['market'], 'lastTick'>; readonly clock: Pick<Clock, 'now'> },
  symbol: SymbolId,
  maxAgeMs: number,
): Quote | undefined {
  const last = market.lastTick(symbol);
  return last !== undefined && last.at - clock.now() > maxAgeMs ? undefined : last;
}

/** Throws for one that is not traded: rows and requests are checked before. */
export function symbolOf({ market }: Pick<DeskContext, 'market'>, id: SymbolId): MarketSymbol {
  const symbol = market.symbols.find((known) => known.id === id);
  if (symbol === undefined) throw new Error(`${id} is not traded here`);
  return symbol;
}
