import { createHash } from 'node:crypto';
import { sql } from 'slonik';
import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import { Batch } from './batch.ts';
import type { Column } from './columns.ts';

/** Links read at a time. */
const PAGE = 200;

const Link = z.object({
  batch: z.bigint(),
  firstSeq: z.bigint(),
  lastSeq: z.bigint(),
  prev: z.instanceof(Buffer),
  hash: z.instanceof(Buffer),
});
type Link = z.infer<typeof Link>;

/** A row's batch, then its columns in the order of batch.ts. */
const Row = z.record(z.string(), z.union([z.bigint(), z.number(), z.string()]));
type Row = z.infer<typeof Row>;

/**
 * Rebuilds every link of every shard's hash chain from the rows. Returns what does not fit: a changed, missing or
 * inserted row shows in the link of its batch.
 */
export async function walkChain(database: Queries): Promise<readonly string[]> {
  const shards = await database.any(sql.type(z.object({ shard: z.number(), batch: z.bigint() }))`
    select shard, batch from shard order by shard`);
  const broken: string[] = [];
  for (const { shard, batch } of shards) broken.push(...(await walkShard(database, shard, batch)));
  return broken;
}

async function walkShard(database: Queries, shard: number, lastBatch: bigint): Promise<readonly string[]> {
  const broken: string[] = [];
  let previous: Buffer = Buffer.alloc(32);
  let expected = 1n;
  let seq = 0n;
  const rebuilt = new Batch();
  for (;;) {
    const links = await readLinks(database, shard, expected);
    const [first, last] = [links[0], links.at(-1)];
    if (first === undefined || last === undefined) break;
    const page = await readPage(database, shard, first, last);
    for (const link of links) {
      if (link.batch !== expected) broken.push(`shard ${shard}: batch ${expected} has no link`);
      if (link.firstSeq !== seq + 1n || link.lastSeq < seq)
        broken.push(`shard ${shard}: batch ${link.batch} skips transfers`);
      if (!link.prev.equals(previous))
        broken.push(`shard ${shard}: batch ${link.batch} does not follow its predecessor`);
      if (!hashOf(rebuilt, link, page).equals(link.hash))
        broken.push(`shard ${shard}: batch ${link.batch} was changed`);
      previous = link.hash;
      expected = link.batch + 1n;
      seq = link.lastSeq;
    }
  }
  if (expected !== lastBatch + 1n)
    broken.push(`shard ${shard}: the chain ends at ${expected - 1n}, the shard is at ${lastBatch}`);
  return broken;
}

/** Rows in the order of their batches, handed out batch by batch. */
class Rows {
  readonly #rows: readonly Row[];
  readonly #orderedBy: 'batch' | 'seq';
  #next = 0;

  constructor(rows: readonly Row[], orderedBy: 'batch' | 'seq') {
    this.#rows = rows;
    this.#orderedBy = orderedBy;
  }

  takeUpTo(last: bigint): readonly Row[] {
    const start = this.#next;
    for (let row = this.#rows[start]; row !== undefined && BigInt(row[this.#orderedBy] ?? 0) <= last; ) {
      row = this.#rows[++this.#next];
    }
    return this.#rows.slice(start, this.#next);
  }
}

interface Page {
  readonly commands: Rows;
  readonly transfers: Rows;
  readonly closings: Rows;
}

function hashOf(rebuilt: Batch, link: Link, { commands, transfers, closings }: Page): Buffer {
  rebuilt.clear();
  fill(rebuilt.command, commands.takeUpTo(link.batch));
  const moved = transfers.takeUpTo(link.lastSeq);
  fill(rebuilt.transfer, moved);
  fill({ grantOf: rebuilt.grantOf }, moved);
  rebuilt.movesBonuses = moved.some(({ grantOf }) => BigInt(grantOf ?? 0) !== 0n);
  fill(rebuilt.closing, closings.takeUpTo(link.batch));
  const hash = createHash('sha256').update(link.prev);
  for (const bytes of rebuilt.chained()) hash.update(bytes);
  return hash.digest();
}

function fill(columns: Readonly<Record<string, Column>>, rows: readonly Row[]): void {
  for (const row of rows) {
    for (const [name, column] of Object.entries(columns)) {
      const value = row[name];
      if (value === undefined) throw new Error(`the audit does not read the column ${name}`);
      if (column.type === 'uuid') column.uuid(String(value));
      else if (column.type === 'int8') column.bigint(BigInt(value));
      else column.small(Number(value));
    }
  }
}

function readLinks(database: Queries, shard: number, from: bigint) {
  return database.any(sql.type(Link)`
    select batch, first_seq as "firstSeq", last_seq as "lastSeq", prev, hash
      from link where shard = ${shard} and batch >= ${from} order by batch limit ${PAGE}`);
}

async function readPage(database: Queries, shard: number, first: Link, last: Link): Promise<Page> {
  const commands = await database.any(sql.type(Row)`
    select batch, hash, seq, version, real, bonus, held, key, origin, moves, verdict, ord
      from command where batch between ${first.batch} and ${last.batch} and shard = ${shard} order by batch, ord`);
  const transfers = await database.any(sql.type(Row)`
    select seq, debit, credit, amount, position, coalesce(book, 0) as book, coalesce(liability, -1) as liability,
           debit_bucket as "debitBucket", credit_bucket as "creditBucket", reason, coalesce(selection, -1) as selection,
           coalesce("window", 0) as "window", coalesce(bonus_grant, 0) as "grantOf"
      from transfer where shard = ${shard} and seq between ${first.firstSeq} and ${last.lastSeq} order by seq`);
  const closings = await database.any(sql.type(Row)`
    select batch, position, payout, ord, outcome
      from closing where batch between ${first.batch} and ${last.batch} and shard = ${shard} order by batch, ord`);
  return {
    commands: new Rows(commands, 'batch'),
    transfers: new Rows(transfers, 'seq'),
    closings: new Rows(closings, 'batch'),
  };
}
