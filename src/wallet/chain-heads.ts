import { join } from 'node:path';
import { sql } from 'slonik';
import { z } from 'zod';
import type { Database, Queries } from '../../db/pool.ts';
import type { Logger } from '../log.ts';
import { HeadFile, type LastHead } from './head-file.ts';

const HeadRow = z.object({ shard: z.number(), batch: z.bigint(), seq: z.bigint(), hash: z.instanceof(Buffer) });

/** In the order in which it is signed. */
const Head = z.object({
  at: z.string(),
  shard: z.number().int(),
  batch: z.string(),
  seq: z.string(),
  hash: z.string(),
  signature: z.string(),
});
type Head = Omit<z.infer<typeof Head>, 'signature'>;

function fileOf(dataDir: string, secret: string): HeadFile<Head> {
  return new HeadFile(join(dataDir, 'chain-heads.jsonl'), { name: 'chain-head', secret, schema: Head });
}

/**
 * Appends every shard's chain head, signed, to a file and to the log: both lie outside the database. Whoever rewrites
 * the ledger's history, even with all hashes made anew, contradicts a head written before (DESIGN 3). Heads that were
 * on file already are not repeated; `known` carries them from call to call.
 */
export async function writeHeads(database: Database, { dataDir, secret, log, now, known }: HeadOptions): Promise<void> {
  const rows = await database.any(sql.type(HeadRow)`
    select s.shard, s.batch, s.seq, l.hash
      from shard s join link l on l.shard = s.shard and l.batch = s.batch`);
  for (const row of rows) {
    if (known.get(row.shard) === row.batch) continue;
    const head = await fileOf(dataDir, secret).append({
      at: new Date(now).toISOString(),
      shard: row.shard,
      batch: `${row.batch}`,
      seq: `${row.seq}`,
      hash: row.hash.toString('hex'),
    });
    log.info({ head }, 'chain head');
    known.set(row.shard, row.batch);
  }
}

export interface HeadOptions {
  readonly dataDir: string;
  readonly secret: string;
  readonly log: Logger;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly known: Map<number, bigint>;
}

/** What the file says and the database does not. An absent file says nothing. */
export function compareHeads(database: Queries, dataDir: string, secret: string): Promise<readonly string[]> {
  return fileOf(dataDir, secret).check((head) => contradiction(database, head));
}

/** The last head on file and whether the database has it; null where none is on file. */
export function compareLastHead(database: Queries, dataDir: string, secret: string): Promise<LastHead<Head> | null> {
  return fileOf(dataDir, secret).checkLast((head) => contradiction(database, head));
}

async function contradiction(database: Queries, { shard, batch, seq, hash }: Head): Promise<string | null> {
  const link = await database.maybeOne(sql.type(z.object({ seq: z.bigint(), hash: z.instanceof(Buffer) }))`
    select last_seq as seq, hash from link where shard = ${shard} and batch = ${batch}::int8`);
  if (link === null) return `batch ${batch} of shard ${shard} is gone from the database`;
  if (`${link.seq}` === seq && link.hash.toString('hex') === hash) return null;
  return `batch ${batch} of shard ${shard} is another one in the database`;
}
