import { acceptsSlip } from '../games/lottery/accept.ts';
import { applyLimits, limitOf } from '../games/lottery/limits.ts';
import { type LotteryNumber, numberAt, selectionOf } from '../games/lottery/number.ts';
import { liabilityOf } from '../games/lottery/payout.ts';
import type { Line } from '../games/lottery/slip/lines.ts';
import { parseSlip } from '../games/lottery/slip/parse-slip.ts';
import { type Minor, minor, ZERO } from '../money.ts';
import { isRefusal, type Refusal, type RefusalCode, refuse } from '../refusal.ts';
import { askUntilKnown } from '../rounds/insist.ts';
import type { Balance, PositionId, Stake, StakeLine } from '../wallet/command.ts';
import { POOL_WINDOW } from '../wallet/pool.ts';
import { positionsOpenedBy } from '../wallet/reads.ts';
import { isRecorded } from '../wallet/verdict.ts';
import { patience } from './deps.ts';
import { numberLimits } from './limit-store.ts';
import type { LotteryParts } from './parts.ts';
import { type PhaseRow, ruleOf, settingsOf } from './phase-row.ts';
import type { Said, SlipRow } from './slip-row.ts';
import { recordPlaced, recordRefused } from './slip-store.ts';
import { tellPlaced } from './telling.ts';

/** A slip that the wallet has taken: what was taken of it, and what was left with the money. */
export interface PlacedSlip {
  readonly ok: true;
  readonly lines: readonly Line[];
  readonly total: Minor;
  readonly balance: Balance;
}

/**
 * Why the rules refuse these lines at `receivedAt`; null where they do not. The limits of numbers are left to the
 * wallet, which asks for the money first: what others have staked is not to be had for nothing.
 */
export async function rulingOn(
  { database, wallet }: LotteryParts,
  phase: PhaseRow,
  lines: readonly Line[],
  receivedAt: number,
): Promise<Refusal | null> {
  const settings = settingsOf(phase, await numberLimits(database, phase.id));
  const verdict = acceptsSlip(ruleOf(phase), settings, lines, takenIn(wallet, phase), receivedAt);
  return isRefusal(verdict) && verdict.code !== 'NUMBER_LIMIT_EXCEEDED' ? verdict : null;
}

/**
 * Asks the wallet for a slip under its collector's own key, all lines in one command, and records the answer. The limit
 * of every number is decided there, in the order in which slips come (S3-09, S3-11). It may be repeated: the first
 * answer stands.
 */
export async function place(parts: LotteryParts, phase: PhaseRow, slip: SlipRow): Promise<PlacedSlip | Refusal> {
  const { database, wallet, clock, channels, feed } = parts;
  const answer = await askUntilKnown(wallet, clock, await commandOf(parts, phase, slip), patience(parts));
  if (!answer.ok) {
    // A phase that is settled has no book any more, and nothing to tell it from a table's.
    const code = answer.code === 'BETTING_CLOSED' ? 'PHASE_CLOSED' : (answer.code as RefusalCode);
    const said = slip.said ?? (code === 'NUMBER_LIMIT_EXCEEDED' ? await numbersConcerned(parts, phase, slip) : null);
    await recordRefused(database, slip.id, code, said);
    return refuse(code, said?.message, said?.details);
  }
  const opened = await positionsOpenedBy(database, answer);
  const lines = opened.map(({ selection, stake }): Line => ({ number: numberAt(selection), amount: stake }));
  const total = minor(lines.reduce((sum, { amount }) => sum + amount, 0n));
  const placed = { seq: answer.seq as PositionId, lines: lines.length, total };
  if (await recordPlaced(database, slip.id, placed)) {
    tellPlaced(channels, slip, total, answer.balance);
    feed.changed(
      phase,
      lines.map(({ number }) => number),
    );
  }
  return { ok: true, lines, total, balance: answer.balance };
}

async function commandOf({ database }: LotteryParts, phase: PhaseRow, slip: SlipRow): Promise<Stake> {
  const { userId: origin, key, id, text, ruling } = slip;
  const { book, overLimit } = phase;
  const command = { kind: 'stake', origin, key, request: `slip ${id}`, book, window: POOL_WINDOW } as const;
  if (ruling !== null) {
    if (!isRecorded(ruling)) throw new Error(`slip ${id}: ${ruling} cannot be put on record`);
    return { ...command, lines: [], ruling };
  }
  const { limits, multipliers } = settingsOf(phase, await numberLimits(database, phase.id));
  const lines = parseSlip(text).lines.map(({ number, amount }): StakeLine => {
    const line = { selection: selectionOf(number), amount, liability: liabilityOf(amount, multipliers) };
    return overLimit === 'lay-off' ? line : { ...line, limit: limitOf(number, limits) };
  });
  return { ...command, lines, overLimit: overLimit === 'accept-to-limit' ? 'cut' : 'refuse' };
}

/** For the collector: which numbers are too full. */
async function numbersConcerned(
  { database, wallet }: LotteryParts,
  phase: PhaseRow,
  slip: SlipRow,
): Promise<Said | null> {
  const { limits } = settingsOf(phase, await numberLimits(database, phase.id));
  const limited = applyLimits(parseSlip(slip.text).lines, takenIn(wallet, phase), limits, 'reject-slip');
  return isRefusal(limited) ? { message: limited.message, details: limited.details } : null;
}

/** What is on a number now, by the wallet's memory. */
function takenIn(wallet: LotteryParts['wallet'], { book }: PhaseRow): (number: LotteryNumber) => Minor {
  const totals = wallet.totalsOn(book);
  return (number) => (totals?.get(selectionOf(number))?.stake ?? ZERO) as Minor;
}
