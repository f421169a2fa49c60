import type { Outcome } from '../games/andar-bahar/deal.ts';
import { calculatePayout } from '../games/andar-bahar/payout.ts';
import { betSideOf } from '../games/andar-bahar/selection.ts';
import { type Close, LINES_MAX, SYSTEM } from '../wallet/command.ts';
import { findBook, positionsOf } from '../wallet/reads.ts';
import { insist } from './insist.ts';
import { type LiveRound, type RoundDeps, roundKey } from './live-round.ts';
import type { SettledPosition } from './results.ts';

/**
 * Pays a round out (S0-36): what is open in the ledger is closed in chunks, one after the other, each in one
 * transaction with its money. Stopped anywhere and run again it finds only what is still open, so everything is paid
 * exactly once. The last chunk, an empty one if need be, finishes the book.
 */
export async function payPositions(
  deps: RoundDeps,
  live: LiveRound,
  outcome: Outcome,
): Promise<readonly SettledPosition[]> {
  const positions = await positionsOf(deps.database, live.book);
  const settled: SettledPosition[] = [];
  const closes: Close[] = [];
  for (const position of positions) {
    const { id, owner: userId, selection, window, stake } = position;
    const bet = { id, userId, betSide: betSideOf(selection), stake };
    if (position.outcome !== null && position.payout !== null) {
      settled.push({ ...bet, payout: position.payout, outcome: position.outcome });
      continue;
    }
    const settlement = calculatePayout(stake, bet.betSide, window, outcome, live.table);
    settled.push({ ...bet, ...settlement });
    closes.push({ position: id, ...settlement });
  }
  if (closes.length > 0) await payInChunks(deps, live, closes);
  else await finishEmptyBook(deps, live);
  return settled;
}

/** Finishes a closed book in which nothing is open, unless that is done. */
export async function finishEmptyBook(deps: RoundDeps, live: LiveRound): Promise<void> {
  const book = await findBook(deps.database, live.book);
  if (book?.state !== 'settled') await payInChunks(deps, live, []);
}

/** While one chunk is on its way to the database the wallet decides the next; more would only keep bets waiting. */
const CHUNKS_AT_ONCE = 2;

async function payInChunks(deps: RoundDeps, live: LiveRound, closes: readonly Close[]): Promise<void> {
  const chunks: (readonly Close[])[] = [];
  for (let from = 0; from < closes.length; from += LINES_MAX) chunks.push(closes.slice(from, from + LINES_MAX));
  // The last one finishes the book, so it waits for all others: any of them may have to be asked again.
  const last = chunks.pop() ?? [];
  const pay = async (): Promise<void> => {
    for (let chunk = chunks.shift(); chunk !== undefined; chunk = chunks.shift())
      await payChunk(deps, live, chunk, false);
  };
  await Promise.all(Array.from({ length: CHUNKS_AT_ONCE }, pay));
  await payChunk(deps, live, last, true);
}

async function payChunk(deps: RoundDeps, live: LiveRound, closes: readonly Close[], last: boolean): Promise<void> {
  const { book, epoch } = live;
  const request = closes.map(({ position, payout, outcome }) => `${position}:${payout}:${outcome}`).join();
  const key = roundKey(live, 'settle', closes[0]?.position ?? 0, closes.at(-1)?.position ?? 0);
  const command = { kind: 'settle', origin: SYSTEM, key, request, book, epoch, closes, last } as const;
  await insist(deps.wallet, deps.clock, command, deps.signal);
}
