import { type FragmentSqlToken, sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import { type Claim, holds } from './claim.ts';

const Nothing = z.strictObject({});

interface Ends {
  readonly table: 'trade' | 'binary_trade';
  /** `update … t set …`, from columns of `e`. */
  readonly written: FragmentSqlToken;
  /** `(select …) e`, a row for each end, its id among them. */
  readonly rows: FragmentSqlToken;
  readonly count: number;
  /** Whoever has been replaced writes none any more. */
  readonly claim: Claim;
}

/**
 * Writes ends into the rows of what is not over yet, all at once. The detour over `ctid` leaves the planner no choice,
 * as it does in the wallet: a plain join that is planned while the table is small compares every end with every row.
 * But a row that somebody else changes at this moment, such as to note that it was opened, has another place
 * afterwards, and is passed over: where not all were written they are written by their ids, which waits for the other.
 * False where some are not written even then: what has ended before keeps its end.
 */
export async function writeEnds(queries: Queries, { table, written, rows, count, claim }: Ends): Promise<boolean> {
  const name = sql.identifier([table]);
  const isOpen = sql.fragment`t.status in ('REQUESTED', 'OPEN') and ${holds(claim)}`;
  const { rowCount } = await queries.query(sql.type(Nothing)`
    ${written}
      from ${rows}, lateral (select x.ctid from ${name} x where x.id = e.id offset 0) x
     where t.ctid = x.ctid and ${isOpen}`);
  if (rowCount === count) return true;
  const waited = await queries.query(sql.type(Nothing)`${written} from ${rows} where t.id = e.id and ${isOpen}`);
  return rowCount + waited.rowCount === count;
}
