import type { Database, Queries } from '../../db/pool.ts';
import type { Identity } from '../accounts/identity.ts';
import type { Clock } from '../clock.ts';
import { voidRound } from '../games/andar-bahar/round.ts';
import { findPublicRound } from '../games/andar-bahar/store.ts';
import type { RoundId, TableId } from '../ids.ts';
import { toWire } from '../money.ts';
import { isRefusal, type Refusal, refuse } from '../refusal.ts';
import type { Table } from '../rounds/table.ts';
import {
  approveVoidRequest,
  insertVoidRequest,
  lateVoids,
  lockVoidRequest,
  recordLateVoid,
  renewVoidRequest,
} from '../rounds/void-store.ts';
import type { Actor, Backoffice, Done } from './backoffice.ts';
import { counts } from './house.ts';

export interface VoidsDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly backoffice: Backoffice;
  readonly tables: { get(tableId: TableId): Pick<Table, 'at' | 'voidRound'> | undefined };
}

/** How far a void has come: the first person has asked, or the second has and every stake is back. */
export type VoidAnswer =
  | { readonly ok: true; readonly status: 'requested'; readonly roundId: RoundId }
  | {
      readonly ok: true;
      readonly status: 'voided';
      readonly roundId: RoundId;
      /** Minor units, given back. */
      readonly refunded: number;
    };

/**
 * One of the two people whom a void takes (DESIGN 5): the first call asks, a second person's carries it out. Refuses
 * NOT_FOUND, ALREADY_DECIDED for a round that is void or has two people's word, NOT_OPEN unless its first window is
 * open, SAME_PERSON. The first one's word counts only while they may act for the house. Each call that counts is a line
 * of the audit log.
 */
export async function askForVoid(
  { database, clock, backoffice, tables }: VoidsDeps,
  by: Identity,
  { roundId, reason }: { readonly roundId: RoundId; readonly reason: string },
): Promise<VoidAnswer | Refusal> {
  const round = await findPublicRound(database, roundId);
  if (round === null) return refuse('NOT_FOUND');
  if (round.status === 'voided') return refuse('ALREADY_DECIDED', 'This round is void already');
  const table = tables.get(round.tableId);
  const now = table?.at();
  if (table === undefined || now?.live?.roundId !== roundId) return refuse('NOT_OPEN', 'This round is over');
  const ruling = voidRound(now.round);
  if (isRefusal(ruling)) return ruling;
  const wish = { roundId, reason, by: by.userId, at: new Date(clock.now()) };
  const status = await backoffice.act(by, (transaction) => recordWish(transaction, wish));
  if (isRefusal(status)) return status;
  if (status === 'requested') return { ok: true, status, roundId };
  const voided = await table.voidRound(roundId);
  if (isRefusal(voided) && voided.code === 'NOT_OPEN') await recordLate(backoffice, by, roundId, wish.at);
  return isRefusal(voided) ? voided : { ok: true, status: 'voided', roundId, refunded: toWire(voided.refunded) };
}

/** The window closed between the second word and its carrying out: the log must not read as if the round was void. */
async function recordLate(backoffice: Backoffice, by: Actor, roundId: RoundId, at: Date): Promise<void> {
  const entry = { action: 'round.void.late', target: `round:${roundId}`, reason: 'it was not carried out in time' };
  await backoffice.record(by, async (tx) =>
    (await recordLateVoid(tx, roundId, at)) ? { answer: null, entry } : refuse('ALREADY_DECIDED'),
  );
}

/** The same where whoever was to carry it out died or failed: the round was played to its end. */
export async function recordLateVoids({ database, clock, backoffice }: Omit<VoidsDeps, 'tables'>): Promise<void> {
  for (const { roundId, approvedBy, role } of await lateVoids(database)) {
    await recordLate(backoffice, { userId: approvedBy, role }, roundId, new Date(clock.now()));
  }
}

type Wish = Parameters<typeof insertVoidRequest>[1];

async function recordWish(transaction: Queries, wish: Wish): Promise<Done<'requested' | 'approved'> | Refusal> {
  const { roundId, reason, by } = wish;
  const target = `round:${roundId}`;
  const requested = { action: 'round.void.request', target, after: { requestedBy: by }, reason };
  if (await insertVoidRequest(transaction, wish)) {
    return { answer: 'requested', entry: { ...requested, before: { requestedBy: null } } };
  }
  const request = await lockVoidRequest(transaction, roundId);
  if (request === null) throw new Error(`the wish to void round ${roundId} is gone`);
  if (request.approvedBy !== null) return refuse('ALREADY_DECIDED');
  const { requestedBy } = request;
  if (requestedBy === by) return refuse('SAME_PERSON', 'Another person has to ask for this void as well');
  if (!(await counts(transaction, { by: requestedBy, at: request.requestedAt }))) {
    await renewVoidRequest(transaction, wish);
    return { answer: 'requested', entry: { ...requested, before: { requestedBy } } };
  }
  await approveVoidRequest(transaction, wish);
  const before = { requestedBy, approvedBy: null, reason: request.reason };
  const after = { requestedBy, approvedBy: by };
  return { answer: 'approved', entry: { action: 'round.void.approve', target, before, after, reason } };
}
