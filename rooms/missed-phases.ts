import type { Client } from '@colyseus/core';
import type { Database } from '../db/pool.ts';
import type { Clock } from '../src/clock.ts';
import type { UserId } from '../src/ids.ts';
import { bringBackUndelivered, takeUndelivered } from '../src/lottery/deliveries.ts';
import { phaseComplete } from '../src/lottery/telling.ts';
import { INR } from '../src/money.ts';
import { balancesOf } from '../src/wallet/reads.ts';
import { hasJoined, isHere } from './joined.ts';

interface MissedDeps {
  readonly database: Database;
  readonly clock: Clock;
}

const MISSED_MAX = 100;

/**
 * Tells a collector who has come what phases came to meanwhile, as soon as the connection can take it. Each is told
 * once, here or when it was settled.
 */
export async function deliverMissedPhases(
  { database, clock }: MissedDeps,
  client: Client,
  userId: UserId,
): Promise<void> {
  if (!(await hasJoined(client, clock))) return;
  const results = await takeUndelivered(database, { userId, limit: MISSED_MAX }, new Date(clock.now()));
  if (results.length === 0) return;
  const balance = (await balancesOf(database, INR, [userId])).get(userId);
  const left = results.values();
  for (const result of left) {
    if (!isHere(client)) return bringBackUndelivered(database, [result, ...left]);
    client.send('phase_complete', { ...phaseComplete(result, balance), missed: true });
  }
}
