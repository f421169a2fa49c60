import type { Queries } from '../../db/pool.ts';
import { NUMBERS, numberAt } from '../games/lottery/number.ts';
import { type RiskFigure, riskFigure, riskFigures, type Totals } from '../games/lottery/risk.ts';
import { printAmount } from '../games/lottery/slip/print.ts';
import { type Minor, minor } from '../money.ts';
import { poolTotals } from '../wallet/pool-reads.ts';
import { numberLimits } from './limit-store.ts';
import { type PhaseRow, settingsOf } from './phase-row.ts';

/** What a phase stands to lose by each number that has a stake, the largest first (S3-07): what is committed. */
export async function riskOf(queries: Queries, phase: PhaseRow): Promise<readonly RiskFigure[]> {
  const { totals, limits, multipliers } = await factsOf(queries, phase);
  return riskFigures(totals, limits, multipliers);
}

/** The same of all thousand numbers, in their order. */
export async function heatMapOf(queries: Queries, phase: PhaseRow): Promise<readonly RiskFigure[]> {
  const { totals, limits, multipliers } = await factsOf(queries, phase);
  return NUMBERS.map((number) => riskFigure(number, totals, limits, multipliers));
}

/** What is above the limits, to be laid off with a bigger banker, and as the text of a slip (S3-24, DOMAIN 2.3). */
export interface LayOff {
  readonly numbers: readonly RiskFigure[];
  readonly total: Minor;
  readonly text: string;
}

export async function layOffOf(queries: Queries, phase: PhaseRow): Promise<LayOff> {
  const numbers = (await riskOf(queries, phase))
    .filter(({ excess }) => excess > 0n)
    .sort((one, other) => Number(other.excess - one.excess));
  const total = minor(numbers.reduce((sum, { excess }) => sum + excess, 0n));
  return { numbers, total, text: numbers.map(({ number, excess }) => `${number}-${printAmount(excess)}`).join(', ') };
}

async function factsOf(queries: Queries, phase: PhaseRow) {
  const rows = await poolTotals(queries, phase.book);
  const totals: Totals = new Map(rows.map(({ selection, stake }) => [numberAt(selection), stake]));
  return { totals, ...settingsOf(phase, await numberLimits(queries, phase.id)) };
}
