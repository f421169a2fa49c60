import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import type { UserId } from '../ids.ts';
import type { Minor, Percentage } from '../money.ts';
import { CAMPAIGN_KINDS, type Campaign, type CampaignId, type CampaignKind } from './campaign.ts';

const Nothing = z.strictObject({});
const Money = z.bigint().transform((amount) => amount as Minor);

/** Terms as they lie in a row, beside others: games and what counts in them are two arrays. */
export const TermsColumns = z.object({
  validDays: z.int(),
  maxStake: Money.nullable(),
  games: z.array(z.string()),
  contributions: z.array(z.int()),
});

/** Pairs what `TermsColumns` has apart. */
export function paired<Row extends z.output<typeof TermsColumns>>({ games, contributions, ...rest }: Row) {
  const shares = games.map((game, at) => [game, (contributions[at] ?? 0) as Percentage] as const);
  return { ...rest, contributions: new Map(shares) as ReadonlyMap<string, Percentage> };
}

const Row = TermsColumns.extend({
  id: z.string().transform((id) => id as CampaignId),
  name: z.string(),
  kind: z.enum(CAMPAIGN_KINDS),
  enabledAt: z.date().nullable(),
  fixedAmount: Money.nullable(),
  percentage: z
    .int()
    .transform((percentage) => percentage as Percentage)
    .nullable(),
  maxAmount: Money,
  minDeposit: Money,
  wagering: z.int(),
  oncePerPlayer: z.boolean(),
  startsAt: z.date(),
  endsAt: z.date().nullable(),
  createdAt: z.date(),
  changedBy: z.string().transform((id) => id as UserId),
  changedAt: z.date(),
}).transform(paired) satisfies z.ZodType<Campaign>;

const COLUMNS = sql.fragment`
  id, name, kind, enabled_at as "enabledAt", fixed_amount as "fixedAmount", percentage, max_amount as "maxAmount",
  min_deposit as "minDeposit", wagering, valid_days as "validDays", max_stake as "maxStake", games, contributions,
  once_per_player as "oncePerPlayer", starts_at as "startsAt", ends_at as "endsAt", created_at as "createdAt",
  changed_by as "changedBy", changed_at as "changedAt"`;

/** Every campaign there is, the newest first. */
export function allCampaigns(queries: Queries): Promise<readonly Campaign[]> {
  return queries.any(sql.type(Row)`select ${COLUMNS} from bonus_campaign order by id desc`);
}

/** Those of these kinds that are on. */
export function enabledCampaigns(queries: Queries, kinds: readonly CampaignKind[]): Promise<readonly Campaign[]> {
  return queries.any(sql.type(Row)`
    select ${COLUMNS} from bonus_campaign
     where enabled_at is not null and kind = any(${sql.array([...kinds], 'text')})
     order by id`);
}

const GameRow = z.object({ id: z.string() });

/** Which of these are the names of no table. */
export async function unknownGames(queries: Queries, names: readonly string[]): Promise<readonly string[]> {
  const known = await queries.any(
    sql.type(GameRow)`select id from game where id = any(${sql.array([...names], 'text')})`,
  );
  const ids = new Set(known.map(({ id }) => id));
  return names.filter((name) => !ids.has(name));
}

/** Nobody changes it until the transaction ends. */
export function holdCampaign(tx: Queries, id: CampaignId): Promise<Campaign | null> {
  return tx.maybeOne(sql.type(Row)`select ${COLUMNS} from bonus_campaign where id = ${id}::uuid for share`);
}

/** Until the transaction ends nobody else sets up or changes any; reading goes on. */
export async function lockCampaigns(tx: Queries): Promise<void> {
  await tx.query(sql.type(Nothing)`lock table bonus_campaign in share row exclusive mode`);
}

export async function insertCampaign(tx: Queries, row: Campaign): Promise<void> {
  await tx.query(sql.type(Nothing)`
    insert into bonus_campaign (id, name, kind, enabled_at, fixed_amount, percentage, max_amount, min_deposit, wagering,
                                valid_days, max_stake, games, contributions, once_per_player, starts_at, ends_at,
                                created_at, changed_by, changed_at)
    values (${row.id}::uuid, ${row.name}, ${row.kind}, ${timeOrNull(row.enabledAt)}, ${row.fixedAmount},
            ${row.percentage}, ${row.maxAmount}, ${row.minDeposit}, ${row.wagering}, ${row.validDays}, ${row.maxStake},
            ${sql.array([...row.contributions.keys()], 'text')}, ${sql.array([...row.contributions.values()], 'int4')},
            ${row.oncePerPlayer}, ${sql.timestamp(row.startsAt)}, ${timeOrNull(row.endsAt)},
            ${sql.timestamp(row.createdAt)}, ${row.changedBy}::uuid, ${sql.timestamp(row.changedAt)})`);
}

/** All of it that may be changed. */
export async function updateCampaign(tx: Queries, row: Campaign): Promise<void> {
  await tx.query(sql.type(Nothing)`
    update bonus_campaign
       set name = ${row.name}, enabled_at = ${timeOrNull(row.enabledAt)}, fixed_amount = ${row.fixedAmount},
           percentage = ${row.percentage}, max_amount = ${row.maxAmount}, min_deposit = ${row.minDeposit},
           wagering = ${row.wagering}, valid_days = ${row.validDays}, max_stake = ${row.maxStake},
           games = ${sql.array([...row.contributions.keys()], 'text')},
           contributions = ${sql.array([...row.contributions.values()], 'int4')},
           starts_at = ${sql.timestamp(row.startsAt)}, ends_at = ${timeOrNull(row.endsAt)},
           changed_by = ${row.changedBy}::uuid, changed_at = ${sql.timestamp(row.changedAt)}
     where id = ${row.id}::uuid`);
}

/** Cashback is paid by the ranks, so who has changed those has set its terms. */
export async function recordCashbackTerms(tx: Queries, by: UserId, at: Date): Promise<void> {
  await tx.query(sql.type(Nothing)`
    update bonus_campaign set changed_by = ${by}::uuid, changed_at = ${sql.timestamp(at)} where kind = 'CASHBACK'`);
}

function timeOrNull(at: Date | null) {
  return at === null ? null : sql.timestamp(at);
}
