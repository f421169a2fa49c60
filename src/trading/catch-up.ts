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
 * The ticks later than `from`, from memory or from the log; none that have not been passed on yet, though the log may
 * have them. Answers a function: call it where no time passes until they are used, and none that comes meanwhile is
 * missed.
 */
export async function ticksAfter(
  { market, database }: Pick<DeskContext, 'market' | 'database'>,
  from: From,
): Promise<() => readonly Quote[]> {
  const { symbol } = from;
  const read: Quote[] = [];
  let last = from;
  const isInMemory = () => market.ticksSince(symbol, last) !== undefined;
  for (let isMore = true; isMore && !isInMemory(); ) {
    const page = await ticksBetween(database, symbol, last.at, NO_END, PAGE, last);
    for (const tick of page) {
      if (isInMemory()) break;
      read.push(tick);
      last = tick;
    }
    isMore = page.length === PAGE;
  }
  return () => [...read, ...(market.ticksSince(symbol, last) ?? [])];
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
