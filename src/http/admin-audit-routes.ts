import { z } from 'zod';
import type { Database } from '../../db/pool.ts';
import { ROLES } from '../accounts/identity.ts';
import { newestLines, type StoredLine } from '../backoffice/store.ts';
import type { UserId } from '../ids.ts';
import { guardedRoute, type Route } from './route.ts';

/** As `game.pause` and `game:main`. */
const Word = z.string().regex(/^[\x21-\x7e]{1,200}$/);
const AuditQuery = z.strictObject({
  actor: z
    .uuid()
    .transform((id) => id.toLowerCase() as UserId)
    .optional(),
  action: Word.optional(),
  target: Word.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER).optional(),
});

const WireLine = z.strictObject({
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
        summary: 'The audit log, newest first; by who did it, what was done, and what it was done to.',
        query: AuditQuery,
        answer: z.strictObject({ items: z.array(WireLine), nextCursor: z.string().nullable() }),
      },
      async ({ query: { limit, cursor, ...filter } }) => {
        const found = await newestLines(database, { ...filter, before: cursor }, limit + 1);
        const items = found.slice(0, limit).map(wireLine);
        return { items, nextCursor: found.length > limit ? String(items.at(-1)?.seq) : null };
      },
    ),
  ];
}

function wireLine({ seq, at, actor, role, action, target, hash, ...rest }: StoredLine) {
  const { amount = null, before = null, after = null, reason = null } = rest;
  return { seq, at, adminId: actor, role, action, target, amount, before, after, reason, hash: hash.toString('hex') };
}
