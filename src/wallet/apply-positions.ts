import { grantOf, releaseShares } from './apply-bonus.ts';
import { enterPool, leavePool } from './apply-pool.ts';
import type { Batch } from './batch.ts';
import { sumOfShares } from './bonus.ts';
import type { PositionId } from './command.ts';
import { countHour, writeHour } from './count-hours.ts';
import { forfeitedOf, sharesOf, stakeOf } from './decide-closing.ts';
import type { Closing, Decision, Opening } from './decision.ts';
import { uncount } from './limits.ts';
import { wonOrLost } from './standing.ts';
import { addPosition, type Book, OUTCOME, type Position, removePosition, type Wallet } from './state.ts';
import { touch, type Writing, writeMove } from './write-move.ts';

/** One experience point per 100 minor units staked (S2-36). */
const XP_STAKE_MINOR = 100n;

/**
 * The stake moves to escrow: that transfer is the position. A stake from real money and
 * bonuses is a row for each of them.
 */
export function openPosition(writing: Writing, opening: Opening): void {
  const { wallet, escrow, book, selection, window, liability, real, shares } = opening;
  if (wallet.owner === null) throw new Error(`system wallet ${wallet.id} cannot stake`);
  const id = (writing.cursor.seq + 1) as PositionId;
  const leg = { from: wallet, to: escrow, reason: 'stake', position: id } as const;
  const toBucket = escrow === wallet ? 'held' : 'real';
  const row = { book: book.id, selection, window, liability };
  const rest = { ...row, liability: 0n };
  if (real > 0n) writeMove(writing, { ...leg, fromBucket: 'real', toBucket, amount: real }, row);
  for (const [index, { grant: of, amount }] of shares.entries()) {
    const grant = grantOf(wallet, of);
    const move = { ...leg, fromBucket: 'bonus', toBucket: 'bonus', amount, grant } as const;
    writeMove(writing, move, index > 0 || real > 0n ? rest : row);
    grant.atStake += amount;
  }
  const bonus = sumOfShares(shares);
  const stake = real + bonus;
  wallet.turnover += stake;
  if (book.standing === null) wallet.xp += stake / XP_STAKE_MINOR;
  wallet.bets += 1;
  countHour(writing, wallet, { wagered: stake, lost: book.standing === null ? stake : 0n });
  const { hour } = wallet;
  const at = { selection, window, liability, hour };
  const position = { id, wallet: wallet.id, owner: wallet.owner, ...at, real, bonus, shares };
  addPosition(book, position);
  if (book.standing !== null) listOpen(writing.batch, book, position);
  if (book.pool !== null) enterPool(writing, book, book.pool, { wallet, selection, stake });
}

function listOpen({ opened: to }: Batch, book: Book, { id, wallet, real, hour }: Position): void {
  to.position.integer(id);
  to.book.integer(book.id);
  to.wallet.integer(wallet);
  to.stake.bigint(real);
  to.hour.integer(hour);
}

export function closePosition(writing: Writing, decision: Decision, closing: Closing): void {
  const { state, batch } = writing;
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
  const forfeited = forfeitedOf(wallet, closing);
  if (position.shares.length > 0) releaseShares(writing, wallet, position);
  if (book.pool !== null) leavePool(writing, book, book.pool, position, outcome === 'cancelled');
  if (book.standing !== null) batch.ended.push(position.id);
  if (outcome === 'cancelled') {
    removePosition(book, position);
    uncountOpening(batch, wallet, book, position);
    return;
  }
  if (book.standing === null) {
    book.positions.delete(position.id);
    book.counted.add(wallet.id);
  } else {
    removePosition(book, position);
    if (book.standing === 'stake') wallet.xp += wonOrLost(closing) / XP_STAKE_MINOR;
  }
  const [real, bonus] = sharesOf(closing);
  const lost = (book.standing === null ? 0n : stakeOf(position)) - (payout - forfeited);
  if (lost !== 0n) countHour(writing, wallet, { lost });
  // Two opposite trades lose as much as they win, and may be closed one after the other: no loss to pay cashback for.
  if (book.standing !== 'margin') wallet.netLoss += position.real - real;
  if (real < position.real) wallet.realLosses += position.real - real;
  if (bonus < position.bonus) wallet.bonusLosses += position.bonus - bonus;
}

/** What was undone or void has never been: everything that was counted when it was opened is so no more. */
function uncountOpening(batch: Batch, wallet: Wallet, book: Book, position: Position): void {
  const stake = stakeOf(position);
  wallet.turnover -= stake;
  if (book.standing === null) wallet.xp -= stake / XP_STAKE_MINOR;
  wallet.bets -= 1;
  const lost = book.standing === null ? stake : 0n;
  writeHour(batch, wallet, uncount(wallet, position.hour, { wagered: stake, lost }));
}
