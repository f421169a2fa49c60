import { Client } from 'pg';
import { sql } from 'slonik';
import { z } from 'zod';
import { clientConfig, openAppPool } from '../db/pool.ts';
import { POOL } from './bench-wallet-baselines.ts';

const Nothing = z.strictObject({});
const Open = z.object({ id: z.bigint(), userId: z.bigint() });
const STAKE = 1_000n;
const PAYOUT = 1_800n;

/** The documents' tables (S4-34 … S4-40): binaries, their results, and the players' balances. */
async function createTables(client: Client, players: number, binaries: number): Promise<void> {
  await client.query(`
    create schema baseline;
    create table baseline.users (
      id int8 primary key, balance int8 not null check (balance >= 0)) with (fillfactor = 50);
    create table baseline.binary_trades (
      id int8 generated always as identity primary key, user_id int8 not null, stake int8 not null,
      status text not null default 'OPEN', result text, exit_price int8, expires_at timestamptz not null
    ) with (fillfactor = 50);
    create table baseline.results (
      id int8 generated always as identity primary key, trade_id int8 not null unique, result text not null,
      payout int8 not null, balance_after int8 not null, at timestamptz not null default now());
    insert into baseline.users select i, 1000000000000 from generate_series(0, ${players - 1}) i;
    insert into baseline.binary_trades (user_id, stake, expires_at)
      select i % ${players}, ${STAKE}, now() from generate_series(1, ${binaries}) i;
    grant usage on schema baseline to croupier_app;
    grant all on all tables in schema baseline to croupier_app;
    grant usage on all sequences in schema baseline to croupier_app`);
  await client.query('vacuum analyze');
}

/** Every binary in a transaction of its own, through a Slonik pool of 10; milliseconds until the last was paid. */
export async function expireByTransactions(url: string, players: number, binaries: number): Promise<number> {
  const client = new Client(clientConfig(url));
  await client.connect();
  await createTables(client, players, binaries);
  await client.end();
  const pool = await openAppPool(url, { maxPoolSize: POOL });
  const startedAt = performance.now();
  const due = await pool.any(sql.type(Open)`
    select id, user_id as "userId" from baseline.binary_trades where status = 'OPEN' and expires_at <= now()`);
  const open = [...due];
  const settle = async (): Promise<void> => {
    for (let binary = open.pop(); binary !== undefined; binary = open.pop()) {
      const { id, userId } = binary;
      const [result, payout] = id % 2n === 0n ? ['WIN', PAYOUT] : ['LOSS', 0n];
      await pool.transaction(async (transaction) => {
        const marked = await transaction.query(sql.type(Nothing)`
          update baseline.binary_trades set status = 'SETTLED', result = ${result}, exit_price = 4200001
           where id = ${id} and status = 'OPEN'`);
        if (marked.rowCount !== 1) return;
        const { balance } = await transaction.one(sql.type(z.object({ balance: z.bigint() }))`
          update baseline.users set balance = balance + ${payout} where id = ${userId} returning balance`);
        await transaction.query(sql.type(Nothing)`
          insert into baseline.results (trade_id, result, payout, balance_after)
          values (${id}, ${result}, ${payout}, ${balance})`);
      });
    }
  };
  await Promise.all(Array.from({ length: POOL }, settle));
  const ms = performance.now() - startedAt;
  await pool.end();
  return ms;
}
