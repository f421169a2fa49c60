import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import { firstUuid7 } from '../ids.ts';

/** So many transfers are looked through at the most: the newest. */
const TRANSFERS_MAX = 200_000;
/** Rounds that begin at about the same time open their books in any order. */
const AT_ONCE = 20;

/** What is looked through: everything from a moment on, in the ledger a range of its primary key. */
export interface Stretch {
  readonly since: Date;
  readonly firstSeq: number;
  /** The lowest id that something made from then on can have. */
  readonly firstId: string;
}

const Bound = z.object({
  firstSeq: z.bigint().transform(Number),
  /** Null where all that was asked for is in it. */
  cutAt: z.date().nullable(),
});

/** The stretch from this moment (epoch milliseconds) on; a later one where so much has happened since. */
export async function stretchFrom(queries: Queries, from: number, transfersMax = TRANSFERS_MAX): Promise<Stretch> {
  const { firstSeq, cutAt } = await queries.one(sql.type(Bound)`
    with bound as (
      select coalesce(
               (select min(first.seq)
                  from (select b.first_seq as seq
                          from round r
                          join book b on b.id = r.book
                         where r.id >= ${firstUuid7(from)}::uuid
                         order by r.id
                         limit ${AT_ONCE}) as first),
               s.seq + 1) as wanted,
             s.seq + 1 - ${transfersMax}::int8 as most
        from shard s
       where s.shard = 0
    )
    select greatest(wanted, most) as "firstSeq",
           case when most > wanted then
             (select l.at from link l where l.shard = 0 and l.last_seq >= most order by l.last_seq, l.batch limit 1)
           end as "cutAt"
      from bound`);
  const since = cutAt !== null && cutAt.getTime() > from ? cutAt : new Date(from);
  return { since, firstSeq, firstId: firstUuid7(since.getTime()) };
}
