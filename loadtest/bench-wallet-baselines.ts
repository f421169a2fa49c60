import { Client, Pool } from 'pg';
import { sql } from 'slonik';
import { z } from 'zod';
import { clientConfig, openAppPool } from '../db/pool.ts';
import { type Key, uuid7 } from '../src/ids.ts';
import { walBytes } from './bench-database.ts';
import type { Load } from './measure.ts';

export const POOL = 10;
const STAKE = 100n;

/** The usual tables of a betting site: a balance, a house, bets, a ledger. */
export async function createBaseline(client: Client, players: number): Promise<void> {
  await client.query(`
    create schema baseline;
    create table baseline.wallet (
      id int8 primary key, balance int8 not null check (balance >= 0), version int8 not null default 0
    ) with (fillfactor = 50);
    create table baseline.house (id int4 primary key, balance int8 not null) with (fillfactor = 10);
    create table baseline.bet (
      id int8 generated always as identity primary key, key uuid not null unique, wallet int8 not null,
      round int8 not null, amount int8 not null check (amount > 0), at timestamptz not null default now());
    create table baseline.ledger (
      id int8 generated always as identity primary key, key uuid not null, debit int8 not null,
      credit int8 not null, amount int8 not null, balance_after int8 not null, at timestamptz not null default now());
    insert into baseline.wallet select i, 1000000000000 from generate_series(0, ${players - 1}) i;
    insert into baseline.house values (0, 0);
    grant usage on schema baseline to croupier_app;
    grant all on all tables in schema baseline to croupier_app;
    grant usage on all sequences in schema baseline to croupier_app;
    analyze`);
}

/** A transaction per bet, through a Slonik pool of 10 (with the reset that costs 40 % switched off, as in our own). */
export async function openTransactionBaseline(url: string, players: number): Promise<Load> {
  const client = new Client(clientConfig(url));
  await client.connect();
  await createBaseline(client, players);
  const pool = await openAppPool(url, { maxPoolSize: POOL });
  const Balance = z.object({ balance: z.bigint() });
  const Nothing = z.strictObject({});
  let statements = 0;
  return {
    name: 'transaction per bet',
    once: (worker) =>
      pool.transaction(async (transaction) => {
        const key = uuid7<Key>(Date.now());
        const wallet = worker % players;
        await transaction.query(sql.type(Nothing)`
          insert into baseline.bet (key, wallet, round, amount) values (${key}, ${wallet}, 1, ${STAKE})`);
        const { balance } = await transaction.one(sql.type(Balance)`
          update baseline.wallet set balance = balance - ${STAKE}, version = version + 1
           where id = ${wallet} and balance >= ${STAKE} returning balance`);
        await transaction.query(sql.type(Nothing)`
          insert into baseline.ledger (key, debit, credit, amount, balance_after)
          values (${key}, ${wallet}, 0, ${STAKE}, ${balance})`);
        await transaction.query(sql.type(Nothing)`update baseline.house set balance = balance + ${STAKE} where id = 0`);
        statements += 6;
      }),
    walBytes: () => walBytes(client),
    statements: () => statements,
    close: async () => {
      await pool.end();
      await client.end();
    },
  };
}

/** One prepared statement per bet through `pg`: no house account, no transaction block; less is hardly a bet. */
export async function openPreparedBaseline(url: string, players: number): Promise<Load> {
  const client = new Client(clientConfig(url));
  await client.connect();
  await createBaseline(client, players);
  const pool = new Pool({ ...clientConfig(url), max: POOL });
  let statements = 0;
  const text = `
    with w as (update baseline.wallet set balance = balance - $3, version = version + 1
                where id = $2 and balance >= $3 returning balance),
         b as (insert into baseline.bet (key, wallet, round, amount) select $1, $2, 1, $3 from w returning id)
    insert into baseline.ledger (key, debit, credit, amount, balance_after)
    select $1, $2, 0, $3, w.balance from w, b returning balance_after`;
  return {
    name: 'prepared statement per bet',
    once: async (worker) => {
      const values = [uuid7<Key>(Date.now()), worker % players, STAKE];
      const { rowCount } = await pool.query({ name: 'bet', text, values });
      if (rowCount !== 1) throw new Error('the bet was not taken');
      statements += 1;
    },
    walBytes: () => walBytes(client),
    statements: () => statements,
    close: async () => {
      await pool.end();
      await client.end();
    },
  };
}
