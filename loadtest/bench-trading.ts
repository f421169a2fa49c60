import { parseArgs } from 'node:util';
import { auditTrading } from '../src/trading/audit.ts';
import { checkBooks, openBenchDatabase } from './bench-database.ts';
import { expireByTransactions } from './bench-trading-baseline.ts';
import { type Delivery, deliver } from './bench-trading-delivery.ts';
import { type DeskMarking, markDesk } from './bench-trading-desk.ts';
import { type Expiry, expireAll } from './bench-trading-expiry.ts';
import { FEW, type Marking, markMemory } from './bench-trading-marking.ts';
import { percentile, table } from './measure.ts';
import { endWith, Mistake } from './mistake.ts';
import { count, parsed } from './options.ts';
import { openTradingHouse, type TradingHouse } from './trading-house.ts';

const USAGE = `A trading desk: marking to market, binaries that expire together, prices on their way to people.

  npm run bench:trading -- [options]

  --part <name>     marking, expiry, delivery or all            all
  --trades <n>      open trades that are marked                 10000
  --binaries <n>    binaries that expire at one instant         10000
  --clients <n>     people in the room of the desk              1000
  --seconds <n>     how long prices are listened to, each time  15
  --workers <n>     processes these people are spread over      2

Each beside the obvious way, in the same run: the plain rule on every trade, a transaction per binary, one person alone.
About three minutes; the books are audited at the end.
`;

const PLAYERS = 500;
const AIM = { markMs: 5, expiryMs: 500, deliveryMs: 100 };

interface Options {
  readonly part: 'all' | 'marking' | 'expiry' | 'delivery';
  readonly trades: number;
  readonly binaries: number;
  readonly clients: number;
  readonly seconds: number;
  readonly workers: number;
}

async function main(): Promise<void> {
  const options = read();
  if (options === undefined) return;
  const { part, trades, binaries, clients, seconds, workers } = options;
  const wants = (name: Options['part']) => part === 'all' || part === name;
  const aims: string[] = [];
  const server = await openBenchDatabase();
  try {
    if (wants('marking')) {
      const memory = markMemory(trades);
      const desk = await atHouse(await server.create('marking'), (house) => markDesk(house, trades));
      aims.push(reportMarking(trades, memory, desk));
    }
    if (wants('expiry')) {
      const baselineMs = await expireByTransactions(await server.create('baseline'), PLAYERS, binaries);
      const expiry = await atHouse(await server.create('expiry'), (house) => expireAll(house, binaries));
      aims.push(reportExpiry(binaries, baselineMs, expiry));
    }
    if (wants('delivery')) {
      const url = await server.create('delivery');
      const delivery = await deliver(url, { clients, seconds, workers });
      await checkBooks(url);
      aims.push(reportDelivery(clients, delivery));
    }
  } finally {
    await server.close();
  }
  process.stdout.write(`\n${aims.join('\n')}\n`);
}

/** At a desk of its own, whose books are right at the end. */
async function atHouse<Result>(url: string, run: (house: TradingHouse) => Promise<Result>): Promise<Result> {
  const house = await openTradingHouse(url, PLAYERS);
  try {
    const result = await run(house);
    const broken = (await auditTrading(house.database)).flatMap((finding) => finding.broken);
    if (broken.length > 0) throw new Error(`the desk's rows are broken:\n${broken.join('\n')}`);
    return result;
  } finally {
    await house.close();
    await checkBooks(url);
  }
}

function reportMarking(
  trades: number,
  { ours, plain }: { readonly ours: Marking; readonly plain: Marking },
  desk: DeskMarking,
): string {
  const row = (what: string, ms: Float64Array, against?: Float64Array) => {
    const ratio = against ? `${(percentile(against, 0.5) / percentile(ms, 0.5)).toFixed(0)}x` : '';
    return [what, percentile(ms, 0.5).toFixed(4), percentile(ms, 0.99).toFixed(4), ratio];
  };
  const rows = [
    ['a tick, ms', 'p50', 'p99', 'plain rule / ours'],
    row('ends none', ours.calm, plain.calm),
    row(`ends ${FEW}`, ours.busy, plain.busy),
    row('plain rule, ends none', plain.calm),
    row(`plain rule, ends ${FEW}`, plain.busy),
    row('in the desk, ends none', desk.calm),
    row(`in the desk, ends ${FEW}`, desk.busy),
    row('price to marked, by way of the log', desk.heard),
  ];
  const { last } = desk;
  process.stdout.write(
    `\n${trades} open trades, opened at ${desk.openedPerSecond.toFixed(0)} a second\n${table(rows)}\n` +
      `one tick that ends ${last.trades}: marked in ${last.markedMs.toFixed(1)} ms, all paid in ` +
      `${last.paidMs.toFixed(0)} ms\n`,
  );
  const worst = Math.max(...[ours.calm, ours.busy, desk.calm, desk.busy].map((ms) => percentile(ms, 0.99)));
  return aim(`${trades} trades marked by a tick ≤ ${AIM.markMs} ms (p99)`, worst <= AIM.markMs);
}

function reportExpiry(binaries: number, baselineMs: number, { openedPerSecond, paidMs, late }: Expiry): string {
  const [p50, p99, most] = [percentile(late, 0.5), percentile(late, 0.99), late.at(-1) ?? 0];
  process.stdout.write(
    `\n${binaries} binaries of ${PLAYERS} players that expire at one instant, opened at ` +
      `${openedPerSecond.toFixed(0)} a second\n` +
      `${table([
        ['', 'ms', 'over a transaction per binary'],
        ['transaction per binary', baselineMs.toFixed(0), '1.0x'],
        ['expiry to the last one paid', paidMs.toFixed(0), `${(baselineMs / paidMs).toFixed(1)}x`],
      ])}\n` +
      `a player was told p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms, at most ${most.toFixed(0)} ms after it\n`,
  );
  return aim(`${binaries} binaries paid ≤ ${AIM.expiryMs} ms after their expiry`, paidMs <= AIM.expiryMs);
}

function reportDelivery(clients: number, { alone, crowd }: Delivery): string {
  const row = (people: number, { ages, serverUse, crowdUse, missed }: Delivery['alone']) => [
    ...[`${people}`, ages.percentile(0.5).toFixed(1), ages.percentile(0.99).toFixed(1), `${ages.total}`, `${missed}`],
    ...[serverUse.toFixed(2), crowdUse.toFixed(2)],
  ];
  const head = ['people', 'p50 ms', 'p99 ms', 'patches', 'missed', 'server busy', 'busiest crowd'];
  process.stdout.write(
    `\na tick to what people see, ten a second\n${table([head, row(1, alone), row(clients, crowd)])}\n`,
  );
  const met = crowd.missed === 0 && crowd.ages.percentile(0.99) <= AIM.deliveryMs;
  return aim(`a tick to ${clients} people ≤ ${AIM.deliveryMs} ms (p99)`, met);
}

function aim(what: string, met: boolean): string {
  return `${met ? 'met   ' : 'MISSED'} ${what}`;
}

function read(): Options | undefined {
  const text = (name: string) => ({ type: 'string', default: name }) as const;
  const { values } = parsed(() =>
    parseArgs({
      options: {
        ...{ part: text('all'), trades: text('10000'), binaries: text('10000'), clients: text('1000') },
        ...{ seconds: text('15'), workers: text('2') },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }),
  );
  if (values.help) {
    process.stdout.write(USAGE);
    return undefined;
  }
  const { part } = values;
  if (part !== 'all' && part !== 'marking' && part !== 'expiry' && part !== 'delivery') {
    throw new Mistake(`--part must be marking, expiry, delivery or all, not ${part}`);
  }
  return {
    part,
    trades: count('trades', values.trades, 6_000, 50_000),
    binaries: count('binaries', values.binaries, 100, 50_000),
    clients: count('clients', values.clients, 1, 10_000),
    seconds: count('seconds', values.seconds, 2, 120),
    workers: count('workers', values.workers, 1, 16),
  };
}

try {
  await main();
} catch (error) {
  endWith(error);
}
