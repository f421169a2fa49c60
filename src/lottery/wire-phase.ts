import { z } from 'zod';
import { NUMBERS } from '../games/lottery/number.ts';
import { returnToPlayer } from '../games/lottery/rtp.ts';
import { percentOf, toWire } from '../money.ts';
import { DRAWS, OVER_LIMIT_POLICIES, PHASE_STATUSES, type PhaseRow, settingsOf } from './phase-row.ts';
import type { ResultOfPhase, SettlementRow, Share } from './settlement-store.ts';

/** A phase as everybody sees it (PROTOCOL, Lottery). */
export const WirePhase = z.strictObject({
  phaseId: z.uuid(),
  name: z.string(),
  status: z.enum(PHASE_STATUSES),
  active: z.boolean().describe('takes slips until endDate'),
  currency: z.string(),
  startDate: z.iso.datetime(),
  endDate: z.iso.datetime().describe('the cut-off: a slip that arrives then is late'),
  globalLimit: z.int().describe('minor units, on every number that has no limit of its own'),
  overLimit: z.enum(OVER_LIMIT_POLICIES),
  straightMultiplier: z.int().describe('pays this many times the stake, gross'),
  permutationMultiplier: z.int(),
  rtp: z.string().describe('the exact return to player, percent'),
  commission: z.int().describe('for collectors, hundredths of a percent of their stakes, credited with the settlement'),
  minStake: z.int().describe('of one line'),
  maxStake: z.int(),
  draw: z.enum(DRAWS),
  commitment: z.string().nullable().describe('of a provable draw: SHA-256 of its seed'),
  winningNumber: z.string().nullable(),
  serverSeed: z.string().nullable().describe('of a provable draw, with its result'),
  settledAt: z.iso.datetime().nullable(),
});

export function wirePhase(phase: PhaseRow): z.input<typeof WirePhase> {
  const { id: phaseId, name, status, currency, overLimit, commission, draw, commitment, winningNumber } = phase;
  const { straightMultiplier, permutationMultiplier, startsAt, endsAt, settledAt } = phase;
  return {
    ...{ phaseId, name, status, active: status === 'OPEN', currency, overLimit, commission, draw, commitment },
    ...{ straightMultiplier, permutationMultiplier, winningNumber, serverSeed: phase.revealedSeed },
    rtp: rtpOf(phase),
    startDate: startsAt.toISOString(),
    endDate: endsAt.toISOString(),
    globalLimit: toWire(phase.globalLimit),
    minStake: toWire(phase.minStake),
    maxStake: toWire(phase.maxStake),
    settledAt: settledAt?.toISOString() ?? null,
  };
}

/** Of any number: where nothing is paid on permutations, all return the same (S3-10). */
export function rtpOf(phase: PhaseRow): string {
  const [any] = NUMBERS;
  if (any === undefined) throw new Error('there are no numbers');
  return percentOf(returnToPlayer(any, settingsOf(phase, new Map()).multipliers));
}

/** The row of a settled phase (S3-05). Amounts are minor units. */
export const WireSettlement = z.strictObject({
  settlementId: z.uuid(),
  phaseId: z.uuid(),
  name: z.string(),
  winningNumber: z.string(),
  totalIn: z.int().describe('stakes, those of void slips left out'),
  totalOut: z.int().describe('payouts, gross'),
  commission: z.int(),
  netProfit: z.int().describe('totalIn less totalOut and commission'),
  slips: z.int(),
  lines: z.int(),
  winningLines: z.int(),
  collectors: z.int(),
  settledAt: z.iso.datetime(),
  settledBy: z.uuid(),
});

export function wireSettlement(row: SettlementRow): z.input<typeof WireSettlement> {
  const { id: settlementId, phase: phaseId, name, winningNumber, slips, lines, winningLines, collectors } = row;
  return {
    ...{ settlementId, phaseId, name, winningNumber, slips, lines, winningLines, collectors },
    totalIn: toWire(row.totalIn),
    totalOut: toWire(row.totalOut),
    commission: toWire(row.commission),
    netProfit: toWire(row.netProfit),
    settledAt: row.settledAt.toISOString(),
    settledBy: row.settledBy,
  };
}

/** What a settled phase came to for one collector (S3-21). */
export const WireShare = z.strictObject({
  userId: z.uuid(),
  slips: z.int(),
  lines: z.int(),
  winningLines: z.int(),
  stake: z.int(),
  payout: z.int(),
  commission: z.int(),
});

/** The same for the collector: of which phase, and what won. */
export const WireResult = WireShare.omit({ userId: true }).extend({
  phaseId: z.uuid(),
  name: z.string(),
  winningNumber: z.string(),
  settledAt: z.iso.datetime(),
});

export function wireResult(result: ResultOfPhase): z.input<typeof WireResult> {
  const { phase: phaseId, name, winningNumber, settledAt, userId: _, ...share } = result;
  const { stake, payout, commission, ...counts } = share;
  return {
    ...{ phaseId, name, winningNumber, settledAt: settledAt.toISOString(), ...counts },
    ...{ stake: toWire(stake), payout: toWire(payout), commission: toWire(commission) },
  };
}

export function wireShare(share: Share): z.input<typeof WireShare> {
  const { stake, payout, commission, ...rest } = share;
  return { ...rest, stake: toWire(stake), payout: toWire(payout), commission: toWire(commission) };
}
