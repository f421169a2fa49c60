import type { Client } from 'pg';

/** The month in which all of it happens. */
export const MONTH = { from: Date.UTC(2026, 9, 1), to: Date.UTC(2026, 10, 1) } as const;
const BATCH = 1_000;
const GAMES = 4;
/** A tenth of the players are at the tables at any time, and each stays for some batches. */
const AT_THE_TABLES = 10;
const BATCHES_STAYED = 20;
/** Rows written by one statement. */
const AT_ONCE = 250_000;
/** Bets of even money that are won, in thousandths. */
const WON = 485;

export interface BenchRows {
  readonly bets: number;
  readonly players: number;
}

/**
 * A ledger as the wallet would have written it: each batch has a thousand stakes and their closings, every stake is
 * followed by its payout or by what the house takes. Straight into the tables, without balances or a hash chain: only
 * what partners' figures are made from has to be right. Answers the partner's user id.
 */
export async function writeRows(client: Client, { bets, players }: BenchRows): Promise<string> {
  const partner = await writePeople(client, players);
  const batches = Math.ceil(bets / BATCH);
  await client.query(
    `insert into link (batch, first_seq, last_seq, at, shard, prev, hash)
     select k, 2 * $2::int8 * (k - 1) + 1, least(2 * $2 * k, 2 * $3::int8),
            $4::timestamptz + (k - 0.5) / $1 * ($5::timestamptz - $4::timestamptz), 0, '', ''
       from generate_series(1, $1::int8) k`,
    [batches, BATCH, bets, new Date(MONTH.from), new Date(MONTH.to)],
  );
  await client.query(
    `insert into book (id, ref, game, currency, shard, epoch, state, "window", cap, first_seq, first_batch, last_seq)
     select k, gen_random_uuid(), 'table-' || k % $2, 'INR', 0, 1, 'settled', 1, 1, 2 * $3::int8 * (k - 1) + 1, k,
            2 * $3 * k
       from generate_series(1, $1::int8) k`,
    [batches, GAMES, BATCH],
  );
  for (let from = 0; from < bets; from += AT_ONCE) {
    await writeBets(client, { from, to: Math.min(bets, from + AT_ONCE), players });
    process.stdout.write(`\r${Math.min(bets, from + AT_ONCE)} bets written`);
  }
  process.stdout.write('\n');
  await client.query('update shard set batch = $1, seq = $2', [batches, 2 * bets]);
  await client.query('vacuum analyze');
  return partner;
}

async function writePeople(client: Client, players: number): Promise<string> {
  const { rows } = await client.query(
    `insert into users (id, username, display_name, password_hash, role, created_at)
     values (gen_random_uuid(), 'partner', 'partner', '', 'PARTNER', $1) returning id`,
    [new Date(MONTH.from)],
  );
  const partner = String(rows[0].id);
  await client.query(
    `with people as (
       insert into users (id, username, display_name, password_hash, role, referred_by, created_at)
       select gen_random_uuid(), 'player-' || n, 'player-' || n, '', 'PLAYER', $2::uuid, $3
         from generate_series(1, $1::int4) n
       returning id
     )
     insert into wallet (owner, currency) select id, 'INR' from people`,
    [players, partner, new Date(MONTH.from)],
  );
  await client.query(
    `insert into wallet (name, currency, overdraft) values ('escrow', 'INR', true), ('house', 'INR', true)`,
  );
  return partner;
}

async function writeBets(client: Client, { from, to, players }: { from: number; to: number; players: number }) {
  await client.query(
    `with bet as (
       select i, 1 + i / $4 as batch, 100 + i % 7 * 100 as amount, (i * 7919) % 1000 < ${WON} as won,
              1 + (i / $4 / ${BATCHES_STAYED} * 37 + i % greatest($3 / ${AT_THE_TABLES}, 1)) % $3 as wallet
         from generate_series($1::int8, $2::int8 - 1) i
     ), named as (
       select b.*, w.first + b.wallet - 1 as player, w.escrow, w.house
         from bet b, (select min(id) filter (where owner is not null) as first,
                             min(id) filter (where name = 'escrow') as escrow,
                             min(id) filter (where name = 'house') as house from wallet) w
     ), stakes as (
       insert into transfer (seq, debit, credit, amount, position, book, liability, shard, debit_bucket, credit_bucket,
                             reason, selection, "window", debit_prev, credit_prev)
       select 2 * i + 1, player, escrow, amount, 2 * i + 1, batch, 2 * amount, 0, 0, 0, 1, 1, 1, 0, 0 from named
     ), ends as (
       insert into transfer (seq, debit, credit, amount, position, shard, debit_bucket, credit_bucket, reason,
                             debit_prev, credit_prev)
       select 2 * i + 2, escrow, case when won then player else house end, case when won then 2 else 1 end * amount,
              case when won then 2 * i + 1 else 0 end, 0, 0, 0, case when won then 2 else 3 end, 0, 0
         from named
     )
     insert into closing (position, payout, batch, shard, ord, outcome)
     select 2 * i + 1, case when won then 2 * amount else 0 end, batch, 0, i % $4, case when won then 1 else 2 end
       from named`,
    [from, to, players, BATCH],
  );
}

/** The same report made from the bets: what it would take without rollups. */
export async function reportFromBets(client: Client, partner: string): Promise<readonly object[]> {
  const { rows } = await client.query(
    `select (l.at at time zone 'UTC')::date::text as day, count(distinct o.debit)::int as active, count(*)::int as bets,
            sum(o.amount)::int8 as staked, sum(c.payout)::int8 as paid
       from closing c
       join link l on l.shard = c.shard and l.batch = c.batch
       join transfer o on o.shard = c.shard and o.seq = c.position
       join wallet w on w.id = o.debit
       join users u on u.id = w.owner and u.referred_by = $1::uuid
      where c.outcome <> 4 and l.at >= $2 and l.at < $3
      group by 1 order by 1`,
    [partner, new Date(MONTH.from), new Date(MONTH.to)],
  );
  return rows;
}
