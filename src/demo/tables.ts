import type { Database } from '../../db/pool.ts';
import type { Clock } from '../clock.ts';
import { THREE_WINDOW } from '../games/andar-bahar/pay-tables.ts';
import { INR, minor } from '../money.ts';
import { insertTable, type NewTable } from './store.ts';

const ORDINARY = { payTable: THREE_WINDOW.id, currency: INR, minBet: minor(1_000) };

/** One table for watching a round from end to end in seconds, one at the pace of a casino. */
export const DEMO_TABLES: readonly NewTable[] = [
  {
    ...ORDINARY,
    id: 'main',
    name: 'Main table',
    maxBet: minor(10_000_000),
    exposureCap: minor(500_000_000),
    bettingMs: 20_000,
    dealingMs: 2_500,
    pauseMs: 6_000,
  },
  {
    ...ORDINARY,
    id: 'fast',
    name: 'Fast table',
    maxBet: minor(1_000_000),
    exposureCap: minor(50_000_000),
    bettingMs: 4_000,
    dealingMs: 1_000,
    pauseMs: 3_000,
  },
];

/** Puts the demo's tables into an empty database; call it before the rooms are opened. Idempotent. */
export async function ensureDemoTables(database: Database, clock: Clock): Promise<void> {
  const now = new Date(clock.now());
  for (const table of DEMO_TABLES) await insertTable(database, table, now);
}
