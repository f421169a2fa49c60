import { z } from 'zod';
import type { Database } from '../../db/pool.ts';
import { ROLES } from '../accounts/identity.ts';
import { newestLines, type StoredLine } from '../backoffice/store.ts';
import { csvLine } from '../csv.ts';
import type { UserId } from '../ids.ts';
import { TextAnswer } from './answer.ts';
import { Moment } from './days.ts';
import { guardedRoute, type Route } from './route.ts';

const PAGE = 50;
const LONGEST_PAGE = 100;
/** Of a file; its last line's number is the cursor of the next. */
const LONGEST_FILE = 10_000;

/** As `game.pause` and `game:main`. */
const Word = z.string().regex(/^[\x21-\x7e]{1,200}$/, 'must be one word');
const AuditQuery = z
  .strictObject({
    actor: z
      .uuid()
      .transform((id) => id.toLowerCase() as UserId)
      .optional(),
    action: Word.optional(),
    target: Word.optional(),
    from: Moment.optional().describe('a time, or a day in UTC'),
    to: Moment.optional().describe('up to it'),
    format: z.enum(['json', 'csv']).default('json'),
    limit: z.coerce
      .number()
      .int()
      .min(1)
      .max(LONGEST_FILE)
      .optional()
      .describe('of JSON 100 at most, and 50 unless told'),
    cursor: z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER).optional(),
  })
  .refine(({ format, limit = 1 }) => format === 'csv' || limit <= LONGEST_PAGE, {
    path: ['limit'],
    message: `must be at most ${LONGEST_PAGE}`,
  });

/** A line of the audit log. */
export const WireLine = z.strictObject({
  seq: z.int(),
  at: z.iso.datetime(),
  adminId: z.uuid(),
  role: z.enum(ROLES),
  action: z.string(),
  target: z.string(),
  amount: z.int().nullable().describe('minor units'),
  before: z.unknown().describe('what was, where it says so; as JSON'),
  after: z.unknown().describe('what is since'),
  reason: z.string().nullable(),
  hash: z.string().describe('of this line and all before it'),
});

/** What people of the house did (S4-48, S4-50). */
export function adminAuditRoutes({ database }: { readonly database: Database }): readonly Route[] {
  return [
    guardedRoute(
      ['ADMIN', 'MASTER'],
      {
        method: 'get',
        path: '/admin/audit',
        summary:
          'The audit log, newest first; by who did it, what was done, what it was done to, and when; JSON or CSV.',
        query: AuditQuery,
        answer: z.strictObject({ items: z.array(WireLine), nextCursor: z.string().nullable() }),
        otherAnswer: 'text/csv',
      },
      async ({ query: { limit: asked, cursor, format, ...filter } }) => {
        const limit = asked ?? (format === 'csv' ? LONGEST_FILE : PAGE);
        const found = await newestLines(database, { ...filter, before: cursor }, limit + 1);
        const items = found.slice(0, limit).map(wireLine);
        if (format === 'csv') return new TextAnswer('text/csv; charset=utf-8', csvOfLines(items), 'audit.csv');
        return { items, nextCursor: found.length > limit ? String(items.at(-1)?.seq) : null };
      },
    ),
  ];
}

export function wireLine({ seq, at, actor, role, action, target, hash, ...rest }: StoredLine) {
  const { amount = null, before = null, after = null, reason = null } = rest;
  return { seq, at, adminId: actor, role, action, target, amount, before, after, reason, hash: hash.toString('hex') };
}

function csvOfLines(lines: readonly ReturnType<typeof wireLine>[]): string {
  const rows = lines.map(({ before, after, ...line }) => {
    const { seq, at, adminId, role, action, target, amount, reason, hash } = line;
    const json = [before, after].map((value) => (value === null ? null : JSON.stringify(value)));
    return [seq, at, adminId, role, action, target, amount, ...json, reason, hash];
  });
  return [Object.keys(WireLine.shape), ...rows].map(csvLine).join('');
}
