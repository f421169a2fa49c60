import { selectionOf } from '../games/lottery/number.ts';
import { settleLine } from '../games/lottery/payout.ts';
import { deterministicKey, uuid7 } from '../ids.ts';
import { minor, percentageOf, ZERO } from '../money.ts';
import { insist } from '../rounds/insist.ts';
import { type Adjust, type Close, type Command, LINES_MAX, SYSTEM } from '../wallet/command.ts';
import { openLinesOn, paidOn, poolPlayers } from '../wallet/pool-reads.ts';
import { balancesOf, findBook } from '../wallet/reads.ts';
import { bringBackUndelivered, takeUndelivered } from './deliveries.ts';
import { LOTTERY, patience, phaseKey } from './deps.ts';
import type { LotteryParts } from './parts.ts';
import { type PhaseRow, settingsOf } from './phase-row.ts';
import { recordSettled } from './phase-store.ts';
import {
  insertSettlement,
  insertShares,
  recordCommissions,
  recordPayouts,
  type Share,
  sharesOf,
  stakesOf,
  unpaidCommissions,
} from './settlement-store.ts';
import { phaseComplete, tellSettled } from './telling.ts';

/** One batch of the wallet, and others' bets between two of them. */
const COMMISSIONS_AT_ONCE = 200;

/**
 * Pays a phase out (S3-21): its winners line by line, all else is lost by the book's own settlement, in chunks between
 * which others' bets are taken; then the collectors' commission, then the one row of its settlement (S3-05) with what
 * every slip and collector came to. Stopped anywhere and run again it finds what is left to do, and does it once.
 */
export async function settle(parts: LotteryParts, phase: PhaseRow): Promise<void> {
  const { database } = parts;
  const book = await findBook(database, phase.book);
  if (book?.state !== 'settled') {
    const epoch = await parts.books.epochOf(phase);
    await payWinners(parts, phase, epoch);
    await closeBook(parts, phase, epoch);
  }
  await insertShares(database, phase.id, await reckon(parts, phase));
  await payCommissions(parts, phase);
  if (await finish(parts, phase)) await tellCollectors(parts, phase);
}

async function payWinners(parts: LotteryParts, phase: PhaseRow, epoch: number): Promise<void> {
  const winning = numberOf(phase);
  const { multipliers } = settingsOf(phase, new Map());
  for (let after = 0; ; ) {
    const page = { after, limit: LINES_MAX };
    const lines = await openLinesOn(parts.database, phase.book, selectionOf(winning), page);
    const last = lines.at(-1);
    if (last === undefined) return;
    const closes = lines.map(
      ({ id, stake }): Close => ({ position: id, ...settleLine(stake, winning, winning, multipliers) }),
    );
    const request = closes.map(({ position, payout }) => `${position}:${payout}`).join();
    const key = phaseKey(phase, epoch, 'settle', lines[0]?.id ?? 0, last.id);
    const { book } = phase;
    await ask(parts, { kind: 'settle', origin: SYSTEM, key, request, book, epoch, closes, last: false });
    after = last.id;
  }
}

/** Whatever is open now is lost. */
async function closeBook(parts: LotteryParts, phase: PhaseRow, epoch: number): Promise<void> {
  const close = async (wallets: readonly number[], last: boolean) => {
    const key = phaseKey(phase, epoch, 'lost', wallets[0] ?? 0, wallets.at(-1) ?? 0);
    const request = `${wallets.join()}|${last}`;
    await ask(parts, { kind: 'closePool', origin: SYSTEM, key, request, book: phase.book, epoch, wallets, last });
  };
  for (let after = 0; ; ) {
    const players = await poolPlayers(parts.database, phase.book, { after, limit: LINES_MAX });
    const last = players.at(-1);
    if (last === undefined) break;
    await close(
      players.map(({ wallet }) => wallet),
      false,
    );
    after = last.wallet;
  }
  await close([], true);
}

/** From what the slips staked and the ledger paid. */
async function reckon({ database }: LotteryParts, phase: PhaseRow): Promise<readonly Share[]> {
  const paid = await paidOn(database, phase.book, selectionOf(numberOf(phase)));
  const won = new Map(paid.map(({ owner, lines, payout }) => [owner, { winningLines: lines, payout }]));
  const staked = await stakesOf(database, phase.id);
  return staked.map((stakes) => ({
    ...stakes,
    ...(won.get(stakes.userId) ?? { winningLines: 0, payout: ZERO }),
    commission: percentageOf(stakes.stake, phase.commission),
  }));
}

/** Under keys that follow from phase and collector: credited once, whoever asks. */
async function payCommissions(parts: LotteryParts, phase: PhaseRow): Promise<void> {
  const { database } = parts;
  for (;;) {
    const unpaid = await unpaidCommissions(database, phase.id, COMMISSIONS_AT_ONCE);
    if (unpaid.length === 0) return;
    const credited = unpaid.map(async (share) => {
      const { seq } = await ask(parts, commissionOf(phase, share));
      return { userId: share.userId, seq };
    });
    await recordCommissions(database, phase.id, await Promise.all(credited));
  }
}

function commissionOf({ id, name, currency }: PhaseRow, { userId: owner, commission: amount }: Share): Adjust {
  const key = deterministicKey(LOTTERY, id, 'commission', owner);
  const request = `commission of ${name} ${owner} ${amount}`;
  return { kind: 'adjust', origin: SYSTEM, key, request, owner, currency, amount, from: 'commission' };
}

/** True for the one who finishes it. */
function finish({ database, clock }: LotteryParts, phase: PhaseRow): Promise<boolean> {
  const at = new Date(clock.now());
  const { id, settlingBy: by } = phase;
  if (by === null) throw new Error(`nobody has asked to settle phase ${id}`);
  return database.transaction(async (tx) => {
    if (!(await recordSettled(tx, id, at))) return false;
    await recordPayouts(tx, phase, numberOf(phase));
    await insertSettlement(tx, id, { id: uuid7<string>(at.getTime()), by, at });
    return true;
  });
}

async function tellCollectors({ database, channels, clock }: LotteryParts, { id, currency }: PhaseRow): Promise<void> {
  const shares = await sharesOf(database, id);
  const balances = await balancesOf(
    database,
    currency,
    shares.map(({ userId }) => userId),
  );
  for (const { userId, payout, commission } of shares) {
    const balance = balances.get(userId);
    const change = minor(payout + commission);
    if (balance !== undefined && change > 0n) tellSettled(channels, userId, change, balance);
  }
  const here = shares.map(({ userId }) => userId).filter((userId) => channels.hears(userId, 'phase_complete'));
  const results = await takeUndelivered(database, { phase: id, users: here }, new Date(clock.now()));
  const unheard = results.filter((result) => {
    const message = phaseComplete(result, balances.get(result.userId));
    return !channels.tell(result.userId, 'phase_complete', message);
  });
  await bringBackUndelivered(database, unheard);
}

function ask(parts: LotteryParts, command: Command) {
  return insist(parts.wallet, parts.clock, command, patience(parts));
}

function numberOf({ id, winningNumber }: PhaseRow) {
  if (winningNumber === null) throw new Error(`phase ${id} has no winning number`);
  return winningNumber;
}
