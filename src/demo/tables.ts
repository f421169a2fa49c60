import type { Database } from '../../db/pool.ts';
import type { Clock } from '../clock.ts';
import { JOKER_BETS, JOKER_COLOUR, SIDE_BETS, THREE_WINDOW } from '../games/andar-bahar/pay-tables.ts';
import { addGame, type Game } from '../games/andar-bahar/store.ts';
import type { TableId } from '../ids.ts';
import { INR, minor } from '../money.ts';

const ORDINARY = { currency: INR, minBet: minor(1_000), maxPlayerStake: null, enabled: true, paused: false };

/** One at the pace of a casino, one for watching a round from end to end in seconds, and one of every other kind. */
export const DEMO_TABLES: readonly Game[] = [
  {
    ...ORDINARY,
    tableId: 'main' as TableId,
    name: 'Main table',
    payTable: THREE_WINDOW.id,
    maxBet: minor(10_000_000),
    exposureCap: minor(500_000_000),
    bettingMs: 20_000,
    dealingMs: 2_500,
    pauseMs: 6_000,
  },
  {
    ...ORDINARY,
    tableId: 'fast' as TableId,
    name: 'Fast table',
    payTable: THREE_WINDOW.id,
    maxBet: minor(1_000_000),
    exposureCap: minor(50_000_000),
    bettingMs: 4_000,
    dealingMs: 1_000,
    pauseMs: 3_000,
  },
  {
    ...ORDINARY,
    tableId: 'colour' as TableId,
    name: 'The joker’s colour decides who is first',
    payTable: JOKER_COLOUR.id,
    maxBet: minor(2_000_000),
    exposureCap: minor(100_000_000),
    bettingMs: 12_000,
    dealingMs: 1_500,
    pauseMs: 5_000,
  },
  {
    ...ORDINARY,
    tableId: 'cards' as TableId,
    name: 'With bets on the number of cards',
    payTable: SIDE_BETS.id,
    maxBet: minor(1_000_000),
    maxPlayerStake: minor(5_000_000),
    exposureCap: minor(500_000_000),
    bettingMs: 15_000,
    dealingMs: 2_000,
    pauseMs: 6_000,
  },
  {
    ...ORDINARY,
    tableId: 'joker' as TableId,
    name: 'With bets on the joker',
    payTable: JOKER_BETS.id,
    maxBet: minor(1_000_000),
    maxPlayerStake: minor(5_000_000),
    exposureCap: minor(200_000_000),
    bettingMs: 10_000,
    dealingMs: 2_000,
    pauseMs: 5_000,
  },
];

/** Puts the demo's tables into an empty database; call it before the rooms are opened. Idempotent. */
export async function ensureDemoTables(database: Database, clock: Clock): Promise<void> {
  // Tables are listed in the order in which they were set up.
  for (const [place, table] of DEMO_TABLES.entries()) {
    await addGame(database, table, new Date(clock.now() + place));
  }
}
