import { parseSlip } from '../src/games/lottery/slip/parse-slip.ts';
import { checkBooks, openBenchDatabase } from './bench-database.ts';
import { linesByTransactions } from './bench-lottery-baseline.ts';
import { groupByMs, openPhase } from './bench-lottery-pool.ts';
import { percentile, table } from './measure.ts';

const COLLECTORS = 200;
const LINES = 1_000_000;
const SLIP = 100;
const OUTSTANDING = 20;
const BASELINE_LINES = 20_000;
const BOARDS = 50;
const AIM = { boardMs: 5, settlementMs: 10_000 };

/**
 * A phase of the lottery: slips of 100 lines, as text, against a transaction per line through a Slonik pool of 10; how
 * fast slips are read; the risk of every number from live totals against the documents' query over a million lines;
 * and the settlement of these.
 * Usage: npm run bench:lottery [-- --lines 1000000]
 */
async function main(): Promise<void> {
  const at = process.argv.indexOf('--lines');
  const lines = at < 0 ? LINES : Number(process.argv[at + 1]);
  const server = await openBenchDatabase();
  try {
    const baseline = await linesByTransactions(await server.create('baseline'), COLLECTORS, BASELINE_LINES);
    const url = await server.create('lottery');
    const phase = await openPhase(url, COLLECTORS);
    const taken = await takeAll(lines, (text) => phase.take(text));
    const boardMs = times(BOARDS, () => phase.board());
    const queryMs = await groupByMs(url);
    const startedAt = performance.now();
    const winners = await phase.settle(123);
    const settlementMs = performance.now() - startedAt;
    await phase.close();
    await checkBooks(url);
    report({ baseline, taken, boardMs, queryMs, settlementMs, winners, lines, read: readLines() });
  } finally {
    await server.close();
  }
}

/** A slip of 100 lines; no two are alike. */
function slipText(number: number): string {
  const first = (number * SLIP) % 1_000;
  return Array.from(
    { length: SLIP },
    (_, line) => `${String((first + line) % 1_000).padStart(3, '0')}-${1 + (line % 9)}`,
  ).join('\n');
}

/** All lines, so many slips at a time; how many lines a second. */
async function takeAll(lines: number, take: (text: string) => Promise<number>): Promise<number> {
  const startedAt = performance.now();
  let next = 0;
  let taken = 0;
  const worker = async (): Promise<void> => {
    while (next * SLIP < lines) {
      const more = await take(slipText(next++));
      taken += more;
    }
  };
  await Promise.all(Array.from({ length: OUTSTANDING }, worker));
  return taken / ((performance.now() - startedAt) / 1_000);
}

/** Lines a second that are read, one slip after the other. */
function readLines(): number {
  const texts = Array.from({ length: 1_000 }, (_, number) => slipText(number));
  for (const text of texts) parseSlip(text);
  const startedAt = performance.now();
  let lines = 0;
  for (const text of texts) lines += parseSlip(text).lines.length;
  return lines / ((performance.now() - startedAt) / 1_000);
}

function times(count: number, run: () => unknown): number {
  const took = Array.from({ length: count }, () => {
    const startedAt = performance.now();
    run();
    return performance.now() - startedAt;
  });
  return percentile(Float64Array.from(took).sort(), 0.5);
}

interface Figures {
  /** Lines a second. */
  readonly baseline: number;
  readonly taken: number;
  readonly read: number;
  readonly boardMs: number;
  readonly queryMs: number;
  readonly settlementMs: number;
  readonly winners: number;
  readonly lines: number;
}

function report({ baseline, taken, read, boardMs, queryMs, settlementMs, winners, lines }: Figures): void {
  const rows = [
    ['', 'ours', 'against', 'ratio'],
    [
      `lines a second, in slips of ${SLIP}`,
      taken.toFixed(0),
      `${baseline.toFixed(0)} a transaction per line`,
      `${(taken / baseline).toFixed(1)}x`,
    ],
    ['slips a second', (taken / SLIP).toFixed(0), (baseline / SLIP).toFixed(1), `${(taken / baseline).toFixed(1)}x`],
    ['lines read a second', read.toFixed(0), '', `${(read / taken).toFixed(1)}x of those taken`],
    [
      `risk of 1,000 numbers, ${lines} lines`,
      `${boardMs.toFixed(2)} ms`,
      `${queryMs.toFixed(0)} ms by the query`,
      `${(queryMs / boardMs).toFixed(0)}x`,
    ],
    [`settlement of ${lines} lines`, `${settlementMs.toFixed(0)} ms`, `${winners} winners`, ''],
  ];
  process.stdout.write(`\n${table(rows)}\n`);
  const aims: readonly (readonly [string, boolean])[] = [
    [`risk board < ${AIM.boardMs} ms`, boardMs < AIM.boardMs],
    [`settlement ≤ ${AIM.settlementMs / 1_000} s`, settlementMs <= AIM.settlementMs],
  ];
  for (const [aim, met] of aims) process.stdout.write(`${met ? 'met   ' : 'MISSED'} ${aim}\n`);
}

await main();
