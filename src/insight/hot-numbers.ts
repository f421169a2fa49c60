import { type LotteryNumber, NUMBERS } from '../games/lottery/number.ts';
import type { RiskFigure } from '../games/lottery/risk.ts';
import type { PhaseId } from '../ids.ts';
import { type Currency, formatMoney, minor, percentOf } from '../money.ts';

/** What is on the numbers of a phase that has no result yet. */
export interface PhaseRisk {
  readonly phaseId: PhaseId;
  readonly name: string;
  readonly currency: Currency;
  /** How many lines were taken. */
  readonly lines: number;
  readonly figures: readonly RiskFigure[];
}

/** A number that has more of the stakes than it should, or more than the phase takes on it. */
export interface HotNumber {
  readonly kind: 'hot-number' | 'number-beyond-limit';
  readonly words: string;
  readonly phase: PhaseRisk;
  readonly number: LotteryNumber;
  readonly figure: RiskFigure;
  /** Of all stakes, percent. */
  readonly share: string;
  /** How far the share is above an even one, in standard deviations of as many lines spread evenly. */
  readonly zScore: number;
}

const EVEN = 1 / NUMBERS.length;
/** From the first on a number is hot; from the second on chance does not well make it of any of a thousand. */
const [HOT, NO_CHANCE] = [3, 6];

/** Those beyond their limit first, the largest excess first; then those that are hot, the largest share first. */
export function hotNumbers(phases: readonly PhaseRisk[], limit: number): readonly HotNumber[] {
  const all = phases.flatMap((phase) => hotNumbersOf(phase));
  const beyond = all.filter(({ kind }) => kind === 'number-beyond-limit');
  const others = all.filter(({ kind }) => kind === 'hot-number');
  beyond.sort((one, other) => Number(other.figure.excess - one.figure.excess));
  others.sort((one, other) => Number(other.share) - Number(one.share));
  return [...beyond, ...others].slice(0, limit);
}

function hotNumbersOf(phase: PhaseRisk): readonly HotNumber[] {
  const total = minor(phase.figures.reduce((sum, { totalBet }) => sum + totalBet, 0n));
  if (total === 0n) return [];
  return phase.figures.flatMap((figure) => {
    const { number, totalBet, excess, limit } = figure;
    const zScore = zScoreOf(Number(totalBet) / Number(total), phase.lines);
    if (excess === 0n && zScore < HOT) return [];
    const share = percentOf({ numerator: totalBet, denominator: total });
    const money = (amount: typeof excess) => formatMoney(amount, phase.currency);
    const above = excess > 0n ? `${money(excess)} above its limit of ${money(limit)}, to be laid off; ` : '';
    const words = `${number} of ${phase.name}: ${above}${share} % of the stakes, ${readingOf(zScore)}.`;
    const kind = excess > 0n ? ('number-beyond-limit' as const) : ('hot-number' as const);
    return { kind, words, phase, number, figure, share, zScore };
  });
}

/**
 * The share against an even one. Describes stakes to people and decides nothing, so a float will do: of L lines spread
 * evenly a number's share has the variance p(1 − p) / L.
 */
function zScoreOf(share: number, lines: number): number {
  return (share - EVEN) / Math.sqrt((EVEN * (1 - EVEN)) / Math.max(1, lines));
}

function readingOf(zScore: number): string {
  if (zScore >= NO_CHANCE) return 'far above an even spread';
  return zScore >= HOT ? 'above an even spread' : 'no more than chance makes of an even spread';
}
