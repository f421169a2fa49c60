import { z } from 'zod';
import type { Accounts } from '../accounts/accounts.ts';
import type { Backoffice } from '../backoffice/backoffice.ts';
import { setFrozen } from '../backoffice/freeze.ts';
import type { Clock } from '../clock.ts';
import type { UserId } from '../ids.ts';
import { isRefusal } from '../refusal.ts';
import { Reason } from './plain-text.ts';
import { guardedRoute, type Route } from './route.ts';

export interface AdminUserDeps {
  readonly accounts: Pick<Accounts, 'forgetUser'>;
  readonly backoffice: Pick<Backoffice, 'act'>;
  readonly clock: Clock;
}

/** What people of the house do to accounts; on record in the audit log. */
export function adminUserRoutes({ accounts, backoffice, clock }: AdminUserDeps): readonly Route[] {
  return [
    guardedRoute(
      ['ADMIN', 'MASTER'],
      {
        method: 'put',
        path: '/admin/users/:id/freeze',
        refuses: ['ALREADY_DECIDED'],
        summary: 'Freezes an account, which ends its sessions at once, or releases it. A MASTER only by a MASTER.',
        params: z.strictObject({ id: z.uuid().transform((id) => id.toLowerCase() as UserId) }),
        body: z.strictObject({ frozen: z.boolean(), reason: Reason }),
        answer: z.strictObject({ id: z.uuid(), username: z.string(), status: z.enum(['active', 'frozen']) }),
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
