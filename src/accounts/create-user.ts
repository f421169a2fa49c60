import type { Queries } from '../../db/pool.ts';
import type { Clock } from '../clock.ts';
import { type UserId, uuid7 } from '../ids.ts';
import type { Logger } from '../log.ts';
import { isRefusal, type Refusal, refuse } from '../refusal.ts';
import type { Role } from './identity.ts';
import type { Passwords } from './passwords.ts';
import { findByReferralCode, findByUsername, insertUser, type User } from './store.ts';

/** What a person gives to have an account; its form has been checked at the edge (schema/accounts). */
export interface Registration {
  readonly username: string;
  readonly password: string;
  readonly email?: string | undefined;
  readonly referralCode?: string | undefined;
}

interface CreateUserDeps {
  readonly database: Queries;
  readonly clock: Clock;
  readonly log: Logger;
  readonly passwords: Passwords;
}

/** Stores an account. Refuses INVALID_REQUEST for a taken name or address and for an unknown referral code; BUSY. */
export async function createUser(
  { database, clock, log, passwords }: CreateUserDeps,
  { username, password, email, referralCode }: Registration,
  role: Role,
  id = uuid7<UserId>(clock.now()),
): Promise<User | Refusal> {
  let referredBy: UserId | null = null;
  if (referralCode !== undefined) {
    referredBy = (await findByReferralCode(database, referralCode)) ?? null;
    if (referredBy === null) return refuse('INVALID_REQUEST', 'This referral code is not known.');
  }
  const passwordHash = await passwords.hash(password);
  if (isRefusal(passwordHash)) return passwordHash;
  const person = { id, username, email: email ?? null, passwordHash, role, referredBy };
  const user = await insertUser(database, { ...person, createdAt: new Date(clock.now()) });
  if (user) {
    log.info({ userId: user.id, role }, 'account created');
    return user;
  }
  const nameTaken = await findByUsername(database, username);
  return refuse('INVALID_REQUEST', nameTaken ? 'This username is taken.' : 'This email address is taken.');
}
