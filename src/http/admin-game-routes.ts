import { z } from 'zod';
import type { Database } from '../../db/pool.ts';
import type { Backoffice } from '../backoffice/backoffice.ts';
import { changeGame, createGame, type GameChange, pauseGame, resumeGame } from '../backoffice/games.ts';
import { allGames, findHouseGame, type GameRules, type HouseGame, rulesHistory } from '../backoffice/games-store.ts';
import type { Clock } from '../clock.ts';
import type { TableId } from '../ids.ts';
import { INR, type Minor, minor, toWire } from '../money.ts';
import { isRefusal, refuse } from '../refusal.ts';
import type { Tables } from '../rounds/tables.ts';
import { Name, Reason } from './plain-text.ts';
import { guardedRoute, type Route } from './route.ts';

export interface AdminGameDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly backoffice: Pick<Backoffice, 'act'>;
  readonly tables: Pick<Tables, 'look' | 'refresh'>;
}

const RULES_SHOWN_MAX = 200;
const HOUSE = ['ADMIN', 'MASTER'] as const;

const Amount = z.int().min(1).max(1e15).transform(minor);
const Rules = {
  name: Name(80),
  payTable: z.string().min(1).max(64),
  minBet: Amount,
  maxBet: Amount,
  maxPlayerStake: Amount.nullable(),
  exposureCap: Amount,
  bettingMs: z.int().min(1_000).max(600_000),
  dealingMs: z.int().min(100).max(60_000),
  pauseMs: z.int().min(100).max(600_000),
  enabled: z.boolean(),
};
const TableName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,47}$/, 'lower-case letters, digits and dashes, at most 48')
  .transform((id) => id as TableId);
const Params = z.strictObject({ id: TableName });
const NewGame = z.strictObject({
  ...Rules,
  id: TableName,
  currency: z.literal(INR).default(INR),
  maxPlayerStake: Rules.maxPlayerStake.default(null),
  enabled: Rules.enabled.default(true),
  reason: Reason.optional(),
});
const Change = z
  .strictObject({ ...z.strictObject(Rules).partial().shape, reason: Reason })
  .refine((change) => Object.keys(change).length > 1, 'nothing to change');
const Why = z.strictObject({ reason: Reason });

const WireRules = z.strictObject({
  payTable: z.string(),
  currency: z.string(),
  minBet: z.int(),
  maxBet: z.int(),
  maxPlayerStake: z.int().nullable(),
  exposureCap: z.int(),
  bettingMs: z.int(),
  dealingMs: z.int(),
  pauseMs: z.int(),
});
const WireGame = WireRules.extend({
  id: z.string(),
  tableId: z.string().describe('the same as id'),
  name: z.string(),
  enabled: z.boolean(),
  paused: z.boolean(),
  pauseReason: z.string().nullable(),
  rulesVersion: z.int().nullable().describe('of the last round; null before the first'),
  createdAt: z.iso.datetime(),
});
const WireHistory = z.array(WireRules.extend({ version: z.int(), since: z.iso.datetime() }));

/** Tables as people of the house set them up. What they change is on record (`GET /admin/audit`). */
export function adminGameRoutes(deps: AdminGameDeps): readonly Route[] {
  return [...readingRoutes(deps), ...changingRoutes(deps), ...pausingRoutes(deps)];
}

function readingRoutes({ database }: AdminGameDeps): readonly Route[] {
  return [
    guardedRoute(
      HOUSE,
      {
        method: 'get',
        path: '/admin/games',
        summary: 'Every table, those that are disabled among them.',
        answer: z.strictObject({ items: z.array(WireGame), nextCursor: z.null() }),
      },
      async () => ({ items: (await allGames(database)).map(wireGame), nextCursor: null }),
    ),
    guardedRoute(
      HOUSE,
      {
        method: 'get',
        path: '/admin/games/:id',
        summary: 'A table, with the rules its rounds were played under, newest first.',
        params: Params,
        answer: WireGame.extend({ rules: WireHistory }),
      },
      async ({ params }) => {
        const game = await findHouseGame(database, params.id);
        if (game === null) return refuse('NOT_FOUND');
        const rules = await rulesHistory(database, params.id, RULES_SHOWN_MAX);
        return { ...wireGame(game), rules: rules.map(wireVersion) };
      },
    ),
  ];
}

function changingRoutes({ backoffice, clock, tables }: AdminGameDeps): readonly Route[] {
  return [
    guardedRoute(
      HOUSE,
      {
        method: 'post',
        path: '/admin/games',
        refuses: ['ALREADY_DECIDED'],
        summary: 'Sets up a table; an enabled one can be joined at once. ALREADY_DECIDED where the id is taken.',
        status: 201,
        body: NewGame,
        answer: WireGame,
      },
      async ({ identity, body }) => {
        const { id: tableId, reason, ...rules } = body;
        const game = { ...rules, tableId, paused: false };
        const made = await backoffice.act(identity, (tx) => createGame(tx, game, new Date(clock.now()), reason));
        if (isRefusal(made)) return made;
        await tables.look();
        return wireGame(made);
      },
    ),
    guardedRoute(
      HOUSE,
      {
        method: 'put',
        path: '/admin/games/:id',
        refuses: ['ALREADY_DECIDED'],
        summary: 'Changes a table from its next round on; one that is disabled plays its round to the end and closes.',
        params: Params,
        body: Change,
        answer: WireGame,
      },
      async ({ identity, params, body }) => {
        const { reason, ...change } = body;
        const changed = await backoffice.act(identity, (tx) => changeGame(tx, params.id, change as GameChange, reason));
        if (isRefusal(changed)) return changed;
        await tables.look();
        return wireGame(changed);
      },
    ),
  ];
}

function pausingRoutes({ backoffice, tables }: AdminGameDeps): readonly Route[] {
  const route = (verb: 'pause' | 'resume', summary: string, act: typeof pauseGame) =>
    guardedRoute(
      HOUSE,
      {
        ...{ method: 'post', path: `/admin/games/:id/${verb}`, summary, refuses: ['ALREADY_DECIDED'] },
        ...{ params: Params, body: Why, answer: WireGame },
      },
      async ({ identity, params, body }) => {
        const game = await backoffice.act(identity, (tx) => act(tx, params.id, body.reason));
        if (isRefusal(game)) return game;
        await tables.refresh(params.id);
        return wireGame(game);
      },
    );
  return [
    route('pause', 'Takes no bets from now on (GAME_PAUSED); the round in play is dealt and settled.', pauseGame),
    route('resume', 'Takes bets again.', resumeGame),
  ];
}

function wireGame(game: HouseGame): z.input<typeof WireGame> {
  const { tableId, name, enabled, paused, pauseReason, rulesVersion, createdAt } = game;
  return {
    ...{ id: tableId, tableId, name, enabled, paused, pauseReason, rulesVersion },
    ...wireRules(game),
    createdAt: createdAt.toISOString(),
  };
}

function wireVersion(rules: GameRules): z.input<typeof WireHistory>[number] {
  return { version: rules.version, since: rules.since.toISOString(), ...wireRules(rules) };
}

function wireRules({
  payTable,
  currency,
  bettingMs,
  dealingMs,
  pauseMs,
  ...money
}: Omit<GameRules, 'version' | 'since'>) {
  return {
    ...{ payTable, currency, bettingMs, dealingMs, pauseMs },
    minBet: toWire(money.minBet),
    maxBet: toWire(money.maxBet),
    maxPlayerStake: orNull(money.maxPlayerStake),
    exposureCap: toWire(money.exposureCap),
  };
}

function orNull(amount: Minor | null): number | null {
  return amount === null ? null : toWire(amount);
}
