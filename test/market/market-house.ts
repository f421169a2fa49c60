import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Database, openAppPool } from '../../db/pool.ts';
import { auditMarket } from '../../src/market/audit.ts';
import type { Tick } from '../../src/market/feed.ts';
import { Market, type MarketDeps } from '../../src/market/market.ts';
import { startOf } from '../../src/market/walk.ts';
import { SEALING_KEY } from '../rounds/support.ts';
import { useDatabase } from '../support/database.ts';
import { silent } from '../wallet/fixture.ts';
import { DatabaseProxy } from '../wallet/proxy.ts';
import { HandFeed } from './hand-feed.ts';
import { DAY, FakeClock } from './market-support.ts';

/** Noon of the day of the test vectors. */
export const NOON = startOf(DAY) + 43_200_000;

/** Asks again until it is so. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 1_000; attempt += 1) {
    if (await isSo()) return;
    await sleep(5);
  }
  assert.fail(`${what}: not in time`);
}

/** An open market over a bad line, with what its listeners have heard. */
export interface OpenMarket {
  readonly market: Market;
  readonly feed: HandFeed;
  readonly clock: FakeClock;
  readonly proxy: DatabaseProxy;
  /** Batch by batch. */
  readonly heard: (readonly Tick[])[];
  close(): Promise<void>;
}

/** Markets on a database of this suite's own, emptied before each test; after it log, candles and days agree. */
export function useMarket() {
  const database = useDatabase();
  const opened: OpenMarket[] = [];
  beforeEach(() => database.admin().query('truncate tick, candle, market_day'));
  afterEach(async () => {
    for (const each of opened.splice(0)) await each.close();
    assert.deepEqual(
      (await auditMarket(database.pool())).filter(({ broken }) => broken.length > 0),
      [],
    );
  });

  async function open(more: Partial<MarketDeps> & { readonly clock?: FakeClock } = {}): Promise<OpenMarket> {
    const proxy = await DatabaseProxy.open(database.url());
    const pool: Database = await openAppPool(proxy.url);
    const clock = more.clock ?? new FakeClock(NOON);
    const feed = new HandFeed(clock);
    const market = await Market.open({ database: pool, log: silent, feed, sealingKey: SEALING_KEY, ...more, clock });
    const heard: (readonly Tick[])[] = [];
    market.onTicks((ticks) => heard.push(ticks));
    let closed = false;
    const close = async () => {
      if (closed) return;
      closed = true;
      proxy.release();
      await market.stop();
      await pool.end();
      await proxy.close();
    };
    const house = { market, feed, clock, proxy, heard, close };
    opened.push(house);
    return house;
  }

  /** Every tick in the log, as anybody else sees it. */
  async function logged(): Promise<readonly string[]> {
    const { rows } = await database.admin().query('select * from tick order by at, seq, symbol');
    return rows.map(({ symbol, at, seq, price }) => `${symbol} ${at} ${seq} ${price}`);
  }

  return { database, open, logged };
}

/** As `logged` says it. */
export function written({ symbol, at, seq, price }: Tick): string {
  return `${symbol} ${at} ${seq} ${price}`;
}
