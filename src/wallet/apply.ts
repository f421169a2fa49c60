import { changeBonuses, giveBonus } from './apply-bonus.ts';
import { closePlayer, play } from './apply-pool.ts';
import { closePosition, openPosition } from './apply-positions.ts';
import type { Batch } from './batch.ts';
import type { Command, OpenBook, PositionId } from './command.ts';
import { requestHash } from './command-facts.ts';
import { countHour, writeHour } from './count-hours.ts';
import type { Decision, NewHold, Protection } from './decision.ts';
import { hourOf, uncount } from './limits.ts';
import { POOL_WINDOW } from './pool.ts';
import type { CommandRecord } from './recent-commands.ts';
import { type Book, balanceOf, type LedgerState, NO_BALANCE, type Wallet } from './state.ts';
import { verdictNumber } from './verdict.ts';
import { type Cursor, touch, type Writing, writeMove } from './write-move.ts';

/** Writes a decision into memory and into the batch's columns, in one breath, and returns the answer to keep. */
export function applyDecision(
  state: LedgerState,
  batch: Batch,
  cursor: Cursor,
  command: Command,
  decision: Decision,
): CommandRecord {
  const writing: Writing = { state, batch, cursor };
  const before = cursor.seq;
  if (decision.book?.kind === 'opened') batch.books.add(openBook(writing, decision.book.command));
  for (const opening of decision.openings) openPosition(writing, opening);
  if (decision.hold !== null) setAside(writing, decision.hold);
  if (decision.newGrant !== null) giveBonus(writing, decision.newGrant);
  for (const move of decision.moves) writeMove(writing, move);
  if (decision.endsHold !== null) decision.wallet?.holds.delete(decision.endsHold);
  if (decision.protection !== null && decision.wallet !== null) {
    protect(writing, decision.wallet, decision.protection);
  }
  for (const closing of decision.closings) closePosition(writing, decision, closing);
  for (const one of decision.poolPlays) play(writing, decision, one);
  for (const loss of decision.poolLosses) closePlayer(writing, decision, loss);
  changeBonuses(writing, decision);
  changeBook(writing, decision);
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

function openBook({ state, cursor }: Writing, command: OpenBook): Book {
  const { book: id, ref, game, currency, cap, playerCap = null, pooled = false, standing = null } = command;
  const { marketSizes = [], outcomes = [] } = command;
  const at = { firstSeq: cursor.seq + 1, firstBatch: cursor.batch, lastSeq: null, epoch: 1 };
  const row = { id, ref, game, currency, cap, playerCap, pooled, standing, marketSizes, outcomes, ...at };
  return state.addBook({ ...row, state: 'open', window: pooled ? POOL_WINDOW : 1 });
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

function setAside(writing: Writing, { wallet, amount }: NewHold): void {
  const id = (writing.cursor.seq + 1) as PositionId;
  const legs = { from: wallet, fromBucket: 'real', to: wallet, toBucket: 'held' } as const;
  writeMove(writing, { ...legs, amount, reason: 'hold', position: id });
  wallet.holds.set(id, amount);
}

function protect(writing: Writing, wallet: Wallet, change: Protection): void {
  const { batch } = writing;
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
      countHour(writing, wallet, { deposited: change.amount });
      return;
    case 'noDeposit':
      writeHour(batch, wallet, uncount(wallet, hourOf(change.countedAt), { deposited: change.amount }));
      return;
    default:
      change satisfies never;
  }
}

function changeBook({ state, batch, cursor }: Writing, decision: Decision): void {
  if (decision.book?.kind !== 'changed') return;
  const { book, state: next, window, epoch } = decision.book;
  book.state = next;
  book.window = window;
  book.epoch = epoch;
  batch.books.add(book);
  if (next !== 'settled' && next !== 'voided') return;
  book.lastSeq = cursor.seq;
  state.forget(book);
}
