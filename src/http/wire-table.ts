import { z } from 'zod';
import { betTypesOf, type PayTable, paysOf } from '../games/andar-bahar/pay-table.ts';
import { findPayTable } from '../games/andar-bahar/pay-tables.ts';
import { type BetReturn, returnToPlayer } from '../games/andar-bahar/rtp.ts';
import type { Game } from '../games/andar-bahar/store.ts';
import { inWords } from '../games/andar-bahar/words.ts';
import { percentOf, toWire } from '../money.ts';

const percents = {
  percent: z.string().describe('the exact return to player, given what is visible then; under the best joker'),
  percentFrom: z.string().describe('the same under the worst joker, where that is seen and matters'),
};

/** A table in a list. */
export const WireTable = z.strictObject({
  tableId: z.string(),
  name: z.string(),
  payTable: z.string(),
  betSides: z.array(z.string()).describe('everything that can be bet on in some window'),
  rtp: z.array(z.strictObject({ betSide: z.string(), bettingWindow: z.int(), ...percents })),
  currency: z.string(),
  minBet: z.int(),
  maxBet: z.int(),
  maxPlayerStake: z.int().nullable().describe('of one player in one round; null: no such limit'),
  bettingMs: z.int(),
  paused: z.boolean(),
});

const WireBet = z.strictObject({
  betSide: z.string(),
  ...percents,
  pays: z
    .array(z.strictObject({ text: z.string(), numerator: z.int(), denominator: z.int() }))
    .describe('the first row that fits pays this multiple of the stake, gross, rounded down; none: the bet is lost'),
});

const WireWindow = z.strictObject({
  bettingWindow: z.int(),
  opensBeforeStep: z.int().describe('0: before the joker is turned, 1, 2, 3 …: before cards are dealt'),
  cardsDealtAfter: z.union([z.int(), z.literal('until-match')]),
  bets: z.array(WireBet).describe('none: the window never opens, its cards are dealt at once'),
});

/** A table with all its rules. */
export const WireTableInFull = WireTable.extend({
  firstSide: z.enum(['andar', 'bahar', 'joker-colour']).describe('joker-colour: a black joker deals Andar first'),
  windows: z.array(WireWindow),
  dealingMs: z.int(),
  pauseMs: z.int(),
  rulesVersion: z.int().nullable().describe('of the last round; null before the first'),
});

/** For a list: a table whose pay table does not exist is in it too, without a bet, and hides no other. */
export function wireTable(game: Game): z.input<typeof WireTable> {
  const table = findPayTable(game.payTable);
  return {
    tableId: game.tableId,
    name: game.name,
    payTable: game.payTable,
    betSides: table ? [...betTypesOf(table)] : [],
    rtp: (table ? returnsOf(table) : []).map((each) => ({
      betSide: each.betType,
      bettingWindow: each.window,
      ...wirePercents(each),
    })),
    currency: game.currency,
    minBet: toWire(game.minBet),
    maxBet: toWire(game.maxBet),
    maxPlayerStake: game.maxPlayerStake === null ? null : toWire(game.maxPlayerStake),
    bettingMs: game.bettingMs,
    paused: game.paused,
  };
}

/** Throws on a table whose pay table does not exist. */
export function wireTableInFull(game: Game, rulesVersion: number | null): z.input<typeof WireTableInFull> {
  const table = findPayTable(game.payTable);
  if (table === undefined) throw new Error(`table ${game.tableId} plays by ${game.payTable}, which does not exist`);
  const { dealingMs, pauseMs } = game;
  const windows = table.windows.map(({ opensBeforeStep, cardsDealtAfter }, index) => {
    const returns = returnsOf(table).filter(({ window }) => window === index + 1);
    const bets = returns.map((each) => wireBet(table, each));
    return { bettingWindow: index + 1, opensBeforeStep, cardsDealtAfter, bets };
  });
  return { ...wireTable(game), firstSide: table.firstSide, windows, dealingMs, pauseMs, rulesVersion };
}

function wireBet(table: PayTable, bet: BetReturn): z.input<typeof WireBet> {
  const pays = paysOf(table, bet.betType, bet.window).map((pay) => ({
    text: inWords(pay),
    numerator: Number(pay.pays.numerator),
    denominator: Number(pay.pays.denominator),
  }));
  return { betSide: bet.betType, ...wirePercents(bet), pays };
}

function wirePercents({ ratio, lowest }: BetReturn) {
  return { percent: percentOf(ratio), percentFrom: percentOf(lowest) };
}

const known = new Map<PayTable, readonly BetReturn[]>();

/** They never change, and anybody may ask for them as often as they like. */
function returnsOf(table: PayTable): readonly BetReturn[] {
  const returns = known.get(table) ?? returnToPlayer(table);
  known.set(table, returns);
  return returns;
}
