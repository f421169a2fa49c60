import { createHmac, timingSafeEqual } from 'node:crypto';
import { appendFile, mkdir, readFile, truncate } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { sql } from 'slonik';
import { z } from 'zod';
import type { Database } from '../../db/pool.ts';
import type { Logger } from '../log.ts';

const HeadRow = z.object({ shard: z.number(), batch: z.bigint(), seq: z.bigint(), hash: z.instanceof(Buffer) });

const Head = z.object({
  at: z.string(),
  shard: z.number().int(),
  batch: z.string(),
  seq: z.string(),
  hash: z.string(),
  signature: z.string(),
});
type Head = z.infer<typeof Head>;

function fileOf(dataDir: string): string {
  return join(dataDir, 'chain-heads.jsonl');
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
    const head = {
      at: new Date(now).toISOString(),
      shard: row.shard,
      batch: `${row.batch}`,
      seq: `${row.seq}`,
      hash: row.hash.toString('hex'),
    };
    const signed: Head = { ...head, signature: sign(head, secret) };
    await mkdir(dirname(fileOf(dataDir)), { recursive: true });
    if (known.size === 0) await cutTornLine(fileOf(dataDir));
    await appendFile(fileOf(dataDir), `${JSON.stringify(signed)}\n`);
    log.info({ head: signed }, 'chain head');
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
export async function compareHeads(database: Database, dataDir: string, secret: string): Promise<readonly string[]> {
  const text = await read(fileOf(dataDir));
  const broken: string[] = [];
  const lines = text.split('\n');
  for (const [index, line] of lines.entries()) {
    // A crash may have cut the very last line short; every other must be whole.
    if (line === '' || index === lines.length - 1) continue;
    const found = await checkHead(database, line, secret);
    if (found !== null) broken.push(`line ${index + 1}: ${found}`);
  }
  return broken;
}

function read(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
}

/** What a crash has left half written was never said; the next head must not be glued to it. */
async function cutTornLine(file: string): Promise<void> {
  const text = await read(file);
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  if (whole.length < text.length) await truncate(file, Buffer.byteLength(whole));
}

async function checkHead(database: Database, line: string, secret: string): Promise<string | null> {
  const head = parseHead(line);
  if (head === null) return 'is not a chain head';
  const { signature, ...unsigned } = head;
  const expected = sign(unsigned, secret);
  if (signature.length !== expected.length || !timingSafeEqual(Buffer.from(signature), Buffer.from(expected))) {
    return `batch ${head.batch} of shard ${head.shard} is not signed by this server's key`;
  }
  const link = await database.maybeOne(sql.type(z.object({ seq: z.bigint(), hash: z.instanceof(Buffer) }))`
    select last_seq as seq, hash from link where shard = ${head.shard} and batch = ${head.batch}::int8`);
  if (link === null) return `batch ${head.batch} of shard ${head.shard} is gone from the database`;
  if (`${link.seq}` === head.seq && link.hash.toString('hex') === head.hash) return null;
  return `batch ${head.batch} of shard ${head.shard} is another one in the database`;
}

function parseHead(line: string): Head | null {
  try {
    return Head.parse(JSON.parse(line));
  } catch {
    return null;
  }
}

function sign({ at, shard, batch, seq, hash }: Omit<Head, 'signature'>, secret: string): string {
  return createHmac('sha256', secret).update(`chain-head|${at}|${shard}|${batch}|${seq}|${hash}`).digest('hex');
}
