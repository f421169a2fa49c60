import { type Minor, splitInProportion } from '../money.ts';
import { type GrantShare, sharesOfReturn } from './bonus.ts';
import type { Settle, VoidBook } from './command.ts';
import { destinationOf, isForfeited, settleBonuses } from './decide-bonus.ts';
import { accept, type Closing, type Decision, escrowOf, fence, houseOf, type Move, refused } from './decision.ts';
import { marginMoves, playedBy } from './standing.ts';
import type { Book, Bucket, LedgerState, Position, Wallet } from './state.ts';

/**
 * Pays positions out. Refused `BOOK_FENCED` to an old room, `NOT_OPEN` before the window is closed (but for a standing
 * book) or after a void.
 */
export function decideSettle(state: LedgerState, command: Settle): Decision {
  const book = state.books.get(command.book);
  const fenced = fence(book, command.epoch);
  if (book === undefined || fenced !== null) return refused(fenced ?? 'NOT_OPEN');
  const isStanding = book.standing !== null && book.state === 'open';
  if (!isStanding && book.state !== 'closed' && book.state !== 'settling') return refused('NOT_OPEN');
  if (isStanding && command.last) throw new Error(`book ${book.id}: finished before it is closed`);
  const closings: Closing[] = [];
  for (const { position: id, payout, outcome } of command.closes) {
    const position = book.positions.get(id);
    if (position === undefined) return refused('NOT_OPEN');
    if (outcome === 'cancelled' && book.standing === null) throw new Error(`position ${id} is void by itself`);
    const closing = { position, payout, outcome };
    // Throws where they do not belong together: margins move without asking, and memory would be half changed then.
    if (book.standing === 'margin') sharesOf(closing);
    closings.push(closing);
  }
  checkComplete(book, closings.length, command.last, new Set(command.closes.map((close) => close.position)).size);
  const effects = { epoch: book.epoch, closings, closesIn: book };
  const ended = { ...effects, ...endOf(book, command.last) };
  if (book.standing !== null) {
    const moves =
      book.standing === 'margin' ? marginMoves(state, book, closings) : allOf(closingMoves(state, book, closings));
    return accept({ ...ended, moves, playThrough: book.standing === 'stake' ? playedBy(state, closings) : [] });
  }
  const moved = closingMoves(state, book, closings);
  const { conversions, ...bonuses } = settleBonuses(state, book, closings, moved.payouts);
  return accept({ ...ended, moves: [...allOf(moved), ...conversions], ...bonuses });
}

/** What a settlement makes of the book; a standing one that is open stays so. */
function endOf(book: Book, last: boolean): Partial<Decision> {
  if (book.state === 'open') return {};
  const { window, epoch } = book;
  return { book: { kind: 'changed', book, state: last ? 'settled' : 'settling', window, epoch } };
}

/**
 * Gives stakes back as they were. Begins while the first window is open, or not at all: the mailbox's order decides the
 * race between a void and the closing of the window.
 */
export function decideVoid(state: LedgerState, command: VoidBook): Decision {
  const book = state.books.get(command.book);
  const fenced = fence(book, command.epoch);
  if (book === undefined || fenced !== null) return refused(fenced ?? 'NOT_OPEN');
  // Never true of a pool, whose slips are taken back, nor of a desk: whoever could undo trades could choose which.
  const mayBegin = book.state === 'open' && book.window === 1 && book.standing === null;
  if (!mayBegin && book.state !== 'voiding') return refused('NOT_OPEN');
  const positions: Position[] = [];
  for (const id of command.positions) {
    const position = book.positions.get(id);
    if (position === undefined) return refused('NOT_OPEN');
    positions.push(position);
  }
  checkComplete(book, positions.length, command.last, new Set(command.positions).size);
  return accept({
    epoch: book.epoch,
    ...giveBack(state, book, positions),
    book: { kind: 'changed', book, state: command.last ? 'voided' : 'voiding', window: book.window, epoch: book.epoch },
  });
}

/** The effects of taking stakes back: the full stake, to where it came from. */
export function giveBack(state: LedgerState, book: Book, positions: readonly Position[]) {
  const closings = positions.map(
    (position): Closing => ({ position, payout: stakeOf(position), outcome: 'cancelled' }),
  );
  const { payouts } = closingMoves(state, book, closings);
  return { closings, closesIn: book, moves: payouts } satisfies Partial<Decision>;
}

/**
 * Real and bonus money meet in the house's own two buckets, so neither turns into the other here. First the house puts
 * in what the payouts need above the stakes, then the players are paid, then the house takes what is left: escrow never
 * runs dry on the way.
 */
function closingMoves(state: LedgerState, book: Book, closings: readonly Closing[]) {
  const escrow = state.systemWallet(escrowOf(book.game), book.currency);
  const house = state.systemWallet(houseOf(book.game), book.currency);
  const net = { real: 0n, bonus: 0n };
  const payouts: Move[] = [];
  for (const closing of closings) {
    const { position } = closing;
    const [real, bonus] = sharesOf(closing);
    net.real += real - position.real;
    net.bonus += bonus - position.bonus;
    payouts.push(...payoutMoves(state, escrow, closing, [real, bonus]));
  }
  const funding: Move[] = [];
  const takings: Move[] = [];
  for (const bucket of ['real', 'bonus'] as const satisfies readonly Bucket[]) {
    const leg = { fromBucket: bucket, toBucket: bucket, reason: 'house', position: 0 } as const;
    if (net[bucket] > 0n) funding.push({ ...leg, from: house, to: escrow, amount: net[bucket] });
    if (net[bucket] < 0n) takings.push({ ...leg, from: escrow, to: house, amount: -net[bucket] });
  }
  return { funding, payouts, takings };
}

/** House first, then players, then what is left to the house. */
function allOf({ funding, payouts, takings }: ReturnType<typeof closingMoves>): readonly Move[] {
  return [...funding, ...payouts, ...takings];
}

function payoutMoves(
  state: LedgerState,
  escrow: Wallet,
  { position, outcome }: Closing,
  [real, bonus]: readonly [real: bigint, bonus: bigint],
): readonly Move[] {
  const to = state.walletById(position.wallet);
  const reason = outcome === 'won' ? ('payout' as const) : ('refund' as const);
  const leg = { from: escrow, reason, position: position.id };
  const moves: Move[] = [];
  if (real > 0n) moves.push({ ...leg, fromBucket: 'real', to, toBucket: 'real', amount: real });
  if (bonus === 0n) return moves;
  for (const share of returnedShares(position, bonus)) {
    if (share.amount === 0n) continue;
    moves.push({ ...leg, fromBucket: 'bonus', amount: share.amount, ...destinationOf(state, to, share) });
  }
  return moves;
}

/**
 * A win is split in the proportion of the stake, the remainder goes to bonus (S2-33); a refund gives back the stake as
 * it was.
 */
export function sharesOf({ position, payout, outcome }: Closing): readonly [real: bigint, bonus: bigint] {
  const stake = stakeOf(position);
  switch (outcome) {
    case 'lost':
      if (payout !== 0n) throw new Error(`position ${position.id} is lost but pays ${payout}`);
      return [0n, 0n];
    case 'won':
      if (payout <= 0n) throw new Error(`position ${position.id} is won but pays ${payout}`);
      return splitInProportion(payout as Minor, position.real as Minor, stake as Minor);
    case 'refunded':
    case 'cancelled':
      if (payout !== stake) throw new Error(`position ${position.id} of ${stake} cannot be refunded ${payout}`);
      return [position.real, position.bonus];
    default:
      return outcome satisfies never;
  }
}

function returnedShares(position: Position, bonus: bigint): readonly GrantShare[] {
  return bonus === position.bonus ? position.shares : sharesOfReturn(position.shares, bonus);
}

/** What of a payout does not reach the player: its bonus has ended (DESIGN 3). Ask before the bet is closed. */
export function forfeitedOf(wallet: Wallet, closing: Closing): bigint {
  const { position } = closing;
  const [, bonus] = sharesOf(closing);
  if (bonus === 0n) return 0n;
  return returnedShares(position, bonus)
    .filter((share) => isForfeited(wallet, share))
    .reduce((sum, { amount }) => sum + amount, 0n);
}

export function stakeOf(position: Position): bigint {
  return position.real + position.bonus;
}

function checkComplete(book: Book, closing: number, last: boolean, distinct: number): void {
  if (distinct !== closing) throw new Error(`book ${book.id}: a position is named twice`);
  if (last && (book.pooled || closing !== book.positions.size))
    throw new Error(`book ${book.id}: finished with open positions`);
}
