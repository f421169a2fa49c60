import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import type { UserId } from '../ids.ts';
import type { Currency, Minor } from '../money.ts';
import { POSITION_ROWS_MAX } from '../wallet/bonus.ts';
import { OUTCOME } from '../wallet/state.ts';
import type { Stretch } from './stretch.ts';
import type { StakeSeen } from './unusual-stakes.ts';

const Money = z.bigint().transform((amount) => amount as Minor);

/** Of so many players the largest bet, and of so many more the one that is nearest to the table's most, is judged. */
const PLAYERS = 100;
const NEAREST = 50;
/** What is usual is read off so many stakes before at the most. */
const EARLIER = 100;
/** A player of whom fewer bets are settled has nothing that is usual. */
const SETTLED_MIN = 20;
const SLIPS = 20_000;

const SeenRow = z.object({
  userId: z.string().transform((id) => id as UserId),
  username: z.string().nullable(),
  place: z.string(),
  ref: z.string(),
  betId: z.string(),
  at: z.date(),
  currency: z.string().transform((code) => code as Currency),
  stake: Money,
  most: Money.nullable(),
  earlier: z.array(Money),
});

/**
 * Bets of the rounds that began in the stretch, those worth a look: the largest of each player, those first that are
 * the most times what the player staked on average so far, and the one nearest to the most that its table took. Undone
 * ones are none. The ledger is read as one range of its primary key; what a player staked before is found by the ids in
 * `round_player`.
 */
export async function betsToJudge(queries: Queries, { firstSeq, firstId }: Stretch): Promise<readonly StakeSeen[]> {
  const rows = await queries.any(sql.type(SeenRow)`
    with bet as materialized (
      select t.position, t.book, t.debit as wallet, sum(t.amount)::int8 as stake
        from transfer t
       where t.shard = 0 and t.seq >= ${firstSeq} and t.position >= ${firstSeq}
         and t.book is not null and t."window" >= 0
         and not exists (select from closing c
                          where c.shard = 0 and c.position >= ${firstSeq} and c.position = t.position
                            and c.outcome = ${OUTCOME.cancelled})
       group by t.position, t.book, t.debit
    ), placed as materialized (
      select b.*, r.id as round, r.game, g.max_bet
        from bet b
        join round r on r.book = b.book and r.id >= ${firstId}::uuid
        join game_rules g on g.game = r.game and g.version = r.rules_version
    ), largest as (
      select distinct on (wallet) * from placed order by wallet, stake desc, position
    ), nearest as (
      select distinct on (wallet) * from placed order by wallet, stake::numeric / max_bet desc, position
    ), candidate as (
      (select k.*
         from largest k
        cross join lateral (select owner from wallet w where w.id = k.wallet offset 0) as w
        cross join lateral (select total_bets, total_bet_amount from user_statistics s
                             where s.user_id = w.owner and total_bets >= ${SETTLED_MIN} and total_bet_amount > 0
                            offset 0) as s
        order by k.stake::numeric * s.total_bets / s.total_bet_amount desc
        limit ${PLAYERS})
      union
      (select * from nearest order by stake::numeric / max_bet desc limit ${NEAREST})
    )
    select w.owner as "userId", u.username, c.game as place, c.round as ref, c.position::text as "betId",
           (select l.at from link l where l.shard = 0 and l.last_seq >= c.position
             order by l.last_seq, l.batch limit 1) as at,
           w.currency, c.stake, c.max_bet as most, before.stakes as earlier
      from candidate c
     cross join lateral (select owner, currency from wallet w where w.id = c.wallet offset 0) as w
      left join lateral (select username from users u where u.id = w.owner offset 0) as u on true
     cross join lateral (
       select coalesce(array_agg(e.stake), '{}') as stakes
         from (select x.stake
                 from (select p.bets from round_player p
                        where p.user_id = w.owner and p.round <= c.round
                        order by p.round desc
                        limit ${EARLIER}) as played,
                      unnest(played.bets) as id,
                      lateral (select sum(t.amount)::int8 as stake from transfer t
                                where t.shard = 0 and t.seq between id and id + ${POSITION_ROWS_MAX - 1}
                                  and t.position = id and t.book is not null
                               offset 0) as x
                where id < c.position
                  and not exists (select from closing o
                                   where o.shard = 0 and o.position = id and o.outcome = ${OUTCOME.cancelled}
                                  offset 0)
                order by id desc
                limit ${EARLIER}) as e
       offset 0) as before`);
  return rows.map((row) => ({ ...row, game: 'andar-bahar' }));
}

/** The same of the lottery: the largest slip of each collector, void ones left out. */
export async function slipsToJudge(queries: Queries, { firstId }: Stretch): Promise<readonly StakeSeen[]> {
  const rows = await queries.any(sql.type(SeenRow)`
    with largest as (
      select distinct on (s.user_id) s.*
        from (select id, user_id, phase, total, received_at
                from lottery_slip
               where id >= ${firstId}::uuid and status = 'ACCEPTED'
               order by id desc
               limit ${SLIPS}) as s
       order by s.user_id, s.total desc, s.id
    )
    select s.user_id as "userId", u.username, p.name as place, s.phase as ref, s.id as "betId", s.received_at as at,
           p.currency, s.total as stake, null::int8 as most, before.stakes as earlier
      from (select * from largest order by total desc limit ${PLAYERS}) as s
      join lottery_phase p on p.id = s.phase
      left join lateral (select username from users u where u.id = s.user_id offset 0) as u on true
     cross join lateral (
       select coalesce(array_agg(e.total), '{}') as stakes
         from (select total from lottery_slip e
                where e.user_id = s.user_id and e.id < s.id and e.status = 'ACCEPTED'
                order by e.id desc
                limit ${EARLIER}) as e
       offset 0) as before`);
  return rows.map((row) => ({ ...row, game: 'lottery' }));
}
