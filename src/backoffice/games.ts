import type { Queries } from '../../db/pool.ts';
import { findPayTable } from '../games/andar-bahar/pay-tables.ts';
import { addGame, type Game } from '../games/andar-bahar/store.ts';
import type { TableId } from '../ids.ts';
import { toWire } from '../money.ts';
import { type Refusal, refuse } from '../refusal.ts';
import type { Json } from './audit-line.ts';
import type { Done } from './backoffice.ts';
import { findHouseGame, type HouseGame, lockGame, updateGame, updatePaused } from './games-store.ts';

/** What may be changed of a table. Its rounds and its money hang on its id and currency: those stay. */
export type GameChange = { readonly [Name in keyof Omit<Game, 'tableId' | 'currency' | 'paused'>]?: Game[Name] };

type Act = Promise<Done<HouseGame> | Refusal>;

/** Rooms, books of the ledger, or lines of a report, of these names are something else. */
const RESERVED: readonly string[] = ['account', 'backoffice', 'bonuses', 'desk-main', 'lottery', 'trading', 'binary'];

/** Sets up a new table. ALREADY_DECIDED where there is one of this id; INVALID_REQUEST where it could not be played. */
export async function createGame(tx: Queries, game: Game, now: Date, reason?: string): Act {
  if (RESERVED.includes(game.tableId)) return wrong('id', 'is the name of another room');
  const refusal = problemOf(game);
  if (refusal) return refusal;
  if (!(await addGame(tx, game, now))) return refuse('ALREADY_DECIDED', 'There is a table of this id already.');
  const { tableId, paused: _, ...rest } = game;
  return done(tx, tableId, { action: 'game.create', after: wordsOf(rest), ...(reason !== undefined && { reason }) });
}

/**
 * Changes a table; the round in play keeps its rules, the next begins under the new ones. NOT_FOUND, INVALID_REQUEST
 * where it could not be played like that, ALREADY_DECIDED where it is like that already.
 */
export async function changeGame(tx: Queries, tableId: TableId, change: GameChange, reason: string): Act {
  const game = await lockGame(tx, tableId);
  if (game === null) return refuse('NOT_FOUND');
  const changed: Game = { ...game, ...change };
  const refusal = problemOf(changed);
  if (refusal) return refusal;
  const names = (Object.keys(change) as (keyof GameChange)[]).filter((name) => game[name] !== changed[name]);
  if (names.length === 0) return refuse('ALREADY_DECIDED', 'The table is like that already.');
  await updateGame(tx, changed);
  const only = (of: Game) => wordsOf(Object.fromEntries(names.map((name) => [name, of[name]])));
  return done(tx, tableId, { action: 'game.change', before: only(game), after: only(changed), reason });
}

/** Takes no bets from now on; the round in play is dealt and settled. NOT_FOUND; ALREADY_DECIDED where it is paused. */
export function pauseGame(tx: Queries, tableId: TableId, reason: string): Act {
  return setPaused(tx, tableId, true, reason);
}

/** Takes bets again. NOT_FOUND; ALREADY_DECIDED where it is not paused. */
export function resumeGame(tx: Queries, tableId: TableId, reason: string): Act {
  return setPaused(tx, tableId, false, reason);
}

async function setPaused(tx: Queries, tableId: TableId, paused: boolean, reason: string): Act {
  const game = await lockGame(tx, tableId);
  if (game === null) return refuse('NOT_FOUND');
  if (game.paused === paused) return refuse('ALREADY_DECIDED', `The table is ${paused ? '' : 'not '}paused already.`);
  await updatePaused(tx, tableId, paused ? reason : null);
  const action = paused ? 'game.pause' : 'game.resume';
  return done(tx, tableId, { action, before: { paused: !paused }, after: { paused }, reason });
}

async function done(tx: Queries, tableId: TableId, entry: Omit<Done<HouseGame>['entry'], 'target'>): Act {
  const answer = await findHouseGame(tx, tableId);
  if (answer === null) throw new Error(`table ${tableId} is gone`);
  return { answer, entry: { ...entry, target: `game:${tableId}` } };
}

/** Every pay table there is was found sound when the server started. */
function problemOf({ payTable, minBet, maxBet, maxPlayerStake, exposureCap }: Game): Refusal | null {
  if (findPayTable(payTable) === undefined) return wrong('payTable', 'is no pay table of this server');
  if (maxBet < minBet) return wrong('maxBet', 'is less than minBet');
  if (maxPlayerStake !== null && maxPlayerStake < minBet) return wrong('maxPlayerStake', 'is less than minBet');
  return exposureCap < minBet ? wrong('exposureCap', 'is less than minBet: no bet could be taken') : null;
}

function wrong(path: string, message: string): Refusal {
  return refuse('INVALID_REQUEST', undefined, [{ path, message }]);
}

function wordsOf(values: Readonly<Record<string, Game[keyof Game]>>): Json {
  const words = Object.entries(values).map(([name, value]) => [
    name,
    typeof value === 'bigint' ? toWire(value) : value,
  ]);
  return Object.fromEntries(words) as Json;
}
