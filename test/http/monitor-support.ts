import assert from 'node:assert/strict';
import type { Role } from '../../src/accounts/identity.ts';
import { updateRole } from '../../src/accounts/store.ts';
import type { UserId } from '../../src/ids.ts';
import type { Server } from '../../src/server.ts';
import { PASSWORD } from '../accounts/support.ts';
import { newPlayer } from '../journeys/support.ts';

export interface Visitor {
  readonly userId: UserId;
  readonly username: string;
  readonly cookie: string;
}

export const here = { 'Sec-Fetch-Site': 'same-origin' };

export function at(server: { port: number }, path: string): string {
  return `http://127.0.0.1:${server.port}${path}`;
}

/** The login form, filled in and sent as a browser does. */
export function post(
  server: Server,
  path: string,
  fields: Record<string, string>,
  headers: Record<string, string> = here,
) {
  return fetch(at(server, path), { method: 'POST', body: new URLSearchParams(fields), headers, redirect: 'manual' });
}

/** A new person with this role. */
export async function newPerson(server: Server, role: Role) {
  const person = await newPlayer(server, 0);
  await updateRole(server.database, person.userId, role);
  server.accounts.forgetUser(person.userId);
  return person;
}

/** A new person with this role, signed in to the monitor. */
export async function newVisitor(server: Server, role: Role = 'ADMIN'): Promise<Visitor> {
  const { userId, username } = await newPerson(server, role);
  const answer = await post(server, '/monitor/login', { username, password: PASSWORD });
  assert.equal(answer.status, 303, await answer.text());
  return { userId, username, cookie: cookieIn(answer) };
}

/** `name=value` of the cookie that an answer sets. */
export function cookieIn(answer: Response): string {
  return answer.headers.getSetCookie()[0]?.split(';')[0] ?? assert.fail('no cookie was set');
}

export function visit(server: Server, path: string, { cookie }: { cookie: string }, init: RequestInit = {}) {
  return fetch(at(server, path), {
    redirect: 'manual',
    ...init,
    headers: { ...here, Cookie: cookie, ...init.headers },
  });
}

/** A token in the place of the one that the form would give. */
export function asCookie(token: string): { cookie: string } {
  return { cookie: `croupier_monitor=${token}` };
}
