import { Client } from 'pg';
import { sql } from 'slonik';
import { z } from 'zod';
import { clientConfig, openAppPool } from '../db/pool.ts';
import { POOL } from './bench-wallet-baselines.ts';

const Nothing = z.strictObject({});
const Balance = z.object({ balance: z.bigint() });
const STAKE = 100n;

/** The documents' tables (S3-01 … S3-04), with what stands on each number beside them, and the collectors' money. */
async function createTables(client: Client, collectors: number): Promise<void> {
  await client.query(`
    create schema baseline;
    create table baseline.users (
      id int8 primary key, balance int8 not null check (balance >= 0)) with (fillfactor = 50);
    create table baseline.number_total (number char(3) primary key, total int8 not null) with (fillfactor = 50);
    create table baseline.bets (
      id int8 generated always as identity primary key, user_id int8 not null, phase_id int8 not null,
      number char(3) not null, amount int8 not null check (amount > 0), at timestamptz not null default now());
    create table baseline.ledger (
      id int8 generated always as identity primary key, user_id int8 not null, amount int8 not null,
      balance_after int8 not null, at timestamptz not null default now());
    insert into baseline.users select i, 1000000000000 from generate_series(0, ${collectors - 1}) i;
    insert into baseline.number_total select lpad(i::text, 3, '0'), 0 from generate_series(0, 999) i;
    grant usage on schema baseline to croupier_app;
    grant all on all tables in schema baseline to croupier_app;
    grant usage on all sequences in schema baseline to croupier_app;
    analyze`);
}

/** Slips of `lines` lines, a transaction for each line, through a Slonik pool of 10; how many lines a second. */
export async function linesByTransactions(url: string, collectors: number, lines: number): Promise<number> {
  const client = new Client(clientConfig(url));
  await client.connect();
  await createTables(client, collectors);
  await client.end();
  const pool = await openAppPool(url, { maxPoolSize: POOL });
  const startedAt = performance.now();
  let next = 0;
  const worker = async (user: number): Promise<void> => {
    while (next < lines) {
      const number = String((next++ * 7) % 1_000).padStart(3, '0');
      await pool.transaction(async (transaction) => {
        await transaction.query(sql.type(Nothing)`
          insert into baseline.bets (user_id, phase_id, number, amount) values (${user}, 1, ${number}, ${STAKE})`);
        const { balance } = await transaction.one(sql.type(Balance)`
          update baseline.users set balance = balance - ${STAKE}
           where id = ${user} and balance >= ${STAKE} returning balance`);
        await transaction.query(sql.type(Nothing)`
          insert into baseline.ledger (user_id, amount, balance_after) values (${user}, ${-STAKE}, ${balance})`);
        await transaction.query(sql.type(Nothing)`
          update baseline.number_total set total = total + ${STAKE} where number = ${number}`);
      });
    }
  };
  await Promise.all(Array.from({ length: POOL }, (_, index) => worker(index % collectors)));
  const seconds = (performance.now() - startedAt) / 1_000;
  await pool.end();
  return lines / seconds;
}
