import type { Database, Queries } from '../../db/pool.ts';
import type { UserId } from '../ids.ts';
import { minor } from '../money.ts';
import { type Figures, figuresOf, type Part, type Percentages, percentagesOf } from './figures.ts';
import { type Partner, type TermsSince, termsOf } from './partner.ts';
import { type PlayerPage, playersIn, type ReferredPlayer, type RoundEarnings, roundEarnings } from './player-store.ts';
import {
  activeByGame,
  activeByRange,
  firstDepositsByRange,
  ofOneMoment,
  registeredByRange,
  sumsByGame,
  sumsByPlayer,
  sumsByRange,
} from './report-store.ts';
import { daysOf, type Range } from './slots.ts';

export const GROUPS = ['day', 'player', 'game', 'round'] as const;
export type Group = (typeof GROUPS)[number];

/** A line of a report. What a line of its kind cannot know is null. */
export interface ReportRow extends Omit<Figures, 'betCount'> {
  readonly group: Group;
  /** The day, player, game or round; a page ends behind `cursor`. */
  readonly key: string;
  readonly cursor: string;
  readonly betCount: number | null;
  /** Only of a round: its table. */
  readonly game: string | null;
  /** Only of a round: what has become of its commission. */
  readonly payment: Pick<RoundEarnings, 'status' | 'paidAt'> | null;
  /** Only for people of the house. */
  readonly username: string | null;
  /** Who registered in this time. */
  readonly players: number | null;
  /** How many different ones had bets closed. */
  readonly active: number;
  readonly firstDeposits: number | null;
  readonly percentages: Percentages;
}

export interface ReportWish {
  readonly range: Range;
  readonly timeZone: string;
  readonly group: Group;
}

export interface Page {
  /** Where the page before ended. */
  readonly after: string | undefined;
  readonly limit: number;
}

type PartnerOf = Pick<Partner, 'id' | 'userId'>;

/**
 * A page of what a partner's players did and what it earns: days and rounds in the order of time, games by name,
 * players in the order in which they came. Days without anything are there too; of rounds only those that the house
 * has won.
 */
export function earningsPage(
  database: Database,
  partner: PartnerOf,
  wish: ReportWish,
  page: Page,
): Promise<readonly ReportRow[]> {
  return ofOneMoment(database, (queries) => rowsOf(queries, partner, wish, page));
}

async function rowsOf(
  queries: Queries,
  partner: PartnerOf,
  { range, timeZone, group }: ReportWish,
  page: Page,
): Promise<readonly ReportRow[]> {
  const terms = await termsOf(queries, partner.id);
  const of = { partner, terms };
  switch (group) {
    case 'day':
      return dayRows(queries, of, range, timeZone, page);
    case 'game':
      return gameRows(queries, of, range, page);
    case 'player':
      return playerRows(queries, of, range, page);
    case 'round':
      return (await roundEarnings(queries, partner.id, range, page)).map(roundRow);
    default:
      return group satisfies never;
  }
}

interface Of {
  readonly partner: PartnerOf;
  readonly terms: readonly TermsSince[];
}

async function dayRows(
  queries: Queries,
  of: Of,
  range: Range,
  timeZone: string,
  { after, limit }: Page,
): Promise<readonly ReportRow[]> {
  const from = after === undefined ? range.from : dayAfter(after, timeZone);
  const days = daysOf({ from: Math.max(range.from, from), to: range.to }, timeZone, limit);
  if (days.length === 0) return [];
  const found = await totals(queries, of, days);
  return days.map(({ name }, index) => ({ ...emptyRow('day', name), ...found(index) }));
}

function dayAfter(day: string, timeZone: string): number {
  return Temporal.PlainDate.from(day).add({ days: 1 }).toZonedDateTime(timeZone).epochMilliseconds;
}

/** The figures of ranges that follow one another, each by its place. */
export async function totals(queries: Queries, of: Of, ranges: readonly Range[]) {
  const { id, userId } = of.partner;
  const sums = await sumsByRange(queries, of, ranges);
  const active = await activeByRange(queries, id, ranges);
  const registered = await registeredByRange(queries, userId, ranges);
  const firstDeposits = await firstDepositsByRange(queries, userId, ranges);
  return (index: number) => ({
    ...figuresUnder(sums.get(index) ?? [], of.terms, ranges[index] ?? { from: 0, to: 0 }),
    players: registered.get(index) ?? 0,
    active: active.get(index) ?? 0,
    firstDeposits: firstDeposits.get(index) ?? 0,
  });
}

/** The figures of what was counted in a range, and the percentages that they follow from. */
export function figuresUnder(parts: readonly Part[], terms: readonly TermsSince[], range: Range) {
  return { ...figuresOf(parts), percentages: percentagesOf(parts, terms, range) };
}

async function gameRows(queries: Queries, of: Of, range: Range, { after = '', limit }: Page) {
  const sums = await sumsByGame(queries, of, range);
  const active = await activeByGame(queries, of.partner.id, range);
  const games = [...sums.keys()].sort().filter((game) => game > after);
  return games.slice(0, limit).map((game) => ({
    ...emptyRow('game', game),
    ...figuresUnder(sums.get(game) ?? [], of.terms, range),
    active: active.get(game) ?? 0,
  }));
}

async function playerRows(queries: Queries, of: Of, range: Range, { after, limit }: Page) {
  const page: PlayerPage = { after: after as UserId | undefined, limit };
  const players = await playersIn(queries, of.partner, range, page);
  const sums = await sumsByPlayer(
    queries,
    of,
    range,
    players.map(({ userId }) => userId),
  );
  return players.map((player) =>
    playerRow(player, figuresUnder(sums.get(player.userId) ?? [], of.terms, range), range),
  );
}

function playerRow(
  { userId, username, registeredAt, firstDepositAt }: ReferredPlayer,
  figures: ReturnType<typeof figuresUnder>,
  range: Range,
): ReportRow {
  const isIn = (at: Date | null) => (at !== null && at.getTime() >= range.from && at.getTime() < range.to ? 1 : 0);
  return {
    ...{ ...emptyRow('player', userId), ...figures, username },
    ...{ players: isIn(registeredAt), firstDeposits: isIn(firstDepositAt) },
    active: figures.betCount > 0 ? 1 : 0,
  };
}

/** Of a round what is on its row: it was written before anybody knew what bonuses would cost. */
function roundRow(row: RoundEarnings): ReportRow {
  const { id, roundId, game, players, earned, profit, shownProfit } = row;
  return {
    ...emptyRow('round', roundId),
    ...{ cursor: id, game, payment: row, active: players, betCount: null, earned, percentages: row },
    real: { bets: row.bets, payouts: row.payouts, ggr: profit, ngr: profit },
    shown: { bets: row.shownBets, payouts: row.shownPayouts, ggr: shownProfit, ngr: shownProfit },
  };
}

function emptyRow(group: Group, key: string): ReportRow {
  const who = { game: null, payment: null, username: null, players: null, active: 0, firstDeposits: null };
  const percentages = { sharePercentage: null, commissionRate: null };
  return { group, key, cursor: key, ...who, ...figuresOf([]), percentages, earned: minor(0) };
}
