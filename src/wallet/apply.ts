import type { Batch } from './batch.ts';
import { type BookId, type Command, type PositionId, requestHash } from './command.ts';
import { sharesOf, stakeOf } from './decide-closing.ts';
import type { Closing, Decision, Move, NewHold, Opening, Protection } from './decision.ts';
import { count, type HourSums, hourOf, uncount } from './limits.ts';
import type { CommandRecord } from './recent-commands.ts';
import {
  addPosition,
  BUCKET,
  balanceOf,
  cancelPosition,
  type LedgerState,
  NO_BALANCE,
  OUTCOME,
  REASON,
  type Wallet,
} from './state.ts';
import { verdictNumber } from './verdict.ts';

/** One experience point per 100 minor units staked (S2-36). */
const XP_STAKE_MINOR = 100n;

/** Where the next rows go. */
export interface Cursor {
  /** The last transfer's sequence number. */
  seq: number;
  /** The number that the batch under construction will have. */
  readonly batch: number;
}

/** Writes a decision into memory and into the batch's columns, in one breath, and returns the answer to keep. */
export function applyDecision(
  state: LedgerState,
  batch: Batch,
  cursor: Cursor,
  command: Command,
  decision: Decision,
): CommandRecord {
  const before = cursor.seq;
  if (decision.book?.kind === 'opened') {
    const { book: id, ref, game, currency, cap, playerCap = null } = decision.book.command;
    const at = { firstSeq: cursor.seq + 1, firstBatch: cursor.batch, lastSeq: null };
    const row = { id, ref, game, currency, cap, playerCap, ...at, epoch: 1, state: 'open', window: 1 } as const;
    batch.books.add(state.addBook(row));
  }
  for (const opening of decision.openings) openPosition(state, batch, cursor, opening);
  for (const move of decision.moves) writeMove(batch, cursor, move);
  if (decision.hold !== null) setAside(batch, cursor, decision.hold);
  if (decision.endsHold !== null) decision.wallet?.holds.delete(decision.endsHold);
  if (decision.protection !== null && decision.wallet !== null) {
    protect(state, batch, decision.wallet, decision.protection);
  }
  for (const closing of decision.closings) closePosition(state, batch, decision, closing);
  changeBook(state, batch, cursor, decision);
  const moves = cursor.seq - before;
  const balance = decision.wallet === null ? NO_BALANCE : balanceOf(decision.wallet);
  const record: CommandRecord = {
    hash: requestHash(command),
    verdict: decision.verdict,
    seq: moves > 0 ? before + 1 : 0,
    moves,
    balance: decision.epoch > 0 ? { ...balance, version: decision.epoch } : balance,
  };
  writeCommand(batch, command, record);
  return record;
}

function writeCommand(batch: Batch, command: Command, { hash, verdict, seq, moves, balance }: CommandRecord): void {
  const to = batch.command;
  to.hash.bigint(hash);
  to.seq.integer(seq);
  to.version.integer(balance.version);
  to.real.bigint(balance.real);
  to.bonus.bigint(balance.bonus);
  to.held.bigint(balance.held);
  to.key.uuid(command.key);
  to.origin.uuid(command.origin);
  to.moves.small(moves);
  to.verdict.small(verdictNumber(verdict));
  to.ord.small(to.ord.length);
}

/** The stake moves to escrow: that transfer is the position. A stake from two buckets is two rows of one position. */
function openPosition(state: LedgerState, batch: Batch, cursor: Cursor, opening: Opening): void {
  const { wallet, escrow, book, selection, window, liability, real, bonus } = opening;
  if (wallet.owner === null) throw new Error(`system wallet ${wallet.id} cannot stake`);
  const id = (cursor.seq + 1) as PositionId;
  const leg = { from: wallet, to: escrow, reason: 'stake', position: id } as const;
  let reserved: bigint = liability;
  for (const [bucket, amount] of [
    ['real', real],
    ['bonus', bonus],
  ] as const) {
    if (amount === 0n) continue;
    writeMove(
      batch,
      cursor,
      { ...leg, fromBucket: bucket, toBucket: bucket, amount },
      { book: book.id, selection, window, liability: reserved },
    );
    reserved = 0n;
  }
  const stake = real + bonus;
  wallet.turnover += stake;
  wallet.xp += stake / XP_STAKE_MINOR;
  wallet.bets += 1;
  countHour(state, batch, wallet, { wagered: stake, lost: stake });
  const { hour } = wallet;
  addPosition(book, { id, wallet: wallet.id, owner: wallet.owner, selection, window, liability, real, bonus, hour });
}

function setAside(batch: Batch, cursor: Cursor, { wallet, amount }: NewHold): void {
  const id = (cursor.seq + 1) as PositionId;
  const legs = { from: wallet, fromBucket: 'real', to: wallet, toBucket: 'held' } as const;
  writeMove(batch, cursor, { ...legs, amount, reason: 'hold', position: id });
  wallet.holds.set(id, amount);
}

function protect(state: LedgerState, batch: Batch, wallet: Wallet, change: Protection): void {
  touch(batch, wallet);
  switch (change.kind) {
    case 'limit': {
      const { kind, days } = change.limit;
      const at = wallet.limits.findIndex((limit) => limit.kind === kind && limit.days === days);
      wallet.limits.splice(at === -1 ? wallet.limits.length : at, 1, change.limit);
      batch.limits.push({ wallet: wallet.id, ...change.limit });
      return;
    }
    case 'exclusion':
      wallet.excludedUntil = change.until;
      return;
    case 'deposit':
      countHour(state, batch, wallet, { deposited: change.amount });
      return;
    case 'noDeposit':
      writeHour(batch, wallet, uncount(wallet, hourOf(change.countedAt), { deposited: change.amount }));
      return;
    default:
      change satisfies never;
  }
}

/** Counts towards the player's limits, set or not: one that is set later looks back. */
function countHour({ now }: LedgerState, batch: Batch, wallet: Wallet, more: Partial<HourSums>): void {
  writeHour(batch, wallet, count(wallet, now, more));
}

function writeHour(batch: Batch, wallet: Wallet, over: ReturnType<typeof count>): void {
  if (over === null) return;
  const to = batch.hours;
  to.wallet.integer(wallet.id);
  to.hour.integer(over.hour);
  to.wagered.bigint(over.sums.wagered);
  to.lost.bigint(over.sums.lost);
  to.deposited.bigint(over.sums.deposited);
}

function closePosition(state: LedgerState, batch: Batch, decision: Decision, closing: Closing): void {
  const { position, payout, outcome } = closing;
  const book = decision.closesIn;
  if (book === null || !book.positions.has(position.id)) throw new Error(`position ${position.id} is not open`);
  const to = batch.closing;
  to.position.integer(position.id);
  to.payout.bigint(payout);
  to.ord.small(to.ord.length);
  to.outcome.small(OUTCOME[outcome]);
  const wallet = state.walletById(position.wallet);
  touch(batch, wallet);
  if (outcome === 'cancelled') {
    const stake = stakeOf(position);
    cancelPosition(book, position);
    wallet.turnover -= stake;
    wallet.xp -= stake / XP_STAKE_MINOR;
    wallet.bets -= 1;
    writeHour(batch, wallet, uncount(wallet, position.hour, { wagered: stake, lost: stake }));
    return;
  }
  book.positions.delete(position.id);
  if (payout > 0n) countHour(state, batch, wallet, { lost: -payout });
  const [real, bonus] = sharesOf(closing);
  if (real < position.real) wallet.realLosses += position.real - real;
  if (bonus < position.bonus) wallet.bonusLosses += position.bonus - bonus;
}

function changeBook(state: LedgerState, batch: Batch, cursor: Cursor, decision: Decision): void {
  if (decision.book?.kind !== 'changed') return;
  const { book, state: next, window, epoch } = decision.book;
  book.state = next;
  book.window = window;
  book.epoch = epoch;
  batch.books.add(book);
  if (next !== 'settled' && next !== 'voided') return;
  book.lastSeq = cursor.seq;
  state.books.delete(book.id);
}

interface OpeningColumns {
  readonly book: BookId;
  readonly selection: number;
  readonly window: number;
  readonly liability: bigint;
}

function writeMove(batch: Batch, cursor: Cursor, move: Move, opening?: OpeningColumns): void {
  const { from, fromBucket, to, toBucket, amount } = move;
  touch(batch, from);
  touch(batch, to);
  from[fromBucket] -= amount;
  to[toBucket] += amount;
  from.version += 1;
  to.version += 1;
  cursor.seq += 1;
  const row = batch.transfer;
  row.seq.integer(cursor.seq);
  batch.previous.debit.integer(from.lastSeq);
  batch.previous.credit.integer(to.lastSeq);
  from.lastSeq = cursor.seq;
  to.lastSeq = cursor.seq;
  row.debit.integer(from.id);
  row.credit.integer(to.id);
  row.amount.bigint(amount);
  row.position.integer(move.position);
  // 0 and -1 stand for null in the columns: arrays without nulls are cheaper, and neither is a value of these columns.
  row.book.integer(opening?.book ?? 0);
  row.liability.bigint(opening?.liability ?? -1n);
  row.debitBucket.small(BUCKET[fromBucket]);
  row.creditBucket.small(BUCKET[toBucket]);
  row.reason.small(REASON[move.reason]);
  row.selection.small(opening?.selection ?? -1);
  row.window.small(opening?.window ?? 0);
}

function touch(batch: Batch, wallet: Wallet): void {
  if (wallet.before !== null) return;
  const { version, real, bonus, held, turnover, realLosses, bonusLosses, xp, bets } = wallet;
  wallet.before = { version, real, bonus, held, turnover, realLosses, bonusLosses, xp, bets };
  batch.touched.push(wallet);
}
