import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import { firstUuid7 } from '../ids.ts';
import type { PhaseRow } from '../lottery/phase-row.ts';
import { livingPhases } from '../lottery/phase-store.ts';
import type { Minor } from '../money.ts';
import type { Played } from './day.ts';
import { Glance } from './glance.ts';

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

/** Games that have no rounds: what ended of them since midnight UTC, and the phases that go on. */
export class DayOfGames {
  readonly #ended: Glance<ReadonlyMap<OtherGame, Played>>;
  readonly #living: Glance<readonly PhaseRow[]>;

  constructor(database: Queries) {
    this.#ended = new Glance(EVERY_MS, (midnight) => endedSince(database, new Date(midnight)));
    this.#living = new Glance(EVERY_MS, () => livingPhases(database));
  }

  /** Phases, trades and binaries that ended, by game; a little old, but never of another day. */
  look(now: number, midnight: number): Promise<ReadonlyMap<OtherGame, Played>> {
    return this.#ended.at(now, midnight);
  }

  /** The phases that are not settled, whether they still take slips or not; a little old. */
  phases(now: number): Promise<readonly PhaseRow[]> {
    return this.#living.at(now);
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
