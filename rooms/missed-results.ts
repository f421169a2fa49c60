import type { Client } from '@colyseus/core';
import type { Database } from '../db/pool.ts';
import type { Clock } from '../src/clock.ts';
import type { UserId } from '../src/ids.ts';
import { type Currency, type Minor, ZERO } from '../src/money.ts';
import { bringBack, type Missed, takeMissed } from '../src/rounds/deliveries.ts';
import { balancesOf } from '../src/wallet/reads.ts';
import { hasJoined, isHere } from './joined.ts';
import { gameComplete, payoutMessage } from './result-messages.ts';

interface MissedDeps {
  readonly database: Database;
  readonly clock: Clock;
}

const MISSED_MAX = 100;

/**
 * Tells a player who has come what rounds came to meanwhile, as soon as the connection can take it: `game_complete`,
 * and in the player's own channel, which no table's state explains, `payout` before it. Each result is told once, by
 * the table's room or by the player's own.
 */
export async function deliverMissed(
  { database, clock }: MissedDeps,
  client: Client,
  { userId, which, currency }: { readonly userId: UserId; readonly which: Missed; readonly currency: Currency },
): Promise<void> {
  if (!(await hasJoined(client, clock))) return;
  const results = await takeMissed(database, userId, which, { limit: MISSED_MAX, at: new Date(clock.now()) });
  if (results.length === 0) return;
  const balance = (await balancesOf(database, currency, [userId])).get(userId);
  const isOwn = !('tableId' in which);
  const left = results.values();
  for (const { roundId, tableId, winner, stake, payout, result } of left) {
    if (!isHere(client)) return bringBack(database, userId, [roundId, ...left.map((each) => each.roundId)]);
    const own = { amount: payout, totalBet: stake, netProfit: (payout - stake) as Minor, result };
    const where = isOwn ? { roundId, tableId } : {};
    if (isOwn && balance && payout > ZERO) {
      client.send('payout', { ...payoutMessage(own, balance), ...where, missed: true });
    }
    client.send('game_complete', { ...gameComplete({ roundId, winner }, own, balance), ...where, missed: true });
  }
}
