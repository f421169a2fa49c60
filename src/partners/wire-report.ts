import { z } from 'zod';
import type { Cell } from '../csv.ts';
import { INR, type Minor, minor, type Percentage, toWire } from '../money.ts';
import type { Amounts, Percentages } from './figures.ts';
import { EARNING_STATUSES } from './player-store.ts';
import type { Group, ReportRow } from './report.ts';

/** Percent with at most two decimals, as people agree it: 12.5. */
export const Percent = z
  .number()
  .min(0)
  .max(100)
  .refine((percent) => `${percent}`.match(/^[0-9]+(\.[0-9]{1,2})?$/) !== null, 'at most two decimals')
  .transform((percent) => Math.round(percent * 100) as Percentage);

export function percentOnWire(percentage: Percentage): number {
  return percentage / 100;
}

export function wirePercentages({ sharePercentage, commissionRate }: Percentages) {
  return {
    sharePercentage: sharePercentage === null ? null : percentOnWire(sharePercentage),
    commissionRate: commissionRate === null ? null : percentOnWire(commissionRate),
  };
}

/** Only what the row's kind has: of a day its name, of a player the id, of a game its name, of a round id and table. */
const Named = {
  day: z.string().optional(),
  playerId: z.uuid().optional(),
  game: z.string().optional(),
  roundId: z.uuid().optional(),
};

/** Figures as a partner sees them: the share of the real ones. Money in minor units. */
const Columns = {
  currency: z.string(),
  players: z.int().nullable().describe('who registered in this time; null by game and round'),
  active: z.int().describe('different players with bets closed'),
  firstDeposits: z.int().nullable(),
  betCount: z.int().nullable(),
  bets: z.int(),
  payouts: z.int(),
  ggr: z.int().describe('bets less payouts'),
  ngr: z.int().describe('real money alone, less what bonuses turned into real money'),
  sharePercentage: z.number().nullable().describe('percent; null where more than one counted in this time'),
  commissionRate: z.number().nullable().describe('percent of the share; the same'),
  earned: z.int().describe('on the net of this time: below zero where the house has lost'),
};
/** What came later stands behind everything else in a file, so that columns stay where they are. */
const LaterColumns = {
  bonusCost: z.int().nullable().describe('what bonuses cost of the ggr: less it, it is the ngr; null by round'),
};
/** Of a round what has become of its commission. */
const RoundColumns = {
  status: z.enum(EARNING_STATUSES).describe('paid with its month, or netted where nothing was due for that'),
  paidAt: z.iso.datetime().nullable(),
};
export const WireFigures = z.strictObject({ ...Columns, ...LaterColumns });
export const WireEarnings = WireFigures.extend(Named).extend(z.strictObject(RoundColumns).partial().shape);

/** The same with the real ones beside them, for people of the house. */
const Real = {
  username: z.string().optional(),
  realBets: z.int(),
  realPayouts: z.int(),
  realGgr: z.int(),
  realNgr: z.int(),
};
export const WireHouseFigures = WireFigures.extend(Real);
export const WireHouseEarnings = WireEarnings.extend(Real);

type Shown = Omit<ReportRow, 'group' | 'key' | 'cursor' | 'game' | 'payment' | 'username'>;

export function wireFigures(row: Shown): z.input<typeof WireFigures> {
  const { players, active, firstDeposits, betCount, shown, percentages, earned } = row;
  return {
    ...{ currency: INR, players, active, firstDeposits, betCount, ...wireAmounts(shown) },
    ...wirePercentages(percentages),
    earned: toWire(earned),
    bonusCost: toWire(bonusCostOf(shown)),
  };
}

export function wireHouseFigures(row: Shown): z.input<typeof WireHouseFigures> {
  const { bets, payouts, ggr, ngr } = wireAmounts(row.real);
  return { ...wireFigures(row), realBets: bets, realPayouts: payouts, realGgr: ggr, realNgr: ngr };
}

/** By the same share as the figures that it is the difference of. */
export function bonusCostOf({ ggr, ngr }: Pick<Amounts, 'ggr' | 'ngr'>): Minor {
  return minor(ggr - ngr);
}

export function wireEarnings(row: ReportRow): z.input<typeof WireEarnings> {
  return { ...nameOf(row), ...wireFigures(row), ...paymentOf(row) };
}

function paymentOf({ payment }: ReportRow) {
  return payment && { bonusCost: null, status: payment.status, paidAt: payment.paidAt?.toISOString() ?? null };
}

export function wireHouseEarnings(row: ReportRow): z.input<typeof WireHouseEarnings> {
  const username = row.username !== null && { username: row.username };
  return { ...nameOf(row), ...username, ...wireHouseFigures(row), ...paymentOf(row) };
}

function wireAmounts({ bets, payouts, ggr, ngr }: Amounts) {
  return { bets: toWire(bets), payouts: toWire(payouts), ggr: toWire(ggr), ngr: toWire(ngr) };
}

function nameOf({ group, key, game }: ReportRow): Pick<z.input<typeof WireEarnings>, keyof typeof Named> {
  switch (group) {
    case 'day':
      return { day: key };
    case 'player':
      return { playerId: key };
    case 'game':
      return { game: key };
    case 'round':
      return { roundId: key, ...(game !== null && { game }) };
    default:
      return group satisfies never;
  }
}

const KEYS: Readonly<Record<Group, readonly string[]>> = {
  day: ['day'],
  player: ['playerId'],
  game: ['game'],
  round: ['roundId', 'game'],
};

/** The columns of a report as CSV: always the same for its kind. */
export function csvColumns(group: Group, isHouse: boolean): readonly string[] {
  const house = group === 'player' ? Object.keys(Real) : Object.keys(Real).filter((name) => name !== 'username');
  const later = { ...LaterColumns, ...(group === 'round' && RoundColumns) };
  return [...KEYS[group], ...Object.keys(Columns), ...(isHouse ? house : []), ...Object.keys(later)];
}

/** The cells of a line under these columns; percentages with two decimals. */
export function csvCells(wire: Readonly<Record<string, unknown>>, columns: readonly string[]): readonly Cell[] {
  return columns.map((column) => {
    const value = wire[column];
    if (typeof value === 'number' && PERCENTAGES.includes(column)) return value.toFixed(2);
    return typeof value === 'string' || typeof value === 'number' ? value : null;
  });
}

const PERCENTAGES = ['sharePercentage', 'commissionRate'];
