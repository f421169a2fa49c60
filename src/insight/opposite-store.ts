import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import { selectionOf } from '../games/andar-bahar/selection.ts';
import type { UserId } from '../ids.ts';
import type { Currency, Minor } from '../money.ts';
import { OUTCOME } from '../wallet/state.ts';
import type { Link } from './links.ts';
import type { Opposition } from './opposite-bets.ts';
import type { Stretch } from './stretch.ts';

/** A game in which two accounts can stand against each other. */
export interface OppositeSource {
  /** Who has played it in the stretch; only so many, who staked the most first. */
  readonly players: (queries: Queries, stretch: Stretch) => Promise<readonly UserId[]>;
  /** What linked accounts have done against each other in it. */
  readonly between: (queries: Queries, stretch: Stretch, links: readonly Link[]) => Promise<readonly Opposition[]>;
}

/** Andar against Bahar in the same round. */
export const OPPOSITE_ROUNDS: OppositeSource = { players: playersOfSides, between: oppositeInRounds };

const PLAYERS = 2_000;
const PAIRS = 200;

const [ANDAR, BAHAR] = ['andar', 'bahar'].map((side) => selectionOf(side) ?? 0) as [number, number];

const User = z.string().transform((id) => id as UserId);
const Money = z.bigint().transform((amount) => amount as Minor);
const PlayerRow = z.object({ userId: User });

/** Stakes on one of the two sides; the ledger is read as one range of its primary key. */
const onSides = ({ firstSeq }: Stretch) => sql.fragment`
  t.shard = 0 and t.seq >= ${firstSeq} and t.position >= ${firstSeq} and t.book is not null and t."window" >= 0
  and t.selection in (${ANDAR}, ${BAHAR})`;

async function playersOfSides(queries: Queries, stretch: Stretch): Promise<readonly UserId[]> {
  const rows = await queries.any(sql.type(PlayerRow)`
    select w.owner as "userId"
      from (select t.debit, sum(t.amount) as stake
              from transfer t
             where ${onSides(stretch)}
             group by t.debit
             order by stake desc
             limit ${PLAYERS}) as most
      join wallet w on w.id = most.debit
     order by most.stake desc`);
  return rows.map(({ userId }) => userId);
}

const OppositionRow = z.object({
  one: User,
  other: User,
  oneName: z.string().nullable(),
  otherName: z.string().nullable(),
  currency: z.string().transform((code) => code as Currency),
  times: z.bigint().transform(Number),
  oneStake: Money,
  otherStake: Money,
  covered: Money,
  lastRef: z.string(),
  lastPlace: z.string(),
});

/** Undone bets and voided rounds are none. */
async function oppositeInRounds(
  queries: Queries,
  stretch: Stretch,
  links: readonly Link[],
): Promise<readonly Opposition[]> {
  if (links.length === 0) return [];
  const users = [...new Set(links.flatMap(({ one, other }) => [one, other]))];
  const column = (value: (link: Link) => UserId) => sql.array(links.map(value), 'uuid');
  const rows = await queries.any(sql.type(OppositionRow)`
    with side as materialized (
      select t.book, t.debit as wallet, t.selection, sum(t.amount)::int8 as stake
        from transfer t
       where ${onSides(stretch)}
         and t.debit = any(array(select id from wallet where owner = any(${sql.array(users, 'uuid')})))
         and not exists (select from closing c where c.shard = 0 and c.position = t.position
                                                 and c.outcome = ${OUTCOME.cancelled})
       group by t.book, t.debit, t.selection
    ), staked as materialized (
      select s.book, s.selection, s.stake, w.owner, w.currency, r.id as round, r.game
        from side s
        join wallet w on w.id = s.wallet
        join round r on r.book = s.book and r.id >= ${stretch.firstId}::uuid
    ), met as (
      select p.one, p.other, a.currency, a.round, a.game, a.stake as one_stake, b.stake as other_stake
        from unnest(${column(({ one }) => one)}, ${column(({ other }) => other)}) as p (one, other)
        join staked a on a.owner = p.one
        join staked b on b.owner = p.other and b.book = a.book and b.selection <> a.selection
    ), pair as (
      select one, other, currency, count(distinct round) as times, sum(one_stake)::int8 as one_stake,
             sum(other_stake)::int8 as other_stake, sum(least(one_stake, other_stake))::int8 as covered,
             (array_agg(round order by round desc))[1] as last_ref,
             (array_agg(game order by round desc))[1] as last_place
        from met
       group by one, other, currency
       order by covered desc
       limit ${PAIRS}
    )
    select p.one, p.other, u.username as "oneName", v.username as "otherName", p.currency, p.times,
           p.one_stake as "oneStake", p.other_stake as "otherStake", p.covered, p.last_ref as "lastRef",
           p.last_place as "lastPlace"
      from pair p
      left join users u on u.id = p.one
      left join users v on v.id = p.other
     order by p.covered desc`);
  return rows.map((row) => ({ ...row, kind: 'opposite-bets', occasions: ['round', 'rounds'] }));
}
