import { z } from 'zod';
import type { RiskFigure } from '../games/lottery/risk.ts';
import { toWire } from '../money.ts';

/** A number of a phase (PROTOCOL, Lottery). Amounts are minor units. */
export const WireRisk = z.strictObject({
  number: z.string(),
  totalBet: z.int(),
  potentialPayout: z.int().describe('gross, should it win'),
  limit: z.int(),
  excess: z.int().describe('staked above the limit'),
});

export function wireRisk(figure: RiskFigure): z.input<typeof WireRisk> {
  const { number, totalBet, potentialPayout, limit, excess } = figure;
  return {
    number,
    totalBet: toWire(totalBet),
    potentialPayout: toWire(potentialPayout),
    limit: toWire(limit),
    excess: toWire(excess),
  };
}

/** RFC 4180, minor units; numbers keep their leading zeros. */
export function riskCsv(figures: readonly RiskFigure[]): string {
  const rows = figures.map(wireRisk).map((risk) => Object.values(risk).join());
  return [Object.keys(WireRisk.shape).join(), ...rows, ''].join('\r\n');
}
