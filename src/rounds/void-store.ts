import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import { ROLES } from '../accounts/identity.ts';
import { playerResult } from '../games/andar-bahar/result.ts';
import type { RoundId, TableId, UserId } from '../ids.ts';
import type { Minor } from '../money.ts';
import type { BookId, PositionId } from '../wallet/command.ts';
import { insertRoundPlayers } from './history-store.ts';

const Nothing = z.strictObject({});
const User = z.string().transform((id) => id as UserId);
const Money = z.bigint().transform((amount) => amount as Minor);

const VoidRow = z.object({
  reason: z.string(),
  requestedBy: User,
  requestedAt: z.date(),
  approvedBy: User.nullable(),
  approvedAt: z.date().nullable(),
  voidedAt: z.date().nullable(),
});
/** A wish to void a round, and how far it has come. */
export type VoidRequest = z.infer<typeof VoidRow>;

const voidColumns = sql.fragment`
  reason, requested_by as "requestedBy", requested_at as "requestedAt", approved_by as "approvedBy",
  approved_at as "approvedAt", voided_at as "voidedAt"`;

/** Locked until the transaction ends: two people at once decide one after the other. */
export function lockVoidRequest(transaction: Queries, roundId: RoundId): Promise<VoidRequest | null> {
  return transaction.maybeOne(sql.type(VoidRow)`
    select ${voidColumns} from round_void where round = ${roundId}::uuid for update`);
}

/** False where somebody else has just asked for the same. */
export async function insertVoidRequest(
  transaction: Queries,
  request: { readonly roundId: RoundId; readonly reason: string; readonly by: UserId; readonly at: Date },
): Promise<boolean> {
  const inserted = await transaction.maybeOne(sql.type(z.object({ reason: z.string() }))`
    insert into round_void (round, reason, requested_by, requested_at)
    values (${request.roundId}::uuid, ${request.reason}, ${request.by}::uuid, ${sql.timestamp(request.at)})
    on conflict (round) do nothing
    returning reason`);
  return inserted !== null;
}

/** In place of somebody whose wish does not count any more. */
export async function renewVoidRequest(
  transaction: Queries,
  request: { readonly roundId: RoundId; readonly reason: string; readonly by: UserId; readonly at: Date },
): Promise<void> {
  await transaction.one(sql.type(z.object({ reason: z.string() }))`
    update round_void
       set reason = ${request.reason}, requested_by = ${request.by}::uuid, requested_at = ${sql.timestamp(request.at)}
     where round = ${request.roundId}::uuid and approved_by is null
    returning reason`);
}

export async function approveVoidRequest(
  transaction: Queries,
  approval: { readonly roundId: RoundId; readonly by: UserId; readonly at: Date },
): Promise<void> {
  await transaction.one(sql.type(z.object({ reason: z.string() }))`
    update round_void set approved_by = ${approval.by}::uuid, approved_at = ${sql.timestamp(approval.at)}
     where round = ${approval.roundId}::uuid and approved_by is null
    returning reason`);
}

const LateRow = z.object({
  roundId: z.string().transform((id) => id as RoundId),
  approvedBy: User,
  role: z.enum(ROLES),
});

/** Rounds that two people wanted void and that are over all the same, where that is not on record yet. */
export function lateVoids(database: Queries) {
  return database.any(sql.type(LateRow)`
    select v.round as "roundId", v.approved_by as "approvedBy", u.role
      from round_void v
      join round r on r.id = v.round and r.status not in ('betting', 'dealing', 'voided')
      join users u on u.id = v.approved_by
     where v.approved_by is not null and v.voided_at is null and v.late_at is null
     order by v.round`);
}

/** True for the one who records it first. */
export async function recordLateVoid(transaction: Queries, roundId: RoundId, at: Date): Promise<boolean> {
  const { rowCount } = await transaction.query(sql.type(Nothing)`
    update round_void set late_at = ${sql.timestamp(at)}
     where round = ${roundId}::uuid and approved_by is not null and voided_at is null and late_at is null`);
  return rowCount > 0;
}

const NO_BET = playerResult([]);

export interface VoidedPlayer {
  readonly userId: UserId;
  readonly bets: readonly PositionId[];
}

/**
 * Ends a voided round, with its seed made public; everybody who had bets in it finds them again as cancelled ones.
 * Answers the reason; null where all this was done before.
 */
export async function finishVoid(
  transaction: Queries,
  round: {
    readonly roundId: RoundId;
    readonly tableId: TableId;
    readonly book: BookId;
    readonly jokerCard: string;
    readonly serverSeed: string;
    readonly at: Date;
  },
  refunds: { readonly refunded: Minor; readonly bets: number },
  players: readonly VoidedPlayer[],
): Promise<string | null> {
  const ended = await transaction.maybeOne(sql.type(z.object({ id: z.string() }))`
    update round
       set status = 'voided', ended_at = ${sql.timestamp(round.at)}, followed = 3, joker_card = ${round.jokerCard},
           total_andar_bets = 0, total_bahar_bets = 0, total_bets = 0, total_bet_amount = 0, total_payouts = 0,
           total_refunds = 0, total_players = 0
     where id = ${round.roundId}::uuid and status in ('betting', 'dealing')
    returning id`);
  if (ended === null) return null;
  await transaction.query(sql.type(Nothing)`
    update round_seed set revealed = ${round.serverSeed} where round = ${round.roundId}::uuid`);
  const rows = players.map((player) => ({ ...player, result: NO_BET, deliveredAt: round.at }));
  await insertRoundPlayers(transaction, round, rows);
  const { reason } = await transaction.one(sql.type(z.object({ reason: z.string() }))`
    update round_void
       set voided_at = ${sql.timestamp(round.at)}, refunded = ${refunds.refunded}, bets = ${refunds.bets}
     where round = ${round.roundId}::uuid
    returning reason`);
  return reason;
}

const PublicVoidRow = z.object({
  reason: z.string(),
  requestedBy: z.string(),
  approvedBy: z.string(),
  voidedAt: z.date(),
  refunded: Money,
  bets: z.int(),
});

/** What everybody may know of a void (DESIGN 6): who, why and how much. Null while the round is not voided. */
export function findPublicVoid(database: Queries, roundId: RoundId) {
  return database.maybeOne(sql.type(PublicVoidRow)`
    select v.reason, r.display_name as "requestedBy", a.display_name as "approvedBy", v.voided_at as "voidedAt",
           v.refunded, v.bets
      from round_void v
      join users r on r.id = v.requested_by
      join users a on a.id = v.approved_by
     where v.round = ${roundId}::uuid and v.voided_at is not null`);
}

const VoidedRow = PublicVoidRow.extend({
  roundId: z.string().transform((id) => id as RoundId),
  roundNumber: z.bigint().transform(Number),
});

/** The voided rounds of a table, the newest first, those before round number `before`. */
export function voidsOf(
  database: Queries,
  tableId: TableId,
  { limit, before }: { readonly limit: number; readonly before?: number | undefined },
) {
  return database.any(sql.type(VoidedRow)`
    select g.id as "roundId", g.round_number as "roundNumber", v.reason, r.display_name as "requestedBy",
           a.display_name as "approvedBy", v.voided_at as "voidedAt", v.refunded, v.bets
      from round g
      join round_void v on v.round = g.id
      join users r on r.id = v.requested_by
      join users a on a.id = v.approved_by
     where g.game = ${tableId} and g.status = 'voided' and g.round_number < ${before ?? Number.MAX_SAFE_INTEGER}
     order by g.round_number desc
     limit ${limit}`);
}

const VoidRate = z.object({ settled: z.bigint().transform(Number), voided: z.bigint().transform(Number) });

/** How many rounds of a table were settled and how many voided, ever: from the monthly sums. */
export function voidRate(database: Queries, tableId: TableId) {
  return database.one(sql.type(VoidRate)`
    select coalesce(sum(total_rounds), 0)::int8 as settled, coalesce(sum(voided_rounds), 0)::int8 as voided
      from game_statistics
     where game = ${tableId}`);
}
