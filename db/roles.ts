import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import { APP_ROLE, WALLET_ROLE } from './pool.ts';

const ATTEMPTS_MAX = 20;
/** Roles belong to the whole server, so migrations of two databases can meet here: exists, exists, changed just now. */
const CONFLICTS = new Set(['42710', '23505', 'XX000']);
const INSUFFICIENT_PRIVILEGE = '42501';

/** Makes the roles the grants are made out to and lets the login user act as them. Needs PostgreSQL 16 or newer. */
export async function ensureRoles(client: Client): Promise<void> {
  for (const role of [APP_ROLE, WALLET_ROLE]) {
    await untilNoConflict(() => ensureRole(client, role));
  }
}

async function ensureRole(client: Client, role: string): Promise<void> {
  const exists = await client.query('select from pg_roles where rolname = $1', [role]);
  try {
    if (exists.rowCount === 0) await client.query(`create role ${role} nologin`);
    // Whoever makes a role becomes a member of it, but not one who may act as it.
    const { rows } = await client.query<{ acts: boolean }>(`select pg_has_role($1, 'set') as acts`, [role]);
    if (!rows[0]?.acts) await client.query(`grant ${role} to current_user`);
  } catch (cause) {
    if (codeOf(cause) !== INSUFFICIENT_PRIVILEGE) throw cause;
    throw new Error(
      `the database user ${client.user} may not make roles. As a superuser run: create role ${APP_ROLE} nologin; ` +
        `create role ${WALLET_ROLE} nologin; grant ${APP_ROLE}, ${WALLET_ROLE} to "${client.user}";`,
      { cause },
    );
  }
}

async function untilNoConflict(act: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await act();
    } catch (error) {
      if (attempt === ATTEMPTS_MAX || !CONFLICTS.has(codeOf(error))) throw error;
      await sleep(10 * attempt);
    }
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
