import { z } from 'zod';
import type { Database } from '../../db/pool.ts';
import { referralCodeOf } from '../bonuses/referral-code.ts';
import type { Clock } from '../clock.ts';
import { csvLine } from '../csv.ts';
import type { UserId } from '../ids.ts';
import { openMonth } from '../partners/month.ts';
import { type Partner, termsOf } from '../partners/partner.ts';
import type { Partners } from '../partners/partners.ts';
import { countReferred, referredPlayers } from '../partners/player-store.ts';
import { earningsPage, figuresUnder, type ReportRow, type ReportWish, totals } from '../partners/report.ts';
import { ofOneMoment, sumsByPlayer } from '../partners/report-store.ts';
import { firstOfMonth, slotFrom, startOfDay } from '../partners/slots.ts';
import { WireHousePlayer, WirePartner, WirePlayer, wirePartner, wirePlayer } from '../partners/wire-partner.ts';
import {
  csvCells,
  csvColumns,
  WireEarnings,
  WireFigures,
  WireHouseEarnings,
  WireHouseFigures,
  wireEarnings,
  wireFigures,
  wireHouseEarnings,
  wireHouseFigures,
} from '../partners/wire-report.ts';
import { WireOpenMonth, wireOpenMonth } from '../partners/wire-statement.ts';
import { isRefusal, refuse } from '../refusal.ts';
import { StreamAnswer } from './answer.ts';
import { isCursor, type ReportQuery, wishOf } from './report-query.ts';

/** Reports as a partner sees them, and as the house does: with the real figures beside those. */
export interface ReportDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly partners: Pick<Partners, 'catchUp'>;
}

const CSV_PAGE = 1_000;
const cursorOf = <Item, Name>(items: readonly Item[], limit: number, of: (item: Item) => Name) =>
  items.length > limit ? of(items[limit - 1] as Item) : null;

const Range = { from: z.iso.datetime(), to: z.iso.datetime() };
const page = <Item extends z.ZodType>(item: Item) =>
  z.strictObject({ ...Range, tz: z.string(), items: z.array(item), nextCursor: z.string().nullable() });
export const EarningsPage = page(WireEarnings);
export const HouseEarningsPage = page(WireHouseEarnings);
export const PlayersPage = z.strictObject({ items: z.array(WirePlayer), nextCursor: z.string().nullable() });
export const HousePlayersPage = z.strictObject({ items: z.array(WireHousePlayer), nextCursor: z.string().nullable() });

/** Figures by day, player, game or round: a page of them as JSON, or all of them from the cursor on as CSV. */
export async function earnings(deps: ReportDeps, partner: Partner, query: ReportQuery, isHouse: boolean) {
  const wish = wishOf(query, deps.clock.now());
  if (isRefusal(wish)) return wish;
  const { cursor: after, limit, groupBy, format } = query;
  if (!isCursor(after, groupBy)) {
    return refuse('INVALID_REQUEST', undefined, [{ path: 'cursor', message: 'is no nextCursor of this report' }]);
  }
  await deps.partners.catchUp();
  const { from, to } = wish.range;
  if (format === 'csv') {
    const [first, end] = [from, to].map((at) => dayIn(at, wish.timeZone));
    const name = `earnings-by-${groupBy}-${first}-${end}.csv`;
    return new StreamAnswer('text/csv; charset=utf-8', csvOf(deps, partner, wish, after, isHouse), name);
  }
  const rows = await earningsPage(deps.database, partner, wish, { after, limit: limit + 1 });
  return {
    ...{ from: new Date(from).toISOString(), to: new Date(to).toISOString(), tz: wish.timeZone },
    items: rows.slice(0, limit).map(isHouse ? wireHouseEarnings : wireEarnings),
    nextCursor: cursorOf(rows, limit, ({ cursor }) => cursor),
  };
}

function dayIn(at: number, timeZone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDate().toString();
}

async function* csvOf(
  { database }: ReportDeps,
  partner: Partner,
  wish: ReportWish,
  cursor: string | undefined,
  isHouse: boolean,
) {
  const columns = csvColumns(wish.group, isHouse);
  const wire: (row: ReportRow) => Record<string, unknown> = isHouse ? wireHouseEarnings : wireEarnings;
  yield csvLine(columns);
  for (let after = cursor; ; ) {
    const rows = await earningsPage(database, partner, wish, { after, limit: CSV_PAGE });
    if (rows.length > 0) yield rows.map((row) => csvLine(csvCells(wire(row), columns))).join('');
    if (rows.length < CSV_PAGE) return;
    after = rows.at(-1)?.cursor;
  }
}

export interface PlayersQuery {
  readonly cursor?: UserId | undefined;
  readonly limit: number;
}

/** Everybody whom the partner has brought, in the order in which they came, with what they did in all this time. */
export async function players(
  { database, clock, partners }: ReportDeps,
  partner: Partner,
  { cursor, limit }: PlayersQuery,
  isHouse: boolean,
) {
  await partners.catchUp();
  const terms = await termsOf(database, partner.id);
  const all = { from: 0, to: slotFrom(clock.now() + 1) };
  const found = await referredPlayers(database, partner, { after: cursor, limit: limit + 1 });
  const shown = found.slice(0, limit);
  const ids = shown.map(({ userId }) => userId);
  const sums = await sumsByPlayer(database, { partner, terms }, all, ids);
  const items = shown.map((player) => {
    const figures = figuresUnder(sums.get(player.userId) ?? [], terms, all);
    const row = { ...figures, players: null, active: 0, firstDeposits: null };
    const { players: _, active: __, firstDeposits: ___, ...wire } = isHouse ? wireHouseFigures(row) : wireFigures(row);
    return { ...wirePlayer(player), ...(isHouse && { username: player.username }), ...wire };
  });
  return { items, nextCursor: cursorOf(found, limit, ({ userId }) => userId) };
}

const SummaryFields = {
  ...WirePartner.shape,
  referralCode: z.string(),
  players: z.int().describe('whom the partner has brought'),
  openMonth: WireOpenMonth.describe('the month under way, in UTC: what its statement would say now'),
};
export const Summary = z.strictObject({
  ...SummaryFields,
  ...{ today: WireFigures.extend(Range), month: WireFigures.extend(Range) },
});
export const HouseSummary = z.strictObject({
  ...SummaryFields,
  ...{ today: WireHouseFigures.extend(Range), month: WireHouseFigures.extend(Range) },
});

/** What is agreed, the code to bring players with, and the figures of today and this month so far, there. */
export async function summary(
  { database, clock, partners }: ReportDeps,
  partner: Partner,
  timeZone: string,
  isHouse: boolean,
) {
  await partners.catchUp();
  const now = clock.now();
  const today = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timeZone).startOfDay();
  const to = slotFrom(now + 1);
  const [startsToday, startsMonth] = [today.epochMilliseconds, startOfDay(firstOfMonth(now, timeZone), timeZone)];
  const of = { partner, terms: await termsOf(database, partner.id) };
  const wire = isHouse ? wireHouseFigures : wireFigures;
  const figures = async (from: number) => ({
    ...{ from: new Date(from).toISOString(), to: new Date(to).toISOString() },
    ...wire((await totals(database, of, [{ from, to }]))(0)),
  });
  const open = await ofOneMoment(database, (queries) => openMonth(queries, of, now));
  return {
    ...wirePartner(partner),
    referralCode: await referralCodeOf(database, partner.userId),
    players: await countReferred(database, partner.userId),
    openMonth: wireOpenMonth(open),
    ...{ today: await figures(startsToday), month: await figures(startsMonth) },
  };
}
