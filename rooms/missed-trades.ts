import type { Client } from '@colyseus/core';
import type { Database } from '../db/pool.ts';
import type { Clock } from '../src/clock.ts';
import type { TradeId, UserId } from '../src/ids.ts';
import { binaryResolved, tradeClosed } from '../src/trading/telling.ts';
import { bringBackUntold, type Told, takeUntoldBinaries, takeUntoldTrades } from '../src/trading/untold-store.ts';
import { hasJoined, isHere } from './joined.ts';

interface MissedDeps {
  readonly database: Database;
  readonly clock: Clock;
}

/** Of trades, and of binaries; the rest the next time. */
const MISSED_MAX = 100;

/**
 * Tells a player who has come what trades and binaries came to meanwhile, as soon as the connection can take it. Each
 * is told once, here or when it ended.
 */
export async function deliverMissedTrades(
  { database, clock }: MissedDeps,
  client: Client,
  userId: UserId,
): Promise<void> {
  if (!(await hasJoined(client, clock))) return;
  const bringBack = (table: Told) => (left: readonly TradeId[]) => bringBackUntold(database, table, left);
  const trades = (await takeUntoldTrades(database, userId, MISSED_MAX)).map(tradeClosed);
  await send(client, 'TRADE_CLOSED', trades, bringBack('trade'));
  if (!isHere(client)) return;
  const binaries = (await takeUntoldBinaries(database, userId, MISSED_MAX)).map(binaryResolved);
  await send(client, 'BINARY_RESOLVED', binaries, bringBack('binary_trade'));
}

async function send(
  client: Client,
  type: string,
  messages: readonly { readonly tradeId: string }[],
  bringBack: (left: readonly TradeId[]) => Promise<void>,
): Promise<void> {
  const left = messages.values();
  for (const message of left) {
    if (!isHere(client)) return bringBack([message, ...left].map(({ tradeId }) => tradeId as TradeId));
    client.send(type, { ...message, missed: true });
  }
}
