import assert from 'node:assert/strict';
import { sql } from 'slonik';
import { z } from 'zod';
import type { Database } from '../../db/pool.ts';
import { openAppPool } from '../../db/pool.ts';
import { Channels } from '../../src/channels.ts';
import { deterministicKey, type Key, type SymbolId, type TradeId, type UserId } from '../../src/ids.ts';
import { Market } from '../../src/market/market.ts';
import { printPrice } from '../../src/market/price.ts';
import { type MarketSymbol, SYMBOLS } from '../../src/market/symbols.ts';
import { INR, minor } from '../../src/money.ts';
import { limitsOf } from '../../src/protection/figures.ts';
import { isRefusal, type Refusal } from '../../src/refusal.ts';
import { auditTrading } from '../../src/trading/audit.ts';
import { findBinary } from '../../src/trading/binary-store.ts';
import { Desk } from '../../src/trading/desk.ts';
import { findTrade } from '../../src/trading/trade-store.ts';
import { wireBinary, wireTrade } from '../../src/trading/wire-trading.ts';
import type { BinaryWish, TradeWish } from '../../src/trading/wishes.ts';
import { findProtection } from '../../src/wallet/protection.ts';
import { type MovableClock, movableClock } from '../accounts/support.ts';
import { addPlayer } from '../bonuses/support.ts';
import { assertBooks } from '../journeys/support.ts';
import { HandFeed } from '../market/hand-feed.ts';
import { until } from '../market/market-house.ts';
import { SEALING_KEY } from '../rounds/support.ts';
import { useDatabase } from '../support/database.ts';
import { credit, newKey, openWallet, silent, type TestWallet } from '../wallet/fixture.ts';

export const BTC = 'BTCUSDT' as SymbolId;

/** What somebody was told. */
export interface Told {
  readonly userId: UserId;
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: what is said is for the test to judge.
  readonly message: any;
}

/** A desk at work, its prices said by the test. */
export interface House {
  readonly desk: Desk;
  readonly market: Market;
  readonly feed: HandFeed;
  readonly clock: MovableClock;
  readonly wallet: TestWallet;
  readonly database: Database;
  readonly told: Told[];
  /** As a process that is killed: nothing is finished, nothing is said any more. */
  crash(): Promise<void>;
}

type Parts = Pick<House, 'desk' | 'market' | 'wallet' | 'database'>;

interface Opening {
  /** How long a price is on its way. */
  readonly delayMs: number;
  readonly feedId: string;
  /** Before the desk starts. */
  readonly prepare: (desk: Desk, database: Database) => void;
  /** Of the wallet. */
  readonly patienceMs: number;
  readonly symbols: readonly MarketSymbol[];
}

const nothing: Opening['prepare'] = () => undefined;

/** Desks on a database of this suite's own; after every test its rows, the ledger and the tick log agree. */
export function useDesk() {
  const database = useDatabase();
  // One for all of them: the tick log does not go back.
  const clock = movableClock();
  const opened: House[] = [];
  afterEach(async () => {
    for (const house of opened.splice(0)) await close(house);
    const findings = await auditTrading(database.pool());
    assert.deepEqual(
      findings.filter(({ broken }) => broken.length > 0),
      [],
    );
    await assertBooks(database);
  });

  async function open(url = database.url(), options: Partial<Opening> = {}): Promise<House> {
    const { delayMs = 0, feedId = 'hand', prepare = nothing, patienceMs = 5_000, symbols = SYMBOLS } = options;
    const wallet = await openWallet(url, { clock, patienceMs });
    const pool = await openAppPool(url);
    const feed = new HandFeed(clock, { delayMs, id: feedId });
    const market = await Market.open({ database: pool, clock, log: silent, feed, symbols, sealingKey: SEALING_KEY });
    const channels = new Channels(silent);
    const told: Told[] = [];
    channels.lend({ reaches: () => true, speak: (userId, type, message) => told.push({ userId, type, message }) > 0 });
    const giveUp = new AbortController();
    const common = { database: pool, wallet: wallet.actor, clock, log: silent };
    const desk = await Desk.open({ ...common, market, channels, signal: giveUp.signal });
    prepare(desk, pool);
    try {
      await desk.start();
    } catch (error) {
      await close({ desk, market, wallet, database: pool });
      throw error;
    }
    market.start();
    const house: House = {
      ...{ desk, market, feed, clock, wallet, database: pool, told },
      crash: async () => {
        opened.splice(opened.indexOf(house), 1);
        giveUp.abort();
        market.abandon();
        await wallet.end();
        await desk.stop();
        await pool.end();
      },
    };
    opened.push(house);
    return house;
  }

  async function player(house: House, balance = 100_000_000): Promise<UserId> {
    const userId = await addPlayer(database.pool(), { role: 'PLAYER' });
    if (balance > 0) assert.ok((await house.wallet.actor.execute(credit(userId, balance))).ok);
    return userId;
  }

  return { database, open, player };
}

async function close({ desk, market, wallet, database }: Parts): Promise<void> {
  await desk.stop();
  await market.stop();
  await wallet.end();
  await database.end();
}

/** Says a price and waits until it is the last one there is. */
export async function say(house: House, price: string, symbol = BTC, at = nextMoment(house, symbol)): Promise<void> {
  const { feed, market } = house;
  const known = market.symbols.find(({ id }) => id === symbol);
  assert.ok(known);
  const steps = BigInt(price.replace('.', '')) * (price.includes('.') ? 1n : 10n ** BigInt(known.priceScale));
  feed.say(symbol, steps, at);
  await until(`the price ${price}`, () => {
    const last = market.lastTick(symbol);
    return last !== undefined && last.at >= at && printPrice(last.price, known) === printPrice(steps as never, known);
  });
}

/** Now, or the next moment that is not over: a market that has just started takes no price of the same millisecond. */
function nextMoment({ clock, market }: House, symbol: SymbolId): number {
  const over = market.completeThrough(symbol);
  if (over >= clock.now()) clock.advance(over + 1 - clock.now());
  return clock.now();
}

export function tradeWish(house: House, userId: UserId, more: Partial<TradeWish> = {}): TradeWish {
  return { userId, key: newKey(), receivedAt: house.clock.now(), symbol: 'BTC/USDT', amount: '1', ...more };
}

export function binaryWish(house: House, userId: UserId, more: Partial<BinaryWish> = {}): BinaryWish {
  const common = { userId, key: newKey(), receivedAt: house.clock.now(), symbol: 'BTC/USDT' };
  return { ...common, direction: 'UP', stake: 1_000, expirySeconds: 5, ...more };
}

export async function opens(house: House, userId: UserId, more: Partial<TradeWish> = {}): Promise<TradeId> {
  return accepted(await house.desk.openTrade(tradeWish(house, userId, more))).row.terms.tradeId;
}

export async function bets(house: House, userId: UserId, more: Partial<BinaryWish> = {}): Promise<TradeId> {
  return accepted(await house.desk.openBinary(binaryWish(house, userId, more))).row.terms.tradeId;
}

export function closes(house: House, userId: UserId, tradeId: TradeId, key: Key = newKey()) {
  return house.desk.closeTrade({ userId, key, tradeId, receivedAt: house.clock.now() });
}

export function accepted<Answer extends { readonly ok: true }>(answer: Answer | Refusal): Answer {
  assert.ok(!isRefusal(answer), isRefusal(answer) ? `${answer.code}: ${answer.message}` : '');
  return answer;
}

export function codeOf(answer: { readonly ok: true } | Refusal): string {
  return isRefusal(answer) ? answer.code : 'OK';
}

/** As its player sees it. */
export async function tradeOf(database: Database, tradeId: TradeId) {
  const row = await findTrade(database, tradeId);
  assert.ok(row);
  return wireTrade(row);
}

export async function binaryOf(database: Database, tradeId: TradeId) {
  const row = await findBinary(database, tradeId);
  assert.ok(row);
  return wireBinary(row);
}

/** `real/held` of somebody. */
export async function purse(database: Database, userId: UserId): Promise<string> {
  const { balancesOf } = await import('../../src/wallet/reads.ts');
  const balance = (await balancesOf(database, 'INR' as never, [userId])).get(userId);
  return `${balance?.real ?? 0n}/${balance?.held ?? 0n}`;
}

const CountedRow = z.object({ turnover: z.bigint(), bets: z.bigint(), xp: z.bigint(), statuses: z.array(z.string()) });

/** What is counted of somebody: stakes and bets for good, a day's losses and stakes for limits; what bets came to. */
export async function countedOf({ database, clock }: House, userId: UserId): Promise<string> {
  const { turnover, bets, xp, statuses } = await database.one(sql.type(CountedRow)`
    select turnover, bets, xp, array(select status from bets where user_id = ${userId}::uuid order by id) as statuses
      from wallet where owner = ${userId}::uuid`);
  const views = limitsOf(await findProtection(database, userId, INR, clock.now()), clock.now());
  const used = views.flatMap(({ kind, days, used }) => (days === 1 && kind !== 'deposit' ? [`${kind} ${used}`] : []));
  return [turnover, bets, xp, ...used, ...statuses].join(' ');
}

/** The same key every time, for one that is sent again. */
export function keyFor(...parts: readonly (string | number)[]): Key {
  return deterministicKey(...parts);
}

export const ZERO_PURSE = minor(0);
