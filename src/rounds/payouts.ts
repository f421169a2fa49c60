import type { Outcome } from '../games/andar-bahar/deal.ts';
import { calculatePayout } from '../games/andar-bahar/payout.ts';
import { betSideOf } from '../games/andar-bahar/selection.ts';
import type { UserId } from '../ids.ts';
import type { Minor } from '../money.ts';
import { type Close, LINES_MAX, SYSTEM } from '../wallet/command.ts';
import { type BookPosition, findBook, positionsOf } from '../wallet/reads.ts';
import { insist } from './insist.ts';
import { type LiveRound, type RoundDeps, roundKey } from './live-round.ts';

/** A bet and what it came to; undone bets are not among them. */
export interface SettledPosition {
  readonly userId: UserId;
  readonly betSide: string;
  readonly stake: Minor;
  readonly payout: Minor;
  readonly outcome: 'won' | 'lost' | 'refunded';
}

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
    const bet = settle(position, outcome, live);
    if (bet !== null) settled.push(bet);
    if (bet !== null && position.outcome === null) {
      closes.push({ position: position.id, payout: bet.payout, outcome: bet.outcome });
    }
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

function settle(position: BookPosition, outcome: Outcome, live: LiveRound): SettledPosition | null {
  const { owner: userId, selection, window, stake } = position;
  if (position.outcome === 'cancelled') return null;
  const betSide = betSideOf(selection);
  if (position.outcome !== null && position.payout !== null) {
    return { userId, betSide, stake, payout: position.payout, outcome: position.outcome };
  }
  return { userId, betSide, stake, ...calculatePayout(stake, betSide, window, outcome, live.table) };
}

async function payInChunks(deps: RoundDeps, live: LiveRound, closes: readonly Close[]): Promise<void> {
  let from = 0;
  do {
    const chunk = closes.slice(from, from + LINES_MAX);
    from += chunk.length;
    const last = from === closes.length;
    const first = chunk[0]?.position ?? 0;
    const request = chunk.map(({ position, payout, outcome }) => `${position}:${payout}:${outcome}`).join();
    const key = roundKey(live, 'settle', first, chunk.at(-1)?.position ?? 0);
    const { book, epoch } = live;
    await insist(
      deps.wallet,
      deps.clock,
      { kind: 'settle', origin: SYSTEM, key, request, book, epoch, closes: chunk, last },
      deps.signal,
    );
  } while (from < closes.length);
}
