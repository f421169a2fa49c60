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
     cross join lateral (select owner from wallet w where w.id = most.debit offset 0) as w
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
         and not exists (select from closing c
                          where c.shard = 0 and c.position >= ${stretch.firstSeq} and c.position = t.position
                            and c.outcome = ${OUTCOME.cancelled})
       group by t.book, t.debit, t.selection
    ), account as materialized (
      select u.id as owner, w.id as wallet, w.currency
        from unnest(${sql.array(users, 'uuid')}) as u (id)
       cross join lateral (select id, currency from wallet w where w.owner = u.id offset 0) as w
    ), staked as materialized (
      select a.owner, a.currency, s.book, s.selection, s.stake, r.id as round, r.game
        from side s
        join account a on a.wallet = s.wallet
        join round r on r.book = s.book and r.id >= ${stretch.firstId}::uuid
    ), pair as (
      select p.one, p.other, a.currency, count(distinct a.round) as times, sum(a.stake)::int8 as "oneStake",
             sum(b.stake)::int8 as "otherStake", sum(least(a.stake, b.stake))::int8 as covered,
             (array_agg(a.round order by a.round desc))[1] as "lastRef",
             (array_agg(a.game order by a.round desc))[1] as "lastPlace"
        from unnest(${column(({ one }) => one)}, ${column(({ other }) => other)}) as p (one, other)
        join staked a on a.owner = p.one
        join staked b on b.owner = p.other and b.book = a.book and b.selection <> a.selection
       group by p.one, p.other, a.currency
       order by covered desc
       limit ${PAIRS}
    )
    select p.*, u.username as "oneName", v.username as "otherName"
      from pair p
      left join lateral (select username from users u where u.id = p.one offset 0) as u on true
      left join lateral (select username from users u where u.id = p.other offset 0) as v on true`);
  return rows.map((row) => ({ ...row, kind: 'opposite-bets', occasions: ['round', 'rounds'] }));
}
