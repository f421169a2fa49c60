import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import { type LotteryNumber, selectionOf } from '../games/lottery/number.ts';
import type { PhaseId, UserId } from '../ids.ts';
import type { Minor } from '../money.ts';
import type { PhaseRow } from './phase-row.ts';

const Nothing = z.strictObject({});
const Count = z.bigint().transform(Number);
const Money = z.bigint().transform((amount) => amount as Minor);
const User = z.string().transform((id) => id as UserId);
const Phase = z.string().transform((id) => id as PhaseId);

const Staked = z.object({ userId: User, slips: Count, lines: Count, stake: Money });

/** What each collector has staked in a phase, void slips left out. */
export function stakesOf(queries: Queries, phase: PhaseId) {
  return queries.any(sql.type(Staked)`
    select user_id as "userId", count(*) as slips, sum(lines) as lines, sum(total)::int8 as stake
      from lottery_slip
     where phase = ${phase}::uuid and status = 'ACCEPTED'
     group by user_id
     order by user_id`);
}

/** What a phase came to for one collector. */
export interface Share {
  readonly userId: UserId;
  readonly slips: number;
  readonly lines: number;
  readonly winningLines: number;
  readonly stake: Minor;
  readonly payout: Minor;
  readonly commission: Minor;
}

/** Those that are there stay as they are: repeated, they are the same. */
export async function insertShares(queries: Queries, phase: PhaseId, shares: readonly Share[]): Promise<void> {
  const column = (of: (share: Share) => bigint | number) => sql.array(shares.map(of), 'int8');
  await queries.query(sql.type(Nothing)`
    insert into lottery_collector (phase, user_id, slips, lines, winning_lines, stake, payout, commission)
    select ${phase}::uuid, unnest(${sql.array(
      shares.map(({ userId }) => userId),
      'uuid',
    )}), unnest(${column(({ slips }) => slips)}), unnest(${column(({ lines }) => lines)}),
           unnest(${column(({ winningLines }) => winningLines)}), unnest(${column(({ stake }) => stake)}),
           unnest(${column(({ payout }) => payout)}), unnest(${column(({ commission }) => commission)})
    on conflict (phase, user_id) do nothing`);
}

const ShareRow = z.object({
  userId: User,
  slips: z.int(),
  lines: Count,
  winningLines: Count,
  stake: Money,
  payout: Money,
  commission: Money,
}) satisfies z.ZodType<Share>;

/** Of `lottery_collector c`. */
export const SHARE = sql.fragment`
  user_id as "userId", slips, lines, winning_lines as "winningLines", stake, payout, c.commission`;

export function sharesOf(queries: Queries, phase: PhaseId): Promise<readonly Share[]> {
  return queries.any(sql.type(ShareRow)`
    select ${SHARE} from lottery_collector c where phase = ${phase}::uuid order by user_id`);
}

/** Whose commission is not credited yet. */
export function unpaidCommissions(queries: Queries, phase: PhaseId, limit: number): Promise<readonly Share[]> {
  return queries.any(sql.type(ShareRow)`
    select ${SHARE} from lottery_collector c
     where phase = ${phase}::uuid and c.commission > 0 and commission_seq is null
     order by user_id limit ${limit}`);
}

/** The transfers that credited these. */
export async function recordCommissions(
  queries: Queries,
  phase: PhaseId,
  credited: readonly { readonly userId: UserId; readonly seq: number }[],
): Promise<void> {
  const users = sql.array(
    credited.map(({ userId }) => userId),
    'uuid',
  );
  const seqs = sql.array(
    credited.map(({ seq }) => seq),
    'int8',
  );
  await queries.query(sql.type(Nothing)`
    update lottery_collector c set commission_seq = n.seq
      from (select unnest(${users}) as user_id, unnest(${seqs}) as seq) n
     where c.phase = ${phase}::uuid and c.user_id = n.user_id and c.commission_seq is null`);
}

/** What every slip has won: a line of it lies between its first position and its last. */
export async function recordPayouts(tx: Queries, phase: PhaseRow, winning: LotteryNumber): Promise<void> {
  await tx.query(sql.type(Nothing)`
    update lottery_slip s
       set payout = w.payout
      from (select l.id, sum(c.payout)::int8 as payout
              from transfer t
              cross join lateral (select c.payout from closing c
                                   where c.shard = t.shard and c.position = t.position and c.outcome = 1
                                  offset 0) c
              cross join lateral (select id from lottery_slip
                                   where phase = ${phase.id}::uuid and seq <= t.position
                                   order by seq desc limit 1) l
             where t.book = ${phase.book} and t.selection = ${selectionOf(winning)} and t."window" < 0
             group by l.id) w
     where s.id = w.id`);
}

export const ResultRow = ShareRow.extend({
  phase: Phase,
  name: z.string(),
  winningNumber: z.string().transform((number) => number as LotteryNumber),
  settledAt: z.date(),
});
export type ResultOfPhase = z.infer<typeof ResultRow>;

/** What settled phases came to for one collector, the newest first. */
export function resultsOf(
  queries: Queries,
  userId: UserId,
  before: PhaseId | undefined,
  limit: number,
): Promise<readonly ResultOfPhase[]> {
  return queries.any(sql.type(ResultRow)`
    select ${SHARE}, p.id as phase, p.name, p.winning_number as "winningNumber", p.settled_at as "settledAt"
      from lottery_collector c join lottery_phase p on p.id = c.phase and p.status = 'SETTLED'
     where user_id = ${userId}::uuid and (${before ?? null}::uuid is null or c.phase < ${before ?? null}::uuid)
     order by c.phase desc limit ${limit}`);
}

export interface SettlementRow {
  readonly id: string;
  readonly phase: PhaseId;
  readonly name: string;
  readonly winningNumber: LotteryNumber;
  readonly totalIn: Minor;
  /** Gross. */
  readonly totalOut: Minor;
  readonly commission: Minor;
  readonly netProfit: Minor;
  readonly slips: number;
  readonly lines: number;
  readonly winningLines: number;
  readonly collectors: number;
  readonly settledAt: Date;
  readonly settledBy: UserId;
}

/** The one row of a phase (S3-05), from what its collectors came to. */
export async function insertSettlement(
  tx: Queries,
  phase: PhaseId,
  { id, by, at }: { readonly id: string; readonly by: UserId; readonly at: Date },
): Promise<void> {
  await tx.query(sql.type(Nothing)`
    insert into settlement_ledger (id, phase, winning_number, total_in, total_out, commission, net_profit, slips, lines,
                                   winning_lines, collectors, settled_at, settled_by)
    select ${id}::uuid, p.id, p.winning_number, s.stake, s.payout, s.commission, s.stake - s.payout - s.commission,
           s.slips, s.lines, s.winning_lines, s.collectors, ${sql.timestamp(at)}, ${by}::uuid
      from lottery_phase p,
           lateral (select coalesce(sum(stake), 0)::int8 as stake, coalesce(sum(payout), 0)::int8 as payout,
                           coalesce(sum(commission), 0)::int8 as commission, coalesce(sum(slips), 0)::int4 as slips,
                           coalesce(sum(lines), 0)::int8 as lines,
                           coalesce(sum(winning_lines), 0)::int8 as winning_lines, count(*)::int4 as collectors
                      from lottery_collector where phase = p.id) s
     where p.id = ${phase}::uuid`);
}

const Settlement = z.object({
  id: z.string(),
  phase: Phase,
  name: z.string(),
  winningNumber: z.string().transform((number) => number as LotteryNumber),
  totalIn: Money,
  totalOut: Money,
  commission: Money,
  netProfit: Money,
  slips: z.int(),
  lines: Count,
  winningLines: Count,
  collectors: z.int(),
  settledAt: z.date(),
  settledBy: User,
}) satisfies z.ZodType<SettlementRow>;

const SETTLEMENT = sql.fragment`
  s.id, s.phase, p.name, s.winning_number as "winningNumber", s.total_in as "totalIn", s.total_out as "totalOut",
  s.commission, s.net_profit as "netProfit", s.slips, s.lines, s.winning_lines as "winningLines", s.collectors,
  s.settled_at as "settledAt", s.settled_by as "settledBy"`;

export function findSettlement(queries: Queries, phase: PhaseId): Promise<SettlementRow | null> {
  return queries.maybeOne(sql.type(Settlement)`
    select ${SETTLEMENT} from settlement_ledger s join lottery_phase p on p.id = s.phase
     where s.phase = ${phase}::uuid`);
}

/** The phases that are settled, the newest first (S3-19). */
export function newestSettlements(
  queries: Queries,
  before: PhaseId | undefined,
  limit: number,
): Promise<readonly SettlementRow[]> {
  return queries.any(sql.type(Settlement)`
    select ${SETTLEMENT} from settlement_ledger s join lottery_phase p on p.id = s.phase
     where ${before ?? null}::uuid is null or s.phase < ${before ?? null}::uuid
     order by s.phase desc limit ${limit}`);
}
