import { join } from 'node:path';
import { z } from 'zod';
import type { Database, Queries } from '../../db/pool.ts';
import { HeadFile, type LastHead } from '../wallet/head-file.ts';
import { findHead, findLineHash } from './store.ts';

/** In the order in which it is signed. */
const Head = z.object({ at: z.string(), seq: z.int(), hash: z.string(), signature: z.string() });
type Head = Omit<z.infer<typeof Head>, 'signature'>;

function fileOf(dataDir: string, secret: string): HeadFile<Head> {
  return new HeadFile(join(dataDir, 'audit-heads.jsonl'), { name: 'audit-head', secret, schema: Head });
}

/**
 * Appends the last line's number and hash, signed, to a file outside the database, as the wallet does with its chain
 * heads (DESIGN 3). `known` is the number that was on file last; answers the one that is now.
 */
export async function writeLogHead(
  database: Database,
  { dataDir, secret, now, known }: { dataDir: string; secret: string; now: number; known: number },
): Promise<number> {
  const last = await findHead(database);
  if (last === null || last.seq === known) return known;
  const { seq, hash } = last;
  await fileOf(dataDir, secret).append({ at: new Date(now).toISOString(), seq, hash: hash.toString('hex') });
  return seq;
}

/** What the file says and the audit log does not. An absent file says nothing. */
export function compareLogHeads(database: Queries, dataDir: string, secret: string): Promise<readonly string[]> {
  return fileOf(dataDir, secret).check((head) => contradiction(database, head));
}

/** The last head on file and whether the audit log has it; null where none is on file. */
export function compareLastLogHead(database: Queries, dataDir: string, secret: string): Promise<LastHead<Head> | null> {
  return fileOf(dataDir, secret).checkLast((head) => contradiction(database, head));
}

async function contradiction(database: Queries, { seq, hash }: Head): Promise<string | null> {
  const line = await findLineHash(database, seq);
  if (line === null) return `line ${seq} is gone from the audit log`;
  return line.hash.toString('hex') === hash ? null : `line ${seq} is another one in the audit log`;
}
