import { type SchemaType, schema, t } from '@colyseus/schema';
import { z } from 'zod';
import type { Minor } from '../src/money.ts';

/** What is at stake on one bet side in the round, undone bets not among it. */
export const SideTotals = schema(
  {
    amount: t.bigint64<Minor>().default(0n as Minor),
    bets: t.uint32().default(0),
    /** How many different players. */
    players: t.uint32().default(0),
  },
  'SideTotals',
);
export type SideTotals = SchemaType<typeof SideTotals>;

/**
 * What everybody at a table sees (PROTOCOL, Andar Bahar). Money is minor units, times are epoch milliseconds, cards are
 * shown as `K♠`; a text that is not known yet is empty.
 */
export const AndarBaharState = schema(
  {
    tableId: t.string().default(''),
    /** The id of the pay table. */
    variant: t.string().default(''),
    currency: t.string().default(''),
    phase: t.string<'idle' | 'betting' | 'dealing' | 'settled' | 'voided'>().default('idle'),
    roundId: t.string().default(''),
    roundNumber: t.uint32().default(0),
    /** 0 while idle. */
    bettingWindow: t.uint8().default(0),
    /** 0 while no window is open. */
    bettingEndsAt: t.float64().default(0),
    /** Empty while bets are taken on it. */
    jokerCard: t.string().default(''),
    andarCards: t.array('string'),
    baharCards: t.array('string'),
    winningSide: t.string<'' | 'andar' | 'bahar'>().default(''),
    totalAndarBets: t.bigint64<Minor>().default(0n as Minor),
    totalBaharBets: t.bigint64<Minor>().default(0n as Minor),
    /** How many bets, not how much (S0-28). */
    totalBets: t.uint32().default(0),
    /** How much, on all sides together. */
    totalBetAmount: t.bigint64<Minor>().default(0n as Minor),
    /** One for every bet side of the table, by its name. */
    sides: t.map(SideTotals),
    minBet: t.bigint64<Minor>().default(0n as Minor),
    maxBet: t.bigint64<Minor>().default(0n as Minor),
    /** The most that one player may have at stake in a round; 0: anything. */
    maxPlayerStake: t.bigint64<Minor>().default(0n as Minor),
    /** SHA-256 of the seed, shown before the first bet. */
    commitment: t.string().default(''),
    /** The seed in hexadecimal, shown with the result. */
    serverSeed: t.string().default(''),
    /** Winning sides of the last rounds, the newest last. */
    recentWinners: t.array('string'),
    paused: t.boolean().default(false),
  },
  'AndarBaharState',
);
export type AndarBaharState = SchemaType<typeof AndarBaharState>;

const Uuid = z.string().regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/, 'a lower-case UUID');
const Window = z.int().min(1).max(9);

/** `place-bet`: a stake of `amount` minor units. Without a window it is meant for the one that is open. */
export const PlaceBet = z.strictObject({
  key: Uuid,
  roundId: Uuid,
  betSide: z.string().min(1).max(32),
  amount: z.int().positive().max(1e15),
  bettingWindow: Window.optional(),
});

/** `undo-bet`: takes back one bet within its own window. `betId` is the seq of its position, in digits. */
export const UndoBet = z.strictObject({
  key: Uuid,
  betId: z.string().regex(/^[1-9][0-9]{0,18}$/, 'digits'),
  bettingWindow: Window.optional(),
});

/** `rebet` and `double`: earlier bets of the player made again, as bets of the current window. */
export const RepeatBets = z.strictObject({ key: Uuid, roundId: Uuid, bettingWindow: Window.optional() });

/** `my-bets`: one's own bets of the current round; the request may come without a payload. */
export const MyBets = z.strictObject({}).nullish();

export type PlaceBet = z.infer<typeof PlaceBet>;
export type UndoBet = z.infer<typeof UndoBet>;
export type RepeatBets = z.infer<typeof RepeatBets>;
export type MyBets = z.infer<typeof MyBets>;
