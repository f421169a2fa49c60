import type { Batch } from './batch.ts';
import type { Grant } from './bonus.ts';
import type { BookId } from './command.ts';
import type { Move } from './decision.ts';
import { BUCKET, type LedgerState, REASON, type Wallet } from './state.ts';

/** Where the next rows go. */
export interface Cursor {
  /** The last transfer's sequence number. */
  seq: number;
  /** The number that the batch under construction will have. */
  readonly batch: number;
}

/** Memory and the batch under construction: whatever a decision changes is written into both in one breath. */
export interface Writing {
  readonly state: LedgerState;
  readonly batch: Batch;
  readonly cursor: Cursor;
}

/** What a transfer that opens a position says besides. */
export interface OpeningColumns {
  readonly book: BookId;
  readonly selection: number;
  readonly window: number;
  readonly liability: bigint;
}

/** One transfer, with all it changes. */
export function writeMove(writing: Writing, move: Move, opening?: OpeningColumns): void {
  const { batch, cursor } = writing;
  const { from, fromBucket, to, toBucket, amount, grant } = move;
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
  batch.grantOf.integer(grant?.id ?? 0);
  if (grant === undefined) return;
  batch.movesBonuses = true;
  touchGrant(writing, grant);
  if (fromBucket === 'bonus' && from.id === grant.wallet) grant.balance -= amount;
  if (toBucket === 'bonus' && to.id === grant.wallet) grant.balance += amount;
}

/** Call it before a bonus changes. */
export function touchGrant({ state, batch }: Writing, grant: Grant): void {
  if (grant.before !== null || batch.newGrants.has(grant)) return;
  touch(batch, state.walletById(grant.wallet));
  grant.before = grant.version;
  grant.version += 1;
  batch.grants.push(grant);
}

/** Call it before a wallet changes. */
export function touch(batch: Batch, wallet: Wallet): void {
  if (wallet.before !== null) return;
  const { version, real, bonus, held, turnover, realLosses, bonusLosses, netLoss, xp, bets } = wallet;
  wallet.before = { version, real, bonus, held, turnover, realLosses, bonusLosses, netLoss, xp, bets };
  batch.touched.push(wallet);
}
