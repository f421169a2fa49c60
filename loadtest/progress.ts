import type { CrewProgress } from './crew.ts';
import { Tally } from './tally.ts';

interface Moment {
  readonly seconds: number;
  readonly progress: readonly CrewProgress[];
  readonly generatorUse: number;
  readonly serverUse: number | undefined;
}

/** One line a second, to be read while it runs or out of a log. */
export function progressLine({ seconds, progress, generatorUse, serverUse }: Moment): string {
  const tally = new Tally();
  for (const each of progress) tally.add(each.tally);
  const connected = progress.reduce((sum, each) => sum + each.connected, 0);
  const parts = [
    `${seconds.toFixed(0).padStart(4)} s`,
    `${connected} connected`,
    `${(tally.counted.accepted / seconds).toFixed(1)} bets/s`,
    `refused ${refusals(tally)}`,
    `p50 ${ms(tally.answers.percentile(0.5))} p99 ${ms(tally.answers.percentile(0.99))}`,
    `server ${serverUse === undefined ? 'unknown' : serverUse.toFixed(2)}`,
    `generator ${generatorUse.toFixed(2)}`,
  ];
  return `${parts.join(' · ')}\n`;
}

/** By code, the most frequent first. */
export function refusals({ refused }: Tally): string {
  const codes = Object.entries(refused).sort(([, a], [, b]) => b - a);
  return codes.length === 0 ? 'none' : codes.map(([code, count]) => `${code} ${count}`).join(', ');
}

export function ms(value: number): string {
  return Number.isNaN(value) ? '–' : `${value.toFixed(1)} ms`;
}
