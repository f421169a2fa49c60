import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import type { LotteryNumber } from '../games/lottery/number.ts';
import type { PhaseId } from '../ids.ts';
import type { Minor } from '../money.ts';

const Nothing = z.strictObject({});
const Row = z.object({
  number: z.string().transform((number) => number as LotteryNumber),
  maxAmount: z.bigint().transform((amount) => amount as Minor),
});

/** The numbers that have a limit of their own (S3-03). */
export async function numberLimits(queries: Queries, phase: PhaseId): Promise<ReadonlyMap<LotteryNumber, Minor>> {
  const rows = await queries.any(sql.type(Row)`
    select number, max_amount as "maxAmount" from lottery_number_limit where phase = ${phase}::uuid order by number`);
  return new Map(rows.map(({ number, maxAmount }) => [number, maxAmount]));
}

export async function setNumberLimit(tx: Queries, phase: PhaseId, number: LotteryNumber, max: Minor): Promise<void> {
  await tx.query(sql.type(Nothing)`
    insert into lottery_number_limit (phase, number, max_amount) values (${phase}::uuid, ${number}, ${max})
    on conflict (phase, number) do update set max_amount = excluded.max_amount`);
}

/** The global limit counts again. */
export async function removeNumberLimit(tx: Queries, phase: PhaseId, number: LotteryNumber): Promise<void> {
  await tx.query(sql.type(Nothing)`
    delete from lottery_number_limit where phase = ${phase}::uuid and number = ${number}`);
}
