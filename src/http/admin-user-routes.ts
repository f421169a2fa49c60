import { z } from 'zod';
import type { Database } from '../../db/pool.ts';
import type { Accounts } from '../accounts/accounts.ts';
import { findPeople } from '../accounts/directory.ts';
import { ROLES } from '../accounts/identity.ts';
import type { User } from '../accounts/store.ts';
import type { Backoffice } from '../backoffice/backoffice.ts';
import { setFrozen } from '../backoffice/freeze.ts';
import type { Clock } from '../clock.ts';
import type { UserId } from '../ids.ts';
import { isRefusal } from '../refusal.ts';
import { Reason } from './plain-text.ts';
import { guardedRoute, type Route } from './route.ts';

export interface AdminUserDeps {
  readonly database: Database;
  readonly accounts: Pick<Accounts, 'forgetUser'>;
  readonly backoffice: Pick<Backoffice, 'act'>;
  readonly clock: Clock;
}

const HOUSE = ['ADMIN', 'MASTER'] as const;
const Id = z.uuid().transform((id) => id.toLowerCase() as UserId);
const Query = z.strictObject({
  search: z.string().trim().min(1).max(254).optional().describe('part of a name or an address, or an id'),
  role: z.enum(ROLES).optional(),
  status: z.enum(['active', 'frozen']).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: Id.optional(),
});
const WirePerson = z.strictObject({
  id: z.uuid(),
  username: z.string(),
  email: z.string().nullable(),
  role: z.enum(ROLES),
  status: z.enum(['active', 'frozen']),
  referredBy: z.uuid().nullable(),
  createdAt: z.iso.datetime(),
});

/** Accounts under the hands of the house; what is done to them is on record in the audit log. */
export function adminUserRoutes({ database, accounts, backoffice, clock }: AdminUserDeps): readonly Route[] {
  return [
    guardedRoute(
      HOUSE,
      {
        method: 'get',
        path: '/admin/users',
        summary: 'Accounts, the newest first; by a part of their name or address, role and status.',
        query: Query,
        answer: z.strictObject({ items: z.array(WirePerson), nextCursor: z.string().nullable() }),
      },
      async ({ query: { limit, cursor, ...filter } }) => {
        const found = await findPeople(database, { ...filter, before: cursor }, limit + 1);
        const items = found.slice(0, limit).map(wirePerson);
        return { items, nextCursor: found.length > limit ? (items.at(-1)?.id ?? null) : null };
      },
    ),
    guardedRoute(
      HOUSE,
      {
        method: 'put',
        path: '/admin/users/:id/freeze',
        summary:
          'Freezes an account, which ends its sessions at once, or releases it. People of the house are released ' +
          'by a MASTER alone, and only a MASTER freezes a MASTER.',
        params: z.strictObject({ id: Id }),
        body: z.strictObject({ frozen: z.boolean(), reason: Reason }),
        answer: z.strictObject({ id: z.uuid(), username: z.string(), status: z.enum(['active', 'frozen']) }),
        refuses: ['ALREADY_DECIDED'],
      },
      async ({ identity, params: { id: userId }, body }) => {
        const at = new Date(clock.now());
        const user = await backoffice.act(identity, (tx) => setFrozen(tx, identity, { userId, ...body, at }));
        if (isRefusal(user)) return user;
        accounts.forgetUser(userId);
        return { id: user.id, username: user.username, status: user.status };
      },
    ),
  ];
}

function wirePerson({ createdAt, ...user }: User): z.input<typeof WirePerson> {
  return { ...user, createdAt: createdAt.toISOString() };
}
