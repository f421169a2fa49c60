import type { Line } from '../games/lottery/slip/lines.ts';
import type { SlipError } from '../games/lottery/slip/parse-slip.ts';
import { previewSlip, submitSlip } from '../games/lottery/slip/submission.ts';
import { type Key, type PhaseId, type UserId, uuid7 } from '../ids.ts';
import { type Minor, minor } from '../money.ts';
import { isRefusal, type Refusal, refuse } from '../refusal.ts';
import type { Balance } from '../wallet/command.ts';
import { sha256 } from './deps.ts';
import type { LotteryParts } from './parts.ts';
import type { PhaseRow } from './phase-row.ts';
import { findPhase } from './phase-store.ts';
import { place, rulingOn } from './place.ts';
import type { SlipId, SlipRow } from './slip-row.ts';
import { findSlipByKey, insertSlip } from './slip-store.ts';

/** What a collector hands in. */
export interface SlipWish {
  readonly userId: UserId;
  readonly key: Key;
  readonly phase: PhaseId;
  readonly text: string;
  /** Of what the client has shown, where it says so. */
  readonly digest: string | undefined;
  /** Epoch milliseconds, the server's, before anything was waited for. */
  readonly receivedAt: number;
}

/** A slip that was taken, as it is answered: the first time and ever after. */
export interface SubmittedSlip {
  readonly ok: true;
  readonly slipId: SlipId;
  readonly phase: PhaseRow;
  readonly lines: readonly Line[];
  /** What was asked for and is above a limit, where the phase takes the rest. */
  readonly declined: readonly Line[];
  readonly total: Minor;
  readonly digest: string;
  readonly receivedAt: Date;
  readonly balance: Balance;
}

export interface PreviewedSlip {
  readonly ok: true;
  readonly lines: readonly Line[];
  readonly total: Minor;
  readonly errors: readonly SlipError[];
  readonly digest: string;
}

/** What a text would stake, and all that stands in the way. Nothing is stored. INVALID_REQUEST, NOT_FOUND. */
export async function preview(
  { database }: LotteryParts,
  phaseId: PhaseId,
  text: string,
): Promise<PreviewedSlip | Refusal> {
  if (!isStorable(text)) return unstorable();
  const phase = await findPhase(database, phaseId);
  if (phase === null || phase.openedAt === null) return refuse('NOT_FOUND');
  return { ok: true, ...previewSlip(text, sha256) };
}

/**
 * Takes a slip for money, whole: the same key and slip get the first answer again, refusals included (S3-12). Refuses
 * INVALID_REQUEST with all its errors, IDEMPOTENCY_KEY_REUSED, NOT_FOUND; then on record under its key PHASE_CLOSED,
 * BELOW_MINIMUM, ABOVE_MAXIMUM, NUMBER_LIMIT_EXCEEDED, INSUFFICIENT_FUNDS, PLAYER_LIMIT, SELF_EXCLUDED,
 * EXPOSURE_LIMIT; UNKNOWN_OUTCOME while the wallet does not answer.
 */
export async function submit(parts: LotteryParts, wish: SlipWish): Promise<SubmittedSlip | Refusal> {
  if (!isStorable(wish.text)) return unstorable();
  const read = submitSlip(wish.text, wish.digest, sha256);
  if (isRefusal(read)) return read;
  const { database } = parts;
  const phase = await findPhase(database, wish.phase);
  if (phase === null || phase.openedAt === null) return refuse('NOT_FOUND');
  const slip = await enter(parts, wish, phase, read.lines);
  if (slip.text !== wish.text || slip.phase !== wish.phase) return refuse('IDEMPOTENCY_KEY_REUSED');
  if (slip.refusal !== null) return refuse(slip.refusal, slip.said?.message, slip.said?.details);
  const placed = await place(parts, phase, slip).catch((error: unknown) => {
    parts.log.error({ err: error, slip: slip.id }, 'a slip is left to the next sweep');
    return refuse('UNKNOWN_OUTCOME');
  });
  if (isRefusal(placed)) return placed;
  const { lines, total, balance } = placed;
  const { id: slipId, receivedAt } = slip;
  const declined = declinedOf(read.lines, lines);
  return { ok: true, slipId, phase, lines, declined, total, digest: read.digest, receivedAt, balance };
}

/** Its row, made now or the first time. */
async function enter(
  parts: LotteryParts,
  { userId, key, text, receivedAt }: SlipWish,
  phase: PhaseRow,
  lines: readonly Line[],
): Promise<SlipRow> {
  const { database } = parts;
  const known = await findSlipByKey(database, userId, key);
  if (known !== null) return known;
  const ruling = await rulingOn(parts, phase, lines, receivedAt);
  const said = ruling && { message: ruling.message, details: ruling.details };
  const id = uuid7<SlipId>(receivedAt);
  const at = new Date(receivedAt);
  await insertSlip(database, {
    id,
    phase: phase.id,
    userId,
    key,
    text,
    ruling: ruling?.code ?? null,
    said,
    receivedAt: at,
  });
  const slip = await findSlipByKey(database, userId, key);
  if (slip === null) throw new Error(`slip ${id} is gone`);
  return slip;
}

function declinedOf(asked: readonly Line[], taken: readonly Line[]): readonly Line[] {
  const amounts = new Map(taken.map(({ number, amount }) => [number, amount]));
  return asked
    .map(({ number, amount }) => ({ number, amount: minor(amount - (amounts.get(number) ?? 0n)) }))
    .filter(({ amount }) => amount > 0n);
}

/** PostgreSQL holds no NUL, and half a surrogate pair is no character. */
function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\u0000');
}

function unstorable(): Refusal {
  return refuse('INVALID_REQUEST', 'A slip is plain text: it has a NUL or half a character in it.');
}
