import type { CancelLines, ClosePool, Stake } from './command.ts';
import { giveBack } from './decide-closing.ts';
import {
  accept,
  type Decision,
  escrowOf,
  fence,
  fits,
  houseOf,
  type Move,
  type Opening,
  type PoolLoss,
  refused,
} from './decision.ts';
import { breaksLimit } from './limits.ts';
import { POOL_WINDOW, type Pool, withinLimits } from './pool.ts';
import { type Book, type LedgerState, type Position, stakedBy } from './state.ts';

/**
 * A stake on a pool. Refusals in this order: PHASE_CLOSED, SELF_EXCLUDED, INSUFFICIENT_FUNDS (of real money: a pool
 * takes no other), NUMBER_LIMIT_EXCEEDED (after the funds: it tells of what others have staked), PLAYER_LIMIT,
 * ABOVE_MAXIMUM, EXPOSURE_LIMIT.
 */
export function decidePoolStake(state: LedgerState, book: Book, pool: Pool, command: Stake): Decision {
  if (book.state !== 'open' || command.window !== POOL_WINDOW) return refused('PHASE_CLOSED');
  const wallet = state.walletOf(command.origin, book.currency);
  if (state.now < wallet.excludedUntil) return refused('SELF_EXCLUDED', wallet);
  const lines = withinLimits(pool.totals, command.lines, command.overLimit ?? 'refuse');
  let [total, liability] = [0n, 0n];
  for (const line of lines ?? command.lines) {
    total += line.amount;
    liability += line.liability;
  }
  if (total > wallet.real) return refused('INSUFFICIENT_FUNDS', wallet);
  if (lines === null) return refused('NUMBER_LIMIT_EXCEEDED', wallet);
  if (wallet.limits.length > 0) {
    const lost = total + state.standingOf(wallet.id);
    if (breaksLimit(wallet, state.now, { wagered: total, lost })) return refused('PLAYER_LIMIT', wallet);
  }
  if (book.playerCap !== null && stakedBy(book, wallet.id) + total > book.playerCap) {
    return refused('ABOVE_MAXIMUM', wallet);
  }
  if (!fits(wallet, liability)) return refused('ABOVE_MAXIMUM', wallet);
  if (book.exposure.worstWith(lines) > book.cap) return refused('EXPOSURE_LIMIT', wallet);
  const escrow = state.systemWallet(escrowOf(book.game), book.currency);
  const openings = lines.map(({ selection, amount, liability }): Opening => {
    return { wallet, escrow, book, selection, window: POOL_WINDOW, liability, real: amount, shares: [] };
  });
  // Counted at once: nobody but the house can take a line back, and then it is put back.
  const old = total < wallet.playThroughOld ? total : wallet.playThroughOld;
  const last = total - old < wallet.playThrough ? total - old : wallet.playThrough;
  if (old + last === 0n) return accept({ wallet, openings });
  const poolPlays = [{ wallet, change: old + last }];
  return accept({ wallet, openings, closesIn: book, poolPlays, playThrough: [{ kind: 'played', wallet, old, last }] });
}

/** Refused `NOT_OPEN` where the pool takes no stakes any more, or has one of these not open; `BOOK_FENCED`. */
export function decideCancelLines(state: LedgerState, command: CancelLines): Decision {
  const book = state.books.get(command.book);
  const fenced = fence(book, command.epoch);
  if (book === undefined || fenced !== null) return refused(fenced ?? 'NOT_OPEN');
  if (book.pool === null || book.state !== 'open') return refused('NOT_OPEN');
  const positions: Position[] = [];
  for (const id of new Set(command.positions)) {
    const position = book.positions.get(id);
    if (position === undefined) return refused('NOT_OPEN');
    positions.push(position);
  }
  const stakes = new Map<number, bigint>();
  for (const { wallet, real } of positions) stakes.set(wallet, (stakes.get(wallet) ?? 0n) + real);
  const { players } = book.pool;
  const returned = [...stakes].map(([id, stake]) => {
    const played = players.get(id)?.played ?? 0n;
    return { wallet: state.walletById(id), amount: stake < played ? stake : played };
  });
  return accept({
    epoch: book.epoch,
    ...giveBack(state, book, positions),
    poolPlays: returned.map(({ wallet, amount }) => ({ wallet, change: -amount })),
    playThrough: returned.map((back) => ({ kind: 'returned', ...back })),
  });
}

/**
 * Ends a closed pool for some of its players. What they have open is the house's. Refused `NOT_OPEN` before it is
 * closed, or where one of them has no part in it any more; `BOOK_FENCED`. Throws when it is finished too early.
 */
export function decideClosePool(state: LedgerState, command: ClosePool): Decision {
  const book = state.books.get(command.book);
  const fenced = fence(book, command.epoch);
  if (book === undefined || fenced !== null) return refused(fenced ?? 'NOT_OPEN');
  if (book.pool === null || (book.state !== 'closed' && book.state !== 'settling')) return refused('NOT_OPEN');
  const poolLosses: PoolLoss[] = [];
  for (const id of new Set(command.wallets)) {
    const player = book.pool.players.get(id);
    if (player === undefined) return refused('NOT_OPEN');
    poolLosses.push({ wallet: state.walletById(id), player });
  }
  if (command.last && poolLosses.length !== book.pool.players.size) {
    throw new Error(`pool ${book.id}: finished with open positions`);
  }
  return accept({
    epoch: book.epoch,
    poolLosses,
    closesIn: book,
    moves: takings(state, book, poolLosses),
    book: {
      ...{ kind: 'changed', book, window: book.window, epoch: book.epoch },
      state: command.last ? 'settled' : 'settling',
    },
  });
}

function takings(state: LedgerState, book: Book, losses: readonly PoolLoss[]): readonly Move[] {
  let amount = 0n;
  for (const { player } of losses) amount += player.stake;
  if (amount === 0n) return [];
  const from = state.systemWallet(escrowOf(book.game), book.currency);
  const to = state.systemWallet(houseOf(book.game), book.currency);
  return [{ from, fromBucket: 'real', to, toBucket: 'real', amount, reason: 'house', position: 0 }];
}
