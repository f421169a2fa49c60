import { type Key, uuid7 } from '../src/ids.ts';
import { isRefusal } from '../src/refusal.ts';
import { FEW, TOP } from './bench-trading-marking.ts';
import { forEach } from './crew.ts';
import { PRICE, type TradingHouse } from './trading-house.ts';

const OPENED_AT_ONCE = 200;
const SAID_EVERY_MS = 500;
const CALM = 1_000;
const BUSY = 300;

export interface DeskMarking {
  readonly openedPerSecond: number;
  /** How long the desk took over a tick, in milliseconds, ascending: ticks that ended none, and some. */
  readonly calm: Float64Array;
  readonly busy: Float64Array;
  /** From the price to the desk having heard it: what is written first, and marked. */
  readonly heard: Float64Array;
  /** One tick that ends all that are left: how long the desk took, and until all were paid. */
  readonly last: { readonly trades: number; readonly markedMs: number; readonly paidMs: number };
}

/** The same ticks in a desk at work, with rows and money. */
export async function markDesk(house: TradingHouse, trades: number): Promise<DeskMarking> {
  const { desk, heardMs } = house;
  const openedPerSecond = await openAll(house, trades, (number) => openTrade(house, number));
  await house.say(PRICE);
  const run = async (ticks: number, priceOf: (tick: number) => bigint) => {
    heardMs.length = 0;
    const heard: number[] = [];
    for (let tick = 1; tick <= ticks; tick++) heard.push(await house.say(priceOf(tick)));
    return { times: Float64Array.from(heardMs).sort(), heard: Float64Array.from(heard).sort() };
  };
  const calm = await run(CALM, (tick) => PRICE + BigInt((tick * 37) % 1_000));
  if (desk.trades.size !== trades) throw new Error('a calm tick has ended a trade');
  const busy = await run(BUSY, (tick) => TOP + BigInt(tick * FEW - 1));
  await desk.trades.idle();
  const left = desk.trades.size;
  heardMs.length = 0;
  const startedAt = performance.now();
  await house.say(TOP + BigInt(trades));
  await desk.trades.idle();
  const paidMs = performance.now() - startedAt;
  if (desk.trades.size !== 0) throw new Error(`${desk.trades.size} trades were not ended`);
  const last = { trades: left, markedMs: Math.max(...heardMs), paidMs };
  return { openedPerSecond, calm: calm.times, busy: busy.times, heard: calm.heard, last };
}

/** So many, one after the other, while prices go on; how many a second. */
export async function openAll(
  house: TradingHouse,
  count: number,
  open: (number: number) => Promise<unknown>,
): Promise<number> {
  await house.say(PRICE);
  const saying = setInterval(() => void house.say(PRICE), SAID_EVERY_MS);
  const startedAt = performance.now();
  try {
    await forEach(
      Array.from({ length: count }, (_, number) => number),
      OPENED_AT_ONCE,
      open,
    );
  } finally {
    clearInterval(saying);
  }
  return count / ((performance.now() - startedAt) / 1_000);
}

async function openTrade({ desk, users }: TradingHouse, number: number): Promise<void> {
  const userId = users[number % users.length];
  if (userId === undefined) throw new Error('there are no players');
  const level = (Number(TOP + BigInt(number)) / 100).toFixed(2);
  const levels = number % 2 === 0 ? { takeProfit: level } : { stopLoss: level };
  const side = number % 2 === 0 ? 'LONG' : 'SHORT';
  const wish = { userId, key: uuid7<Key>(Date.now()), receivedAt: Date.now(), symbol: 'BTC/USDT', amount: '0.001' };
  const opened = await desk.openTrade({ ...wish, side, ...levels });
  if (isRefusal(opened)) throw new Error(`a trade was refused: ${opened.code} ${opened.message}`);
}
