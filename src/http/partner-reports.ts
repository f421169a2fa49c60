import { z } from 'zod';
import type { Database } from '../../db/pool.ts';
import { referralCodeOf } from '../bonuses/referral-code.ts';
import type { Clock } from '../clock.ts';
import { minor, toWire } from '../money.ts';
import { openMonth } from '../partners/month.ts';
import { type Partner, termsOf } from '../partners/partner.ts';
import type { Partners } from '../partners/partners.ts';
import { countReferred } from '../partners/player-store.ts';
import { earningsPage, type ReportRow, totals } from '../partners/report.ts';
import { ofOneMoment } from '../partners/report-store.ts';
import { firstOfMonth, slotFrom, startOfDay } from '../partners/slots.ts';
import { settledOf } from '../partners/statement-store.ts';
import { WirePartner, wirePartner } from '../partners/wire-partner.ts';
import {
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
import { isRefusal, type Refusal, refuse } from '../refusal.ts';
import { csvReport } from './csv-report.ts';
import { isCursor, type ReportQuery, wishOf } from './report-query.ts';

/** Reports as a partner sees them, and as the house does: with the real figures beside those. */
export interface ReportDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly partners: Pick<Partners, 'catchUp' | 'reports'>;
}

/** A file that has begun is not cut off as soon as others want something. */
const FILE_WAITS_MS = 60_000;

/** Does the heavy part of a report in turn: a partner has one at a time, and the house one of each. Refuses BUSY. */
export function inTurn<T>(
  { partners: { reports } }: ReportDeps,
  { id }: Pick<Partner, 'id'>,
  isHouse: boolean,
  work: () => Promise<T>,
  hasBegun = false,
): Promise<T | Refusal> {
  return reports.inTurn(isHouse ? `house ${id}` : id, work, hasBegun ? FILE_WAITS_MS : undefined);
}

/** Behind what a page goes on, where one more than `limit` was found. */
export const cursorOf = <Item, Name>(items: readonly Item[], limit: number, of: (item: Item) => Name) =>
  items.length > limit ? of(items[limit - 1] as Item) : null;

const Range = { from: z.iso.datetime(), to: z.iso.datetime() };
const page = <Item extends z.ZodType>(item: Item) =>
  z.strictObject({ ...Range, tz: z.string(), items: z.array(item), nextCursor: z.string().nullable() });
export const EarningsPage = page(WireEarnings);
export const HouseEarningsPage = page(WireHouseEarnings);

/** Figures by day, player, game or round: a page of them as JSON, or all of them from the cursor on as CSV. */
export async function earnings(deps: ReportDeps, partner: Partner, query: ReportQuery, isHouse: boolean) {
  const wish = wishOf(query, deps.clock.now());
  if (isRefusal(wish)) return wish;
  const { cursor: after, limit, groupBy, format, bom } = query;
  if (!isCursor(after, groupBy)) {
    return refuse('INVALID_REQUEST', undefined, [{ path: 'cursor', message: 'is no nextCursor of this report' }]);
  }
  await deps.partners.catchUp();
  const { from, to } = wish.range;
  const wire = isHouse ? wireHouseEarnings : wireEarnings;
  const read = (cursor: string | undefined, most: number, hasBegun = false) => {
    const page = () => earningsPage(deps.database, partner, wish, { after: cursor, limit: most });
    return inTurn(deps, partner, isHouse, page, hasBegun);
  };
  if (format === 'csv') {
    const [first, end] = [from, to].map((at) => dayIn(at, wish.timeZone));
    const fileName = `earnings-by-${groupBy}-${first}-${end}.csv`;
    const report = { fileName, bom, columns: csvColumns(groupBy, isHouse), read, wire };
    return csvReport({ ...report, cursorOf: ({ cursor }: ReportRow) => cursor }, after);
  }
  const rows = await read(after, limit + 1);
  if (isRefusal(rows)) return rows;
  return {
    ...{ from: new Date(from).toISOString(), to: new Date(to).toISOString(), tz: wish.timeZone },
    items: rows.slice(0, limit).map(wire),
    nextCursor: cursorOf(rows, limit, ({ cursor }) => cursor),
  };
}

function dayIn(at: number, timeZone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDate().toString();
}

const SummaryFields = {
  ...WirePartner.shape,
  referralCode: z.string(),
  players: z.int().describe('whom the partner has brought'),
  settled: z.int().describe('what all closed months came to'),
  paid: z.int().describe('of that'),
  balance: z.int().describe('what is left of it to be paid'),
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
export async function summary(deps: ReportDeps, partner: Partner, timeZone: string, isHouse: boolean) {
  await deps.partners.catchUp();
  return inTurn(deps, partner, isHouse, () => summaryOf(deps, partner, timeZone, isHouse));
}

async function summaryOf({ database, clock }: ReportDeps, partner: Partner, timeZone: string, isHouse: boolean) {
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
  const { settled, paid } = await settledOf(database, partner.id);
  return {
    ...wirePartner(partner),
    referralCode: await referralCodeOf(database, partner.userId),
    players: await countReferred(database, partner.userId),
    ...{ settled: toWire(settled), paid: toWire(paid), balance: toWire(minor(settled - paid)) },
    openMonth: wireOpenMonth(open),
    ...{ today: await figures(startsToday), month: await figures(startsMonth) },
  };
}
