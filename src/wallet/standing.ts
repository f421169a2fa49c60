import { type Closing, type Decision, escrowOf, houseOf, type Move, type PlayThrough } from './decision.ts';
import type { Book, LedgerState, Wallet } from './state.ts';

/** Who keeps what is staked on a book: its game's escrow, or the players themselves, as held money. */
export function custodyOf(state: LedgerState, book: Book, wallet: Wallet): Wallet {
  return book.standing === 'margin' ? wallet : state.systemWallet(escrowOf(book.game), book.currency);
}

/**
 * What a stake on a standing book counts for, towards play-through and points: what it has won or lost, up to itself;
 * one that was given back has risked nothing. Margins count for nothing at all: opposite trades cost nothing together.
 */
export function wonOrLost({ position: { real }, payout }: Closing): bigint {
  const difference = payout > real ? payout - real : real - payout;
  return difference < real ? difference : real;
}

/**
 * The ends of margins: what comes back of each is its player's to spend again, what is lost of it goes to the house,
 * and what is won comes from there.
 */
export function marginMoves(state: LedgerState, book: Book, closings: readonly Closing[]): readonly Move[] {
  const house = state.systemWallet(houseOf(book.game), book.currency);
  const moves: Move[] = [];
  for (const { position, payout } of closings) {
    const { id, real: margin } = position;
    const wallet = state.walletById(position.wallet);
    const [held, own] = [{ from: wallet, fromBucket: 'held' } as const, { to: wallet, toBucket: 'real' } as const];
    const back = payout < margin ? payout : margin;
    if (back > 0n) moves.push({ ...held, ...own, amount: back, reason: 'refund', position: id });
    if (payout > margin) {
      const gain = { amount: payout - margin, reason: 'payout', position: id } as const;
      moves.push({ from: house, fromBucket: 'real', ...own, ...gain });
    }
    if (payout < margin) {
      moves.push({ ...held, to: house, toBucket: 'real', amount: margin - payout, reason: 'loss', position: id });
    }
  }
  return moves;
}

/** What these closings take off what is to be staked of deposits: first of the older ones, then of the last. */
export function playedBy(state: LedgerState, closings: readonly Closing[]): Decision['playThrough'] {
  const played: PlayThrough[] = [];
  for (const [id, own] of Map.groupBy(closings, ({ position }) => position.wallet)) {
    const wallet = state.walletById(id);
    if (wallet.playThrough + wallet.playThroughOld === 0n) continue;
    const since = (from: number) =>
      own.reduce((sum, closing) => (closing.position.id > from ? sum + wonOrLost(closing) : sum), 0n);
    const old = least(wallet.playThroughOld, since(wallet.playThroughOldFrom));
    const last = least(wallet.playThrough, since(wallet.playThroughFrom), since(0) - old);
    if (old + last > 0n) played.push({ kind: 'played', wallet, old, last });
  }
  return played;
}

function least(...amounts: readonly bigint[]): bigint {
  return amounts.reduce((one, other) => (other < one ? other : one));
}
