import { sql } from 'slonik';
import { z } from 'zod';
import type { Database, Queries } from '../../db/pool.ts';
import type { Finding } from '../wallet/audit.ts';
import { hashLine, NO_LINE } from './audit-line.ts';
import { linesFrom, type StoredLine } from './store.ts';

/** Lines read at a time. */
const PAGE = 500;
const FINDINGS_MAX = 20;

/**
 * Re-walks the audit log from its first line, on one snapshot: a line that was changed, taken out, put in or moved to
 * another place does not fit its hash, its number or its neighbours. Whoever cuts lines off the end, or makes all
 * hashes anew, contradicts the heads on file (log-heads.ts).
 */
export function auditActs(database: Database): Promise<readonly Finding[]> {
  return database.transaction(async (snapshot) => {
    await snapshot.query(sql.type(z.strictObject({}))`set transaction isolation level repeatable read, read only`);
    return [{ check: 'audit log', broken: await walkLog(snapshot) }];
  });
}

async function walkLog(database: Queries): Promise<readonly string[]> {
  const broken: string[] = [];
  let previous: Buffer = NO_LINE;
  let expected = 1;
  for (;;) {
    const lines = await linesFrom(database, expected, PAGE);
    for (const line of lines) {
      broken.push(...wrongWith(line, expected, previous));
      previous = line.hash;
      expected = line.seq + 1;
    }
    if (lines.length < PAGE || broken.length >= FINDINGS_MAX) return broken.slice(0, FINDINGS_MAX);
  }
}

function wrongWith(line: StoredLine, expected: number, previous: Buffer): readonly string[] {
  const { seq, prev, hash } = line;
  const broken: string[] = [];
  if (seq !== expected) broken.push(`lines ${expected} to ${seq - 1} are missing`);
  if (!prev.equals(previous)) broken.push(`line ${seq} does not follow its predecessor`);
  if (!hashLine(prev, line).equals(hash)) broken.push(`line ${seq} was changed`);
  return broken;
}
