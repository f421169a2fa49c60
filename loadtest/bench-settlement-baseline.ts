import { Client } from 'pg';
import { sql } from 'slonik';
import { z } from 'zod';
import { clientConfig, openAppPool } from '../db/pool.ts';
import { createBaseline, POOL } from './bench-wallet-baselines.ts';

const STAKE = 100n;

const BetRow = z.object({ id: z.bigint(), wallet: z.bigint() });
const Balance = z.object({ balance: z.bigint() });
const Nothing = z.strictObject({});

/** Every bet in a transaction of its own: mark it, pay it, write it down. Resolves with the milliseconds it took. */
export async function settleByTransactions(url: string, players: number, bets: number): Promise<number> {
  const client = new Client(clientConfig(url));
  await client.connect();
  await createBaseline(client, players);
  await client.query(`
    insert into baseline.bet (key, wallet, round, amount) select uuidv7(), i % ${players}, 1, ${STAKE}
      from generate_series(1, ${bets}) i`);
  await client.query('alter table baseline.bet add payout int8');
  await client.query('vacuum analyze');
  await client.end();
  const pool = await openAppPool(url, { maxPoolSize: POOL });
  const open = [...(await pool.any(sql.type(BetRow)`select id, wallet from baseline.bet order by id`))];
  const startedAt = performance.now();
  const settle = async (): Promise<void> => {
    for (let bet = open.pop(); bet !== undefined; bet = open.pop()) {
      const { id, wallet } = bet;
      const payout = id % 2n === 0n ? 2n * STAKE : 0n;
      await pool.transaction(async (transaction) => {
        const marked = await transaction.query(sql.type(Nothing)`
          update baseline.bet set payout = ${payout} where id = ${id} and payout is null`);
        if (marked.rowCount !== 1 || payout === 0n) return;
        const { balance } = await transaction.one(sql.type(Balance)`
          update baseline.wallet set balance = balance + ${payout}, version = version + 1
           where id = ${wallet} returning balance`);
        await transaction.query(sql.type(Nothing)`
          insert into baseline.ledger (key, debit, credit, amount, balance_after)
          values (uuidv7(), 0, ${wallet}, ${payout}, ${balance})`);
        await transaction.query(
          sql.type(Nothing)`update baseline.house set balance = balance - ${payout} where id = 0`,
        );
      });
    }
  };
  await Promise.all(Array.from({ length: POOL }, settle));
  const ms = performance.now() - startedAt;
  await pool.end();
  process.stdout.write(`transaction per bet: ${bets} bets settled in ${ms.toFixed(0)} ms\n`);
  return ms;
}
