import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import { firstUuid7 } from '../ids.ts';
import type { Minor } from '../money.ts';
import type { Played } from './day.ts';

const GAMES = ['lottery', 'trading', 'binary'] as const;
export type OtherGame = (typeof GAMES)[number];

const Sum = z.string().transform((sum) => BigInt(sum) as Minor);
const Row = z.object({
  game: z.enum(GAMES),
  rounds: z.bigint().transform(Number),
  ...{ stakes: Sum, payouts: Sum, refunds: Sum },
});

/** The longest that a binary runs. */
const DAY_MS = 86_400_000;
/** A day of trades takes a moment to add up. */
const EVERY_MS = 2_000;

/** Under way or done: who asks meanwhile waits for it too. */
interface Look {
  readonly at: number;
  readonly midnight: number;
  readonly games: Promise<ReadonlyMap<OtherGame, Played>>;
}

/** What ended since midnight UTC in games that have no rounds: phases, trades and binaries. */
export class DayOfGames {
  readonly #database: Queries;
  #last: Look | null = null;

  constructor(database: Queries) {
    this.#database = database;
  }

  /** By game; a little old, but never of another day. */
  look(now: number, midnight: number): Promise<ReadonlyMap<OtherGame, Played>> {
    const last = this.#last;
    if (last !== null && now - last.at < EVERY_MS && midnight === last.midnight) return last.games;
    const look: Look = { at: now, midnight, games: endedSince(this.#database, new Date(midnight)) };
    this.#last = look;
    look.games.catch(() => {
      if (this.#last === look) this.#last = null;
    });
    return look.games;
  }
}

/** A collector's commission is the house's cost, as a payout is. */
async function endedSince(database: Queries, since: Date): Promise<ReadonlyMap<OtherGame, Played>> {
  const from = sql.timestamp(since);
  const rows = await database.any(sql.type(Row)`
    select 'lottery' as game, count(*) as rounds, coalesce(sum(total_in), 0)::text as stakes,
           coalesce(sum(total_out + commission), 0)::text as payouts, '0' as refunds
      from settlement_ledger where settled_at >= ${from}
    union all
    select 'trading', count(*), coalesce(sum(margin), 0)::text,
           coalesce(sum(payout) filter (where status <> 'VOID'), 0)::text,
           coalesce(sum(payout) filter (where status = 'VOID'), 0)::text
      from trade where closed_at >= ${from}
    union all
    select 'binary', count(*), coalesce(sum(stake), 0)::text,
           coalesce(sum(payout) filter (where result = 'WIN'), 0)::text,
           coalesce(sum(payout) filter (where result = 'VOID'), 0)::text
      from binary_trade where settled_at >= ${from} and id >= ${firstUuid7(since.getTime() - DAY_MS)}::uuid`);
  return new Map(rows.map(({ game, ...played }) => [game, played]));
}
