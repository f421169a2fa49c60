import { ZERO } from '../money.ts';
import { grantsFor, maxStakeUnder, Purse } from './bonus.ts';
import type { Adjust, Cancel, ClaimBook, CloseWindow, Command, OpenBook, OpenWindow, Stake } from './command.ts';
import { decideEndBonus, decideGrant } from './decide-bonus.ts';
import { decideSettle, decideVoid, giveBack, stakeOf } from './decide-closing.ts';
import { decideEndHold, decideHold } from './decide-holds.ts';
import { decideCancelLines, decideClosePool, decidePoolStake } from './decide-pool.ts';
import { decideDeposit, decideExclusion, decideLimit, decideNoDeposit } from './decide-protection.ts';
import { accept, CASHIER, type Decision, fence, fits, type Opening, refused } from './decision.ts';
import { breaksLimit } from './limits.ts';
import { custodyOf } from './standing.ts';
import { type LedgerState, stakedBy } from './state.ts';

/**
 * What a command does to the ledger. Pure: reads `state`, changes nothing. Refusals come in a fixed order: the rules'
 * own ruling, the book's gate, exclusion, funds, the player's limits and cap, the most that a bonus allows, exposure.
 * Every wallet concerned must be loaded. Throws only on a caller's bug.
 */
export function decide(state: LedgerState, command: Command): Decision {
  switch (command.kind) {
    case 'stake':
      return decideStake(state, command);
    case 'cancel':
      return decideCancel(state, command);
    case 'request':
      return command.ruling === undefined ? accept({}) : refused(command.ruling);
    case 'adjust':
      return decideAdjust(state, command);
    case 'grantBonus':
      return decideGrant(state, command);
    case 'endBonus':
      return decideEndBonus(state, command);
    case 'hold':
      return decideHold(state, command);
    case 'capture':
    case 'release':
      return decideEndHold(state, command);
    case 'setLimit':
      return decideLimit(state, command);
    case 'exclude':
      return decideExclusion(state, command);
    case 'countDeposit':
      return decideDeposit(state, command);
    case 'uncountDeposit':
      return decideNoDeposit(state, command);
    case 'openBook':
      return decideOpenBook(state, command);
    case 'claimBook':
      return decideClaim(state, command);
    case 'openWindow':
    case 'closeWindow':
      return decideWindow(state, command);
    case 'settle':
      return decideSettle(state, command);
    case 'void':
      return decideVoid(state, command);
    case 'cancelLines':
      return decideCancelLines(state, command);
    case 'closePool':
      return decideClosePool(state, command);
    default:
      return command satisfies never;
  }
}

function decideStake(state: LedgerState, command: Stake): Decision {
  if (command.ruling !== undefined) return refused(command.ruling);
  const book = state.books.get(command.book);
  if (book !== undefined && book.pool !== null) return decidePoolStake(state, book, book.pool, command);
  if (book === undefined || book.state !== 'open' || book.window !== command.window) return refused('BETTING_CLOSED');
  const wallet = state.walletOf(command.origin, book.currency);
  let [total, liability] = [0n, 0n];
  for (const line of command.lines) {
    total += line.amount;
    liability += line.liability;
  }
  if (state.now < wallet.excludedUntil) return refused('SELF_EXCLUDED', wallet);
  const takesBonuses = book.standing === null && wallet.grants.length > 0;
  const grants = takesBonuses ? grantsFor(wallet.grants, book.game, state.now) : [];
  const purse = new Purse(wallet.real, grants, state.stakeOrder);
  if (total > purse.total) return refused('INSUFFICIENT_FUNDS', wallet);
  if (wallet.limits.length > 0) {
    const lost = total + state.standingOf(wallet.id);
    if (breaksLimit(wallet, state.now, { wagered: total, lost })) return refused('PLAYER_LIMIT', wallet);
  }
  if (book.playerCap !== null && stakedBy(book, wallet.id) + total > book.playerCap) {
    return refused('ABOVE_MAXIMUM', wallet);
  }
  const most = maxStakeUnder(grants);
  if (most !== null && stakedBy(book, wallet.id) + total > most) return refused('BONUS_MAX_STAKE', wallet);
  if (!fits(wallet, liability)) return refused('ABOVE_MAXIMUM', wallet);
  if (book.exposure.worstWith(command.lines) > book.cap) return refused('EXPOSURE_LIMIT', wallet);

  const escrow = custodyOf(state, book, wallet);
  const openings = command.lines.map(({ selection, amount, liability }): Opening => {
    return { wallet, escrow, book, selection, window: book.window, liability, ...purse.draw(amount) };
  });
  return accept({ wallet, openings });
}

/**
 * Undo: only one's own, and only within the window it was accepted in, or it would be a free look at the cards. Refused
 * where bets on other sides were taken because of it and the house would be exposed beyond the cap without it.
 */
function decideCancel(state: LedgerState, command: Cancel): Decision {
  if (command.ruling !== undefined) return refused(command.ruling);
  const book = state.books.get(command.book);
  const position = book?.positions.get(command.position);
  const isWhole = book === undefined || book.pooled || book.standing !== null;
  if (isWhole || position?.owner !== command.origin) return refused('NOT_OPEN');
  const wallet = state.walletById(position.wallet);
  if (book.state !== 'open' || book.window !== position.window) return refused('BETTING_CLOSED', wallet);
  const worst = book.exposure.worstWithout(position.selection, stakeOf(position), position.liability);
  if (worst > book.cap && worst > book.exposure.worstWith([])) return refused('EXPOSURE_LIMIT', wallet);
  return accept({ wallet, ...giveBack(state, book, [position]) });
}

function decideAdjust(state: LedgerState, { owner, currency, amount, playThrough = ZERO, from }: Adjust): Decision {
  const wallet = state.walletOf(owner, currency);
  const other = state.systemWallet(from ?? CASHIER, currency);
  const legs = { position: 0, fromBucket: 'real', toBucket: 'real' } as const;
  if (amount < 0n) {
    if (wallet.real < -amount) return refused('INSUFFICIENT_FUNDS', wallet);
    return accept({ wallet, moves: [{ ...legs, from: wallet, to: other, amount: -amount, reason: 'debit' }] });
  }
  if (!fits(wallet, amount)) return refused('ABOVE_MAXIMUM', wallet);
  const moves = [{ ...legs, from: other, to: wallet, amount, reason: 'credit' }] as const;
  return accept({
    wallet,
    moves,
    playThrough: playThrough > 0n ? [{ kind: 'deposited', wallet, amount: playThrough }] : [],
  });
}

function decideOpenBook(state: LedgerState, command: OpenBook): Decision {
  if (state.books.has(command.book)) throw new Error(`book ${command.book} is open already`);
  return accept({ epoch: 1, book: { kind: 'opened', command } });
}

function decideClaim(state: LedgerState, command: ClaimBook): Decision {
  const book = state.books.get(command.book);
  if (book === undefined) return refused('NOT_OPEN');
  const epoch = book.epoch + 1;
  return accept({ epoch, book: { kind: 'changed', book, state: book.state, window: book.window, epoch } });
}

function decideWindow(state: LedgerState, { kind, book: id, epoch, window }: OpenWindow | CloseWindow): Decision {
  const book = state.books.get(id);
  const fenced = fence(book, epoch);
  if (book === undefined || fenced !== null) return refused(fenced ?? 'NOT_OPEN');
  if (kind === 'openWindow') {
    if (book.state !== 'closed' || window <= book.window || book.pooled || book.standing) return refused('NOT_OPEN');
    return accept({ epoch, book: { kind: 'changed', book, state: 'open', window, epoch } });
  }
  if (book.state !== 'open' || window !== book.window) return refused('NOT_OPEN');
  return accept({ epoch, book: { kind: 'changed', book, state: 'closed', window, epoch } });
}
