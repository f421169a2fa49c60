import { randomBytes } from 'node:crypto';
import type { Database } from '../../db/pool.ts';
import type { Clock } from '../clock.ts';
import { dealFromSeed } from '../fairness/andar-bahar.ts';
import { type SealingKey, sealSeed } from '../fairness/sealed-seed.ts';
import { ALGORITHM_VERSION, commitmentOf, newServerSeed, type RandomBytes, type ServerSeed } from '../fairness/seed.ts';
import { displayOf } from '../games/andar-bahar/cards.ts';
import { jokerOutcomes } from '../games/andar-bahar/joker-outcomes.ts';
import type { PayTable } from '../games/andar-bahar/pay-table.ts';
import { findPayTable } from '../games/andar-bahar/pay-tables.ts';
import { type Betting, type Dealing, openRound as openRules, type TableSettings } from '../games/andar-bahar/round.ts';
import { MARKET_SIZES } from '../games/andar-bahar/selection.ts';
import type { Game } from '../games/andar-bahar/store.ts';
import { deterministicKey, type Key, type RoundId, type TableId, uuid7 } from '../ids.ts';
import type { Logger } from '../log.ts';
import { type BookId, SYSTEM } from '../wallet/command.ts';
import { rulesVersionOf } from './game-rules.ts';
import { insist, type Wallet } from './insist.ts';
import type { RoundObserver } from './observer.ts';
import { insertRound } from './store.ts';

/** What driving a round takes. No room: a round found open after a crash is driven without one. */
export interface RoundDeps {
  readonly database: Database;
  readonly wallet: Wallet;
  readonly clock: Clock;
  readonly log: Logger;
  readonly sealingKey: SealingKey;
  /** Aborted when nobody waits for unfinished rounds any more: they are resumed at the next start. */
  readonly signal: AbortSignal;
  readonly observer?: RoundObserver;
  /** Where seeds come from: the operating system's generator; something fixed in a test. */
  readonly randomBytes?: RandomBytes;
}

/** A round under way: its rules are in `src/games/andar-bahar/round.ts`, this is where it stands in the books. */
export interface LiveRound {
  readonly roundId: RoundId;
  readonly tableId: TableId;
  readonly roundNumber: number;
  readonly book: BookId;
  /** Of the book: whoever claims it gets a higher one, and what we ask for is refused from then on. */
  readonly epoch: number;
  readonly table: PayTable;
  readonly seed: ServerSeed;
  readonly commitment: string;
  /** Of every window that has closed, in order: what the steps behind them are drawn with. */
  readonly roots: readonly string[];
}

/**
 * Begins a round (S0-08 … S0-12). Seed, commitment and round are stored before the book opens, and so before the first
 * bet: a crash in between leaves a round that nobody could bet on.
 */
export async function openRound(
  deps: RoundDeps,
  game: Game,
  settings: TableSettings,
): Promise<{ live: LiveRound; round: Betting | Dealing }> {
  const { database, wallet, clock, signal } = deps;
  const now = clock.now();
  const roundId = uuid7<RoundId>(now);
  const seed = newServerSeed(deps.randomBytes ?? randomBytes);
  const joker = dealFromSeed({ seed, roundId, table: settings.table, roots: [] })?.joker;
  const commitment = commitmentOf(seed);
  const { roundNumber, book } = await insertRound(database, {
    roundId,
    tableId: game.tableId,
    payTable: settings.table.id,
    rulesVersion: await rulesVersionOf(database, game, new Date(now)),
    jokerCard: joker === undefined ? null : displayOf(joker),
    commitment,
    algorithmVersion: ALGORITHM_VERSION,
    sealedSeed: sealSeed(deps.sealingKey, roundId, seed),
    bettingEndsAt: new Date(now + settings.bettingMs),
    createdAt: new Date(now),
  });
  const { epoch } = await insist(
    wallet,
    clock,
    {
      kind: 'openBook',
      origin: SYSTEM,
      key: deterministicKey(roundId, 'open'),
      request: roundId,
      book,
      ref: roundId,
      game: game.tableId,
      currency: game.currency,
      cap: game.exposureCap,
      playerCap: game.maxPlayerStake,
      marketSizes: MARKET_SIZES,
      outcomes: jokerOutcomes(settings.table),
    },
    signal,
  );
  const identity = { roundId, tableId: game.tableId, roundNumber, book, epoch };
  const live = { ...identity, table: settings.table, seed, commitment, roots: [] };
  return { live, round: openRules(settings, { roundId, roundNumber, joker, now }) };
}

/** The settings that the rules go by. Throws on a pay table that this server does not have. */
export function settingsOf(game: Game): TableSettings {
  const { currency, minBet, maxBet, maxPlayerStake, bettingMs, paused } = game;
  return { table: payTableOf(game.payTable), currency, minBet, maxBet, maxPlayerStake, bettingMs, paused };
}

export function payTableOf(id: string): PayTable {
  const table = findPayTable(id);
  if (table === undefined) throw new Error(`there is no pay table ${id}`);
  return table;
}

/**
 * The key of a command of a round's life. The epoch is part of it, because the refusal that a fenced room collects is
 * durable too: under the same key its successor would inherit it. Nothing is done twice all the same: a window closes
 * once and a position is paid once, whatever the key.
 */
export function roundKey(live: LiveRound, ...parts: readonly (string | number)[]): Key {
  return deterministicKey(live.roundId, live.epoch, ...parts);
}
