import type { Database } from '../../db/pool.ts';
import { createUser, type Registration } from '../accounts/create-user.ts';
import type { Passwords } from '../accounts/passwords.ts';
import type { User } from '../accounts/store.ts';
import type { Clock } from '../clock.ts';
import { type UserId, uuid7 } from '../ids.ts';
import type { Logger } from '../log.ts';
import { isRefusal, type Refusal } from '../refusal.ts';
import { createBackoffice } from './backoffice.ts';

export interface CreateMasterDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly passwords: Passwords;
}

/**
 * Makes a MASTER, with a line in the audit log as for every act: whoever has the machine and the database can do this,
 * so it must be seen afterwards. Nobody is signed in there, so the line is in the new account's own name. Refuses as
 * `createUser` does.
 */
export function createMaster(deps: CreateMasterDeps, person: Registration, reason: string): Promise<User | Refusal> {
  const id = uuid7<UserId>(deps.clock.now());
  return createBackoffice(deps).act({ userId: id, role: 'MASTER' }, async (tx) => {
    const user = await createUser({ ...deps, database: tx }, person, 'MASTER', id);
    if (isRefusal(user)) return user;
    const { username, role, status } = user;
    const entry = { action: 'user.create-master', target: `user:${id}`, before: null, reason };
    return { answer: user, entry: { ...entry, after: { username, role, status } } };
  });
}
