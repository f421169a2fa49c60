import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import type { TradeId } from '../ids.ts';
import type { Currency } from '../money.ts';
import type { Balance } from '../wallet/command.ts';
import { Integer, Money } from './rows.ts';

const Nothing = z.strictObject({});
const BalanceRow = z.object({ version: Integer, real: Money, bonus: Money, held: Money });

/** The balance that whoever has closed a trade is answered with: of now the first time, the same ever after. */
export async function balanceToTell(queries: Queries, id: TradeId, currency: Currency): Promise<Balance> {
  await queries.query(sql.type(Nothing)`
    update trade t
       set told_version = w.version, told_real = w.real, told_bonus = w.bonus, told_held = w.held
      from wallet w
     where t.id = ${id}::uuid and t.told_version is null and w.owner = t.user_id and w.currency = ${currency}`);
  return queries.one(sql.type(BalanceRow)`
    select told_version as version, told_real as real, told_bonus as bonus, told_held as held
      from trade where id = ${id}::uuid`);
}
