import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import type { Currency } from '../money.ts';
import type { BookId } from '../wallet/command.ts';
import { type Claim, holds } from './claim.ts';
import type { DeskId, DeskRow } from './desk-row.ts';
import { type DeskSettings, StoredSettings, wireSettings } from './settings.ts';

const Nothing = z.strictObject({});
const Book = z.bigint().transform((id) => Number(id) as BookId);

const Row = z.object({
  id: z.string().transform((id) => id as DeskId),
  currency: z.string().transform((code) => code as Currency),
  settings: StoredSettings,
  trades: Book,
  binaries: Book,
  tradesRef: z.string(),
  binariesRef: z.string(),
  openedAt: z.date().nullable(),
  pauseReason: z.string().nullable(),
  markedAt: z.bigint().transform(Number),
});

const COLUMNS = sql.fragment`
  id, currency, settings, trades, binaries, trades_ref as "tradesRef", binaries_ref as "binariesRef",
  opened_at as "openedAt", pause_reason as "pauseReason", marked_at as "markedAt"`;

export interface NewDesk
  extends Pick<DeskRow, 'id' | 'currency' | 'settings' | 'tradesRef' | 'binariesRef' | 'markedAt'> {
  readonly createdAt: Date;
}

/** Unless there is one of this id already: what an operator has changed since stays. */
export async function addDesk(queries: Queries, desk: NewDesk): Promise<void> {
  const settings = JSON.stringify(wireSettings(desk.settings));
  await queries.query(sql.type(Nothing)`
    insert into desk (id, currency, settings, trades_ref, binaries_ref, marked_at, created_at)
    values (${desk.id}, ${desk.currency}, ${settings}, ${desk.tradesRef}::uuid, ${desk.binariesRef}::uuid,
            ${desk.markedAt}, ${sql.timestamp(desk.createdAt)})
    on conflict (id) do nothing`);
}

export function findDesk(queries: Queries, id: DeskId): Promise<DeskRow | null> {
  return queries.maybeOne(sql.type(Row)`select ${COLUMNS} from desk where id = ${id}`);
}

/** Nobody else changes it until the transaction ends. */
export function lockDesk(tx: Queries, id: DeskId): Promise<DeskRow | null> {
  return tx.maybeOne(sql.type(Row)`select ${COLUMNS} from desk where id = ${id} for no key update`);
}

/** The ledger has its books. */
export async function recordDeskOpened(queries: Queries, id: DeskId, at: Date): Promise<void> {
  await queries.query(sql.type(Nothing)`
    update desk set opened_at = ${sql.timestamp(at)} where id = ${id} and opened_at is null`);
}

/** A null reason: it goes on. */
export async function updatePause(tx: Queries, id: DeskId, reason: string | null): Promise<void> {
  await tx.query(sql.type(Nothing)`
    update desk set paused = ${reason !== null}, pause_reason = ${reason} where id = ${id}`);
}

export async function updateSettings(tx: Queries, id: DeskId, settings: DeskSettings): Promise<void> {
  const text = JSON.stringify(wireSettings(settings));
  await tx.query(sql.type(Nothing)`update desk set settings = ${text} where id = ${id}`);
}

/** Never back, and not by a process that was replaced: what the other one still has to end is not on record. */
export async function recordMarked(queries: Queries, id: DeskId, markedAt: number, claim: Claim): Promise<boolean> {
  const { rowCount } = await queries.query(sql.type(Nothing)`
    update desk set marked_at = ${markedAt} where id = ${id} and marked_at < ${markedAt} and ${holds(claim)}`);
  return rowCount > 0;
}
