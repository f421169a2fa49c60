import { type DayRecord, printPrice, type Shown, startOf, type Walk } from './day-record.ts';
import { commitmentTo } from './dealer.ts';
import { DAY_MS, dueInDay, lastPriceOfDay, pricesOfDay } from './prices.ts';
import { type Check, same } from './verify-round.ts';

/** A day whose seed is published. */
export interface RevealedDay extends DayRecord {
  readonly seed: string;
}

/** So many ticks that are not as they should be are named, the others counted. */
const NAMED = 5;

/** That the seed is the one that was committed to before the day's first tick. */
export function commitmentCheck({ day, seed, commitment }: RevealedDay): Check {
  return same(`commitment of ${day}, SHA-256 of the seed`, commitmentTo(seed), commitment);
}

/**
 * Recomputes every price of a symbol's day. All that were shown must be due ones, at the price that follows from the
 * seed, each once. Those that were due and never shown are counted and no error: the server may have been down.
 */
export function tickChecks({ day, seed }: RevealedDay, walk: Walk, shown: readonly Shown[]): readonly Check[] {
  const midnight = startOf(day);
  const computed = [...pricesOfDay(seed, day, walk)];
  const seen = new Set<number>();
  const ofDay = shown.filter(({ at }) => at > midnight && at <= midnight + DAY_MS);
  const wrong = ofDay.flatMap((tick) => {
    const k = (tick.at - midnight) / walk.intervalMs;
    const complaint = seen.has(k) ? 'shown twice' : complaintAbout(tick, computed[k - 1], walk);
    if (Number.isInteger(k)) seen.add(k);
    return complaint === undefined ? [] : [`${walk.symbol} at ${new Date(tick.at).toISOString()}: ${complaint}`];
  });
  const matched = ofDay.length - wrong.length;
  const counts = `${matched} of ${ofDay.length} ticks as computed, ${dueInDay(walk) - seen.size} due ones never shown`;
  const more = wrong.length > NAMED ? [`${walk.symbol}: and ${wrong.length - NAMED} more`] : [];
  return [
    { ok: wrong.length === 0, line: `${walk.symbol}: ${counts}` },
    ...[...wrong.slice(0, NAMED), ...more].map((line): Check => ({ ok: false, line })),
  ];
}

/** That a day opens at the last price of the one before; null where that one had no walk of this symbol. */
export function openingCheck(walk: Walk, before: RevealedDay): Check | null {
  const last = before.walks.find(({ symbol }) => symbol === walk.symbol);
  if (last === undefined) return null;
  const closing = printPrice(lastPriceOfDay(before.seed, before.day, last), last);
  return same(`${walk.symbol} opens at the last price of ${before.day}`, closing, printPrice(walk.opening, walk));
}

/** What is not as it should be about a tick; `price` is what was due at its time, undefined where none was. */
function complaintAbout({ at, seq, price: shown, feedId }: Shown, price: bigint | undefined, walk: Walk) {
  if (price === undefined) return `none was due, but the feed ${feedId} has shown ${printPrice(shown, walk)}`;
  if (shown !== price) return `computed ${printPrice(price, walk)}, the server has shown ${printPrice(shown, walk)}`;
  return seq === at / walk.intervalMs ? undefined : `the number ${seq} is not its`;
}
