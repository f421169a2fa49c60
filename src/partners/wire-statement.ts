import { z } from 'zod';
import { minor, toWire } from '../money.ts';
import { CARRY_OVERS } from './commission.ts';
import type { Month } from './month.ts';
import { STATEMENT_STATUSES, type Statement } from './statement-store.ts';
import { bonusCostOf, wirePercentages } from './wire-report.ts';

/** A month as its partner sees it. Money in minor units, percentages in percent. */
export const WireStatement = z.strictObject({
  id: z.uuid(),
  period: z.string().describe('the month, in UTC: 2026-11'),
  currency: z.string(),
  betCount: z.int(),
  bets: z.int(),
  payouts: z.int(),
  ggr: z.int(),
  ngr: z.int(),
  sharePercentage: z.number().nullable().describe('percent; null where more than one counted in the month'),
  commissionRate: z.number().nullable().describe('percent of the share; the same'),
  carryOver: z.enum(CARRY_OVERS),
  earned: z.int().describe('below zero where the house has lost'),
  carriedIn: z.int().describe('of earlier losses, zero or less'),
  due: z.int(),
  carriedOut: z.int(),
  status: z.enum(STATEMENT_STATUSES),
  closedAt: z.iso.datetime(),
  paidAt: z.iso.datetime().nullable(),
  bonusCost: z.int().describe('what bonuses cost of the ggr: less it, it is the ngr'),
});

/** What the statement of the month that is under way would say now. */
export const WireOpenMonth = WireStatement.pick({
  ...{ period: true, carryOver: true, earned: true, carriedIn: true, due: true, carriedOut: true },
});

export function wireOpenMonth(month: Month): z.input<typeof WireOpenMonth> {
  const { period, carryOver, earned, carriedIn, due, carriedOut } = month;
  return {
    ...{ period: period.slice(0, 7), carryOver, earned: toWire(earned), carriedIn: toWire(carriedIn) },
    ...{ due: toWire(due), carriedOut: toWire(carriedOut) },
  };
}

/** The same with the real figures, and who decided. */
export const WireHouseStatement = WireStatement.extend({
  partnerId: z.uuid(),
  realBets: z.int(),
  realPayouts: z.int(),
  realGgr: z.int(),
  realNgr: z.int(),
  approvedBy: z.uuid().nullable(),
  approvedAt: z.iso.datetime().nullable(),
  paidBy: z.uuid().nullable(),
});

export function wireStatement(statement: Statement): z.input<typeof WireStatement> {
  const { id, period, currency, bets, carryOver, status, closedAt, paidAt } = statement;
  return {
    ...{ id, period: period.slice(0, 7), currency, betCount: bets },
    bets: toWire(statement.shownStaked),
    payouts: toWire(statement.shownPaid),
    ggr: toWire(statement.shownGgr),
    ngr: toWire(statement.shownNgr),
    ...wirePercentages(statement),
    carryOver,
    earned: toWire(statement.earned),
    carriedIn: toWire(statement.carriedIn),
    due: toWire(statement.due),
    carriedOut: toWire(statement.carriedOut),
    status,
    closedAt: closedAt.toISOString(),
    paidAt: paidAt?.toISOString() ?? null,
    bonusCost: toWire(bonusCostOf({ ggr: statement.shownGgr, ngr: statement.shownNgr })),
  };
}

export function wireHouseStatement(statement: Statement): z.input<typeof WireHouseStatement> {
  const { partnerId, staked, paid, realStaked, realPaid, converted, approvedBy, approvedAt, paidBy } = statement;
  return {
    ...wireStatement(statement),
    partnerId,
    realBets: toWire(staked),
    realPayouts: toWire(paid),
    realGgr: toWire(minor(staked - paid)),
    realNgr: toWire(minor(realStaked - realPaid - converted)),
    approvedBy,
    approvedAt: approvedAt?.toISOString() ?? null,
    paidBy,
  };
}
