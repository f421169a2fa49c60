import type { Accounts } from '../../src/accounts/accounts.ts';
import type { Identity, Role } from '../../src/accounts/identity.ts';
import { updateRole } from '../../src/accounts/store.ts';
import { accepted, register } from '../accounts/support.ts';
import type { TestDatabase } from '../support/database.ts';

/** Somebody with this role, signed in. */
export async function newIdentity(database: TestDatabase, accounts: Accounts, role: Role): Promise<Identity> {
  const { user, accessToken } = await register(accounts);
  await updateRole(database.pool(), user.id, role);
  accounts.forgetUser(user.id);
  return accepted(await accounts.verifyAccessToken(accessToken)).identity;
}
