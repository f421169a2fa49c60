import { type DayRecord, dayBefore, readDay, readTicks, type Shown, startOf, type Walk } from './day-record.ts';
import { DAY_MS } from './prices.ts';
import { fetchIfThere, fetchJson } from './server.ts';
import { commitmentCheck, openingCheck, type RevealedDay, tickChecks } from './verify-day.ts';
import { type Check, same } from './verify-round.ts';

const PAGE = 1_000;
/** So many days. */
const LOOK_BACK = 7;

export interface DayWish {
  readonly server: string;
  readonly day: string;
  /** One symbol alone; all of the day else. */
  readonly symbol?: string | undefined;
  /** What was written down before the day's first tick. */
  readonly commitment?: string | undefined;
}

/** What was found, or that there is nothing to verify yet. */
export type DayFindings =
  | { readonly over: true; readonly checks: readonly Check[]; readonly notes: readonly string[] }
  | { readonly over: false; readonly commitment: string };

/**
 * Fetches a day of simulated prices with every tick that was shown, and recomputes it. Throws an Error, fit for a
 * person, where there is no such day, or the seed of one that is over is kept back.
 */
export async function verifyDay({ server, day, symbol, commitment }: DayWish): Promise<DayFindings> {
  const midnight = startOf(day);
  const record = readDay(await fetchJson(dayAddress(server, day)));
  if (record.day !== day) throw new Error(`the server answered with the day ${record.day}`);
  if (!isRevealed(record) && Date.now() <= midnight + DAY_MS) return { over: false, commitment: record.commitment };
  if (record.walks.length === 0) throw new Error(`the day ${day} had no prices`);
  if (!isRevealed(record)) {
    throw new Error(`the day ${day} is over, but its seed is not revealed; its commitment is ${record.commitment}`);
  }
  const wanted = symbol?.toUpperCase().replace('/', '');
  const walks = record.walks.filter((walk) => wanted === undefined || walk.symbol === wanted);
  if (walks.length === 0) throw new Error(`the day ${day} had no prices of ${symbol}`);
  const noted = commitment?.toLowerCase();
  const openings = await openingsOf(server, day, walks);
  const checks = [
    commitmentCheck(record),
    ...(noted === undefined ? [] : [same('commitment that you noted before it', noted, record.commitment)]),
    ...openings.checks,
  ];
  for (const walk of walks) checks.push(...tickChecks(record, walk, await ticksOf(server, midnight, walk)));
  return { over: true, checks, notes: openings.notes };
}

/** Against the last day before that had prices, where the server has it. */
async function openingsOf(server: string, day: string, walks: readonly Walk[]) {
  const before = await lastDayBefore(server, day);
  if (before === undefined || !isRevealed(before)) {
    const why =
      before === undefined ? `none of the ${LOOK_BACK} days before had prices` : `${before.day} is not revealed`;
    return { checks: [], notes: [`${why}, so nothing is said about the opening prices`] };
  }
  const openings = walks.map((walk) => ({ symbol: walk.symbol, check: openingCheck(walk, before) }));
  return {
    checks: [commitmentCheck(before), ...openings.flatMap(({ check }) => check ?? [])],
    notes: openings
      .filter(({ check }) => check === null)
      .map(({ symbol }) => `${symbol} had no price on ${before.day}, so nothing is said about its opening price`),
  };
}

/** A server may have been down for days. */
async function lastDayBefore(server: string, day: string): Promise<DayRecord | undefined> {
  let before = day;
  for (let left = LOOK_BACK; left > 0; left -= 1) {
    before = dayBefore(before);
    const { answer } = await fetchIfThere(dayAddress(server, before));
    const record = answer === undefined ? undefined : readDay(answer);
    if (record !== undefined && record.day !== before)
      throw new Error(`the server answered with the day ${record.day}`);
    if (record !== undefined && record.walks.length > 0) return record;
  }
  return undefined;
}

/** Every tick from this midnight to the next, both included. */
async function ticksOf(server: string, midnight: number, walk: Walk): Promise<readonly Shown[]> {
  const ticks: Shown[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const address = new URL(`/market/${walk.symbol}/ticks`, server);
    // A millisecond more on each side: whether an end is included is then the same.
    const range = { from: String(midnight - 1), to: String(midnight + DAY_MS + 1), limit: String(PAGE) };
    address.search = new URLSearchParams({ ...range, ...(cursor !== undefined && { cursor }) }).toString();
    const page = readTicks(await fetchJson(address), walk);
    for (const tick of page.items) {
      const last = ticks.at(-1);
      if (last !== undefined && (tick.at < last.at || (tick.at === last.at && tick.seq <= last.seq))) {
        throw new Error(`${walk.symbol}: the server's ticks are not in their order`);
      }
      ticks.push(tick);
    }
    if (page.nextCursor !== null && page.items.length === 0) throw new Error(`${walk.symbol}: an empty page goes on`);
    cursor = page.nextCursor;
  }
  return ticks;
}

function dayAddress(server: string, day: string): URL {
  return new URL(`/market/days/${day}`, server);
}

function isRevealed(record: DayRecord): record is RevealedDay {
  return record.seed !== null;
}
