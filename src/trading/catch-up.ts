import type { Quote } from '../games/trading/quote.ts';
import type { SymbolId } from '../ids.ts';
import { ticksBetween } from '../market/tick-store.ts';
import type { DeskContext } from './context.ts';

/** Read from the log at once. */
const PAGE = 5_000;
const NO_END = Number.MAX_SAFE_INTEGER;

/** A place in the ticks of a symbol. */
export type From = Pick<Quote, 'symbol' | 'at' | 'seq'>;

/**
 * The ticks later than `from`, from memory or from the log. Answers a function: call it where no time passes until they
 * are used, and none that comes meanwhile is missed.
 */
export async function ticksAfter(
  { market, database }: Pick<DeskContext, 'market' | 'database'>,
  from: From,
): Promise<() => readonly Quote[]> {
  const read: Quote[] = [];
  let last = from;
  while (market.ticksSince(from.symbol, last) === undefined) {
    const page = await ticksBetween(database, from.symbol, last.at, NO_END, PAGE, last);
    read.push(...page);
    last = page.at(-1) ?? last;
    // The log was read to its end and memory begins there.
    if (page.length < PAGE && market.ticksSince(from.symbol, last) === undefined) break;
  }
  return () => [...read, ...(market.ticksSince(from.symbol, last) ?? [])];
}

/** Every tick of a symbol in the log from this time on, in their order, as `see` gets them. */
export async function replayLog(
  { database }: Pick<DeskContext, 'database'>,
  symbol: SymbolId,
  fromAt: number,
  see: (tick: Quote) => void,
): Promise<void> {
  for (let after = { at: 0, seq: 0 }; ; ) {
    const page = await ticksBetween(database, symbol, fromAt, NO_END, PAGE, after);
    for (const tick of page) see(tick);
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = last;
  }
}
