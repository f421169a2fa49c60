import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'slonik';
import { z } from 'zod';
import { type Key, uuid7 } from '../src/ids.ts';
import { isRefusal } from '../src/refusal.ts';
import { openAll } from './bench-trading-desk.ts';
import { PRICE, type TradingHouse } from './trading-house.ts';

const Count = z.object({ count: z.bigint() });
/** Opened, settled and paid before anything is counted. */
const WARM_UP = 500;
const STAKE = 1_000;
const SECONDS_MIN = 6;
const SAID_EVERY_MS = 100;
const LOOK_EVERY_MS = 2;
/** Prices move after the entry, so that half of all win. */
const RISE = 500n;

export interface Expiry {
  readonly openedPerSecond: number;
  /** From the expiry to the last one paid: the lane is idle, and every position closed in the ledger. */
  readonly paidMs: number;
  /** From the expiry to what its player was told, by binary, in milliseconds, ascending. */
  readonly late: Float64Array;
}

/** So many binaries that expire at one instant. */
export async function expireAll(house: TradingHouse, binaries: number): Promise<Expiry> {
  const warm = await expire(house, Math.min(WARM_UP, binaries), SECONDS_MIN + 2);
  const seconds = SECONDS_MIN + Math.ceil((1.6 * binaries) / warm.openedPerSecond);
  return expire(house, binaries, seconds);
}

async function expire(house: TradingHouse, count: number, seconds: number): Promise<Expiry> {
  const { desk, told } = house;
  const expiresAt = nextSecond() + seconds * 1_000;
  const before = await closed(house);
  const openedPerSecond = await openAll(house, count, (number) => openBinary(house, number, expiresAt));
  if (Date.now() > expiresAt - 1_000) throw new Error('opening them took longer than they run');
  told.length = 0;
  let rise = 0n;
  const saying = setInterval(() => {
    rise += RISE;
    void house.say(PRICE + (rise % (20n * RISE)) + 1n);
  }, SAID_EVERY_MS);
  await sleep(expiresAt - Date.now() - 10);
  while (desk.binaries.size > 0) await sleep(LOOK_EVERY_MS);
  await desk.binaries.idle();
  const paidMs = Date.now() - expiresAt;
  clearInterval(saying);
  while (told.filter(({ type }) => type === 'BINARY_RESOLVED').length < count) await sleep(LOOK_EVERY_MS);
  const paid = (await closed(house)) - before;
  if (paid !== count) throw new Error(`${paid} of ${count} binaries were paid`);
  const late = told.flatMap(({ type, at }) => {
    return type === 'BINARY_RESOLVED' ? [performance.timeOrigin + at - expiresAt] : [];
  });
  return { openedPerSecond, paidMs, late: Float64Array.from(late).sort() };
}

/** They run for whole seconds from when they are received: at the turn of one, all of them end at one instant. */
function nextSecond(): number {
  return Math.ceil(Date.now() / 1_000) * 1_000;
}

async function openBinary({ desk, users }: TradingHouse, number: number, expiresAt: number) {
  const receivedAt = nextSecond();
  const expirySeconds = (expiresAt - receivedAt) / 1_000;
  const userId = users[number % users.length];
  if (userId === undefined) throw new Error('there are no players');
  const direction = number % 2 === 0 ? 'UP' : 'DOWN';
  const wish = { userId, key: uuid7<Key>(Date.now()), receivedAt, symbol: 'BTC/USDT', stake: STAKE, expirySeconds };
  const opened = await desk.openBinary({ ...wish, direction });
  if (isRefusal(opened)) throw new Error(`a binary was refused: ${opened.code} ${opened.message}`);
}

/** Positions of binaries that the ledger has closed. */
async function closed({ database }: TradingHouse): Promise<number> {
  const { count } = await database.one(sql.type(Count)`
    select count(*) as count from binary_trade t join closing c on c.shard = 0 and c.position = t.seq`);
  return Number(count);
}
