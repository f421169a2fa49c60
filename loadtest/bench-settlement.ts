import { setTimeout as sleep } from 'node:timers/promises';
import { checkBooks, openBenchDatabase } from './bench-database.ts';
import { settleByTransactions } from './bench-settlement-baseline.ts';
import { openRounds } from './bench-settlement-rounds.ts';
import { percentile, table } from './measure.ts';

const BETS = 10_000;
const PLAYERS = 1_000;
const REPEATS = 5;
const OUTSTANDING = 1_000;
const AIM = { overTransactions: 30, p99Growth: 2 };

/**
 * From outcome to committed balances: a round of 10,000 bets through the settlement that the rooms use, against a
 * transaction per bet through a Slonik pool of 10; then bets under load, alone and while such rounds settle.
 * Usage: npm run bench:settlement
 */
async function main(): Promise<void> {
  const server = await openBenchDatabase();
  try {
    const baselineMs = await settleByTransactions(await server.create('baseline'), PLAYERS, BETS);
    const url = await server.create('settlement');
    const rounds = await openRounds(url, PLAYERS);
    const idle: number[] = [];
    for (let i = 0; i < REPEATS; i++) idle.push(await rounds.settle(await rounds.prepare(BETS)));
    const prepared: Awaited<ReturnType<typeof rounds.prepare>>[] = [];
    for (let i = 0; i < REPEATS; i++) prepared.push(await rounds.prepare(BETS));
    const load = rounds.betting(OUTSTANDING);
    await sleep(1_000);
    const alone = await load.during(() => sleep(3_000));
    const busy: number[] = [];
    const during = await load.during(async () => {
      for (const round of prepared) busy.push(await rounds.settle(round));
    });
    await load.stop();
    await rounds.close();
    await checkBooks(url);
    report(baselineMs, idle, busy, alone, during);
  } finally {
    await server.close();
  }
}

function report(
  baselineMs: number,
  idle: readonly number[],
  busy: readonly number[],
  alone: Float64Array,
  during: Float64Array,
): void {
  const [idleMs, busyMs] = [median(idle), median(busy)];
  const [p99Alone, p99During] = [percentile(alone, 0.99), percentile(during, 0.99)];
  const rows = [
    ['', 'ms', 'over a transaction per bet'],
    ['transaction per bet', baselineMs.toFixed(0), '1.0x'],
    [`set-based, idle (median of ${REPEATS})`, idleMs.toFixed(0), `${(baselineMs / idleMs).toFixed(1)}x`],
    [`set-based, under ${OUTSTANDING} bets`, busyMs.toFixed(0), `${(baselineMs / busyMs).toFixed(1)}x`],
  ];
  process.stdout.write(`\n${BETS} bets, from outcome to committed balances\n${table(rows)}\n`);
  const growth = p99During / p99Alone;
  process.stdout.write(
    `bet p99 under load: ${p99Alone.toFixed(1)} ms alone, ` +
      `${p99During.toFixed(1)} ms while settling (${growth.toFixed(2)}x)\n`,
  );
  const aims: readonly (readonly [string, boolean])[] = [
    [`≥ ${AIM.overTransactions}x a transaction per bet`, baselineMs >= AIM.overTransactions * idleMs],
    [`bet p99 at most ${AIM.p99Growth}x while it runs`, growth <= AIM.p99Growth],
  ];
  for (const [aim, met] of aims) process.stdout.write(`${met ? 'met   ' : 'MISSED'} ${aim}\n`);
}

function median(values: readonly number[]): number {
  return percentile(Float64Array.from(values).sort(), 0.5);
}

await main();
