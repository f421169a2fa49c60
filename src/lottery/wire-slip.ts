import { z } from 'zod';
import { numberAt } from '../games/lottery/number.ts';
import { settleLine } from '../games/lottery/payout.ts';
import type { Line } from '../games/lottery/slip/lines.ts';
import { toWire } from '../money.ts';
import { wireBalance } from '../rounds/wire-bet.ts';
import type { BookPosition } from '../wallet/reads.ts';
import { type PhaseRow, settingsOf } from './phase-row.ts';
import type { SlipRow } from './slip-row.ts';
import type { PreviewedSlip, SubmittedSlip } from './submit.ts';

const WireLine = z.strictObject({ number: z.string(), amount: z.int().describe('minor units') });
const WireError = z.strictObject({ position: z.int(), fragment: z.string(), message: z.string() });

/** What a preview and a submission answer alike; a preview is no slip and has no id. */
export const WireReadSlip = z.strictObject({
  slipId: z.uuid().nullable(),
  phaseId: z.uuid(),
  lines: z.array(WireLine).describe('one for each number; of a submitted slip what was taken'),
  total: z.int().describe('of the lines'),
  errors: z.array(WireError).describe('with any of them a slip is refused whole'),
  digest: z.string().describe('SHA-256 of what the text stakes, however it was typed'),
});

export const WireSubmittedSlip = WireReadSlip.extend({
  status: z.literal('ACCEPTED'),
  declined: z.array(WireLine).describe('above a limit, where the phase takes the rest'),
  placedAt: z.iso.datetime(),
  balance: z.strictObject({ version: z.int(), real: z.int(), bonus: z.int(), held: z.int(), total: z.int() }),
});

export function wirePreview(phaseId: string, slip: PreviewedSlip): z.input<typeof WireReadSlip> {
  const { lines, total, errors, digest } = slip;
  return {
    ...{ slipId: null, phaseId, digest, lines: lines.map(wireLine), total: toWire(total) },
    errors: errors.map(({ position, fragment, message }) => ({ position, fragment, message })),
  };
}

export function wireSubmitted(slip: SubmittedSlip): z.input<typeof WireSubmittedSlip> {
  const { slipId, phase, lines, declined, total, digest, receivedAt, balance } = slip;
  return {
    ...{ slipId, phaseId: phase.id, status: 'ACCEPTED', digest, errors: [] },
    lines: lines.map(wireLine),
    declined: declined.map(wireLine),
    total: toWire(total),
    placedAt: receivedAt.toISOString(),
    balance: wireBalance(balance),
  };
}

/** A slip in a list. */
export const WireSlip = z.strictObject({
  slipId: z.uuid(),
  phaseId: z.uuid(),
  userId: z.uuid(),
  status: z.enum(['ACCEPTED', 'VOIDING', 'VOID']).describe('VOIDING: its money is on the way back'),
  lineCount: z.int(),
  total: z.int(),
  payout: z.int().describe('gross, once the phase is settled'),
  placedAt: z.iso.datetime(),
  voidedAt: z.iso.datetime().nullable(),
  voidReason: z.string().nullable(),
});

const OUTCOMES = ['pending', 'won', 'lost', 'refunded', 'cancelled'] as const;

/** A slip with what became of each of its lines (S3-21). */
export const WireSlipInFull = WireSlip.extend({
  text: z.string().describe('as it was typed'),
  lines: z.array(WireLine.extend({ outcome: z.enum(OUTCOMES), payout: z.int() })),
});

const WireStatus = WireSlip.shape.status;

export function wireSlip(slip: SlipRow): z.input<typeof WireSlip> {
  const { id: slipId, phase: phaseId, userId, status, lines, total, payout, voidAt, voidReason } = slip;
  return {
    ...{ slipId, phaseId, userId, lineCount: lines, total: toWire(total), payout: toWire(payout), voidReason },
    status: WireStatus.parse(status),
    placedAt: slip.receivedAt.toISOString(),
    voidedAt: voidAt?.toISOString() ?? null,
  };
}

export function wireSlipInFull(
  slip: SlipRow,
  phase: PhaseRow,
  positions: readonly BookPosition[],
): z.input<typeof WireSlipInFull> {
  return { ...wireSlip(slip), text: slip.text, lines: positions.map((position) => wireOutcome(phase, position)) };
}

/** A line that has lost has no closing of its own: the settlement of its phase closes all of them. */
function wireOutcome(phase: PhaseRow, { selection, stake, payout, outcome }: BookPosition) {
  const number = numberAt(selection);
  const line = { number, amount: toWire(stake) };
  if (outcome !== null && payout !== null) return { ...line, outcome, payout: toWire(payout) };
  if (phase.status !== 'SETTLED' || phase.winningNumber === null) {
    return { ...line, outcome: 'pending' as const, payout: 0 };
  }
  const { multipliers } = settingsOf(phase, new Map());
  const settled = settleLine(stake, number, phase.winningNumber, multipliers);
  return { ...line, outcome: settled.outcome, payout: toWire(settled.payout) };
}

function wireLine({ number, amount }: Line): z.input<typeof WireLine> {
  return { number, amount: toWire(amount) };
}
