import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import type { UserId } from '../ids.ts';
import type { Currency, Minor } from '../money.ts';
import type { Link } from './links.ts';
import type { Opposition } from './opposite-bets.ts';
import type { OppositeSource } from './opposite-store.ts';
import type { Stretch } from './stretch.ts';
import type { StakeSeen } from './unusual-stakes.ts';

/** LONG or UP against SHORT or DOWN on one symbol, while both are open. */
export const OPPOSITE_TRADES: OppositeSource = { players: playersOfDesk, between: oppositeOnDesk };

const PLAYERS = 2_000;
const JUDGED = 100;
const EARLIER = 100;
const PAIRS = 200;
/** So many of each kind are looked through at the most: the newest. */
const NEWEST = 20_000;
/** Open ones last until any time. */
const NO_END = Number.MAX_SAFE_INTEGER;

const User = z.string().transform((id) => id as UserId);
const Money = z.bigint().transform((amount) => amount as Minor);
const Code = z.string().transform((code) => code as Currency);

/** What was undone is nobody's stake, as undone bets are none. */
const COUNTS = sql.fragment`seq is not null and status <> 'VOID'`;
const COUNTS_BINARY = sql.fragment`seq is not null and result is distinct from 'VOID'`;

/** Trades and binaries that came about in the stretch, alike. */
const business = ({ firstId }: Stretch) => sql.fragment`
  select id, user_id, symbol, case side when 'LONG' then 'UP' else 'DOWN' end as direction, margin as stake,
         entry_at as begins, coalesce(exit_at, ${NO_END}::int8) as ends, opened_at as at, 'trading' as game, desk
    from (select * from trade where id >= ${firstId}::uuid and ${COUNTS} order by id desc limit ${NEWEST}) as t
  union all
  select id, user_id, symbol, direction, stake, accepted_at, expires_at, to_timestamp(accepted_at / 1000.0), 'binary',
         desk
    from (select * from binary_trade
           where id >= ${firstId}::uuid and ${COUNTS_BINARY} order by id desc limit ${NEWEST}) as b`;

const SeenRow = z.object({
  userId: User,
  username: z.string().nullable(),
  game: z.enum(['trading', 'binary']),
  place: z.string(),
  ref: z.string(),
  betId: z.string(),
  at: z.date(),
  currency: Code,
  stake: Money,
  earlier: z.array(Money),
});

/** The largest margin and the largest stake of each player, with those of the same kind before. */
export async function tradesToJudge(queries: Queries, stretch: Stretch): Promise<readonly StakeSeen[]> {
  const rows = await queries.any(sql.type(SeenRow)`
    with largest as (
      select distinct on (user_id, game) * from (${business(stretch)}) as b order by user_id, game, stake desc, id
    )
    select l.user_id as "userId", u.username, l.game, l.symbol as place, l.id as ref, l.id as "betId", l.at, d.currency,
           l.stake, before.stakes as earlier
      from (select * from largest order by stake desc limit ${2 * JUDGED}) as l
      join desk d on d.id = l.desk
      left join lateral (select username from users u where u.id = l.user_id offset 0) as u on true
     cross join lateral (
       select coalesce(array_agg(e.stake), '{}') as stakes
         from ((select margin as stake from trade t
                 where l.game = 'trading' and t.user_id = l.user_id and t.id < l.id and ${COUNTS}
                 order by t.id desc limit ${EARLIER})
               union all
               (select stake from binary_trade b
                 where l.game = 'binary' and b.user_id = l.user_id and b.id < l.id and ${COUNTS_BINARY}
                 order by b.id desc limit ${EARLIER})) as e
       offset 0) as before`);
  return rows.map((row) => ({ ...row, most: null }));
}

const PlayerRow = z.object({ userId: User });

async function playersOfDesk(queries: Queries, stretch: Stretch): Promise<readonly UserId[]> {
  const rows = await queries.any(sql.type(PlayerRow)`
    select user_id as "userId" from (${business(stretch)}) as b
     group by user_id order by sum(stake) desc limit ${PLAYERS}`);
  return rows.map(({ userId }) => userId);
}

const OppositionRow = z.object({
  ...{ one: User, other: User, oneName: z.string().nullable(), otherName: z.string().nullable(), currency: Code },
  times: z.bigint().transform(Number),
  ...{ oneStake: Money, otherStake: Money, covered: Money, lastRef: z.string(), lastPlace: z.string() },
});

/** Of each stake as much as stood against it at the time: one that met several of the other's is covered once. */
async function oppositeOnDesk(
  queries: Queries,
  stretch: Stretch,
  links: readonly Link[],
): Promise<readonly Opposition[]> {
  if (links.length === 0) return [];
  const column = (pick: (link: Link) => UserId) => sql.array(links.map(pick), 'uuid');
  const rows = await queries.any(sql.type(OppositionRow)`
    with linked as materialized (
      select * from unnest(${column(({ one }) => one)}, ${column(({ other }) => other)}) as p (one, other)
    ), done as materialized (
      select b.* from (${business(stretch)}) as b
       where b.user_id in (select one from linked union select other from linked)
    ), met as materialized (
      select p.one, p.other, a.id as a_id, a.stake as a_stake, a.symbol, a.desk, b.id as b_id, b.stake as b_stake
        from linked p
        join done a on a.user_id = p.one
        join done b on b.user_id = p.other and b.symbol = a.symbol
       where b.direction <> a.direction and b.begins < a.ends and a.begins < b.ends
    ), ones as (
      select one, other, count(*) as times, sum(stake)::int8 as stake, sum(met)::int8 as met,
             max(id::text)::uuid as last
        from (select one, other, a_id as id, max(a_stake) as stake, least(max(a_stake), sum(b_stake)) as met
                from met group by one, other, a_id) as m
       group by one, other
    ), others as (
      select one, other, sum(stake)::int8 as stake, sum(met)::int8 as met
        from (select one, other, max(b_stake) as stake, least(max(b_stake), sum(a_stake)) as met
                from met group by one, other, b_id) as m
       group by one, other
    ), pair as (
      select o.one, o.other, o.times, o.stake as "oneStake", x.stake as "otherStake", least(o.met, x.met) as covered,
             o.last as "lastRef"
        from ones o join others x on x.one = o.one and x.other = o.other
       order by covered desc limit ${PAIRS}
    )
    select p.*, l.symbol as "lastPlace", d.currency, u.username as "oneName", v.username as "otherName"
      from pair p
     cross join lateral (select symbol, desk from done where id = p."lastRef" limit 1) as l
      join desk d on d.id = l.desk
      left join lateral (select username from users u where u.id = p.one offset 0) as u on true
      left join lateral (select username from users u where u.id = p.other offset 0) as v on true`);
  return rows.map((row) => ({ ...row, kind: 'opposite-trades', occasions: ['trade', 'trades'] }));
}
