import { z } from 'zod';
import type { UserId } from '../ids.ts';
import { type Partner, termsOf } from '../partners/partner.ts';
import { type ReferredPlayer, referredPlayers } from '../partners/player-store.ts';
import { figuresUnder } from '../partners/report.ts';
import { sumsByPlayer } from '../partners/report-store.ts';
import { slotFrom } from '../partners/slots.ts';
import { newestStatements } from '../partners/statement-store.ts';
import { WireHousePlayer, WirePlayer, wirePlayer } from '../partners/wire-partner.ts';
import { wireFigures, wireHouseFigures } from '../partners/wire-report.ts';
import { WireHouseStatement, WireStatement, wireHouseStatement, wireStatement } from '../partners/wire-statement.ts';
import { isRefusal } from '../refusal.ts';
import { csvReport, FileFields } from './csv-report.ts';
import { MonthName } from './days.ts';
import { cursorOf, inTurn, type ReportDeps } from './partner-reports.ts';
import { PageSize } from './report-query.ts';

const page = <Item extends z.ZodType>(item: Item) =>
  z.strictObject({ items: z.array(item), nextCursor: z.string().nullable() });

export const PlayersQuery = z.strictObject({
  cursor: z
    .uuid()
    .transform((id) => id.toLowerCase() as UserId)
    .optional(),
  limit: PageSize,
  ...FileFields,
});
export const PlayersPage = page(WirePlayer);
export const HousePlayersPage = page(WireHousePlayer);

/** Everybody whom the partner has brought, in the order in which they came, with what they did in all this time. */
export async function players(
  deps: ReportDeps,
  partner: Partner,
  { cursor, limit, format, bom }: z.output<typeof PlayersQuery>,
  isHouse: boolean,
) {
  await deps.partners.catchUp();
  const read = (after: UserId | undefined, most: number, hasBegun = false) =>
    inTurn(deps, partner, isHouse, () => playersAfter(deps, partner, after, most), hasBegun);
  const wire = (listed: ListedPlayer) => wireListed(listed, isHouse);
  const idOf = ({ player }: ListedPlayer) => player.userId;
  if (format === 'csv') {
    const columns = Object.keys((isHouse ? WireHousePlayer : WirePlayer).shape);
    return csvReport({ fileName: 'players.csv', bom, columns, read, cursorOf: idOf, wire }, cursor);
  }
  const found = await read(cursor, limit + 1);
  if (isRefusal(found)) return found;
  return { items: found.slice(0, limit).map(wire), nextCursor: cursorOf(found, limit, idOf) };
}

interface ListedPlayer {
  readonly player: ReferredPlayer;
  readonly figures: ReturnType<typeof figuresUnder>;
}

async function playersAfter(
  { database, clock }: ReportDeps,
  partner: Partner,
  after: UserId | undefined,
  limit: number,
): Promise<readonly ListedPlayer[]> {
  const terms = await termsOf(database, partner.id);
  const all = { from: 0, to: slotFrom(clock.now() + 1) };
  const found = await referredPlayers(database, partner, { after, limit });
  const ids = found.map(({ userId }) => userId);
  const sums = await sumsByPlayer(database, { partner, terms }, all, ids);
  return found.map((player) => ({ player, figures: figuresUnder(sums.get(player.userId) ?? [], terms, all) }));
}

function wireListed({ player, figures }: ListedPlayer, isHouse: boolean) {
  const row = { ...figures, players: null, active: 0, firstDeposits: null };
  const { players: _, active: __, firstDeposits: ___, ...wire } = isHouse ? wireHouseFigures(row) : wireFigures(row);
  return { ...wirePlayer(player), ...(isHouse && { username: player.username }), ...wire };
}

export const StatementsQuery = z.strictObject({
  cursor: MonthName.optional(),
  limit: PageSize,
  ...FileFields,
});
export const StatementsPage = page(WireStatement);
export const HouseStatementsPage = page(WireHouseStatement);

/** What closed months came to, the newest first. */
export async function statements(
  { database }: ReportDeps,
  { id }: Partner,
  { cursor, limit, format, bom }: z.output<typeof StatementsQuery>,
  isHouse: boolean,
) {
  const read = (before: string | undefined, most: number) => newestStatements(database, id, before, most);
  const wire = isHouse ? wireHouseStatement : wireStatement;
  if (format === 'csv') {
    const columns = Object.keys((isHouse ? WireHouseStatement : WireStatement).shape);
    const report = { fileName: 'statements.csv', bom, columns, read, wire };
    return csvReport({ ...report, cursorOf: ({ period }) => period }, cursor);
  }
  const found = (await read(cursor, limit + 1)).map(wire);
  return { items: found.slice(0, limit), nextCursor: cursorOf(found, limit, ({ period }) => period) };
}
