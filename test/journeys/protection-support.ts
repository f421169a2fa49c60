import assert from 'node:assert/strict';
import type { WireProtection } from '../../schema/protection.ts';
import { CLIENT, PASSWORD } from '../accounts/support.ts';
import { type Guest, newKey, type Player, send } from './support.ts';

/** A server as tests of protection use it. */
interface Place {
  readonly port: number;
}

export async function putLimits(server: Place, player: Player, body: object, key = newKey()) {
  return send(server, 'PUT', '/wallets/me/limits', player, body, { 'Idempotency-Key': key });
}

export async function postExclusion(server: Place, player: Player, body: object, key = newKey()) {
  return send(server, 'POST', '/wallets/me/exclusion', player, body, { 'Idempotency-Key': key });
}

/** What the player sees; fails where it is refused. */
export async function protectionOf(server: Place, player: Player): Promise<typeof WireProtection._output> {
  const { status, json } = await send(server, 'GET', '/wallets/me/limits', player);
  assert.equal(status, 200, JSON.stringify(json));
  return json;
}

/** One of the nine. */
export async function limitOf(server: Place, player: Player, kind: string, period: string) {
  const { limits } = await protectionOf(server, player);
  const limit = limits.find((each) => each.kind === kind && each.period === period);
  assert.ok(limit);
  return limit;
}

/** The code a connection will be closed with; 0 while it is open. */
export function watchClosing(guest: Guest): { code: number } {
  const closed = { code: 0 };
  guest.room.onLeave((code) => {
    closed.code = code;
  });
  return closed;
}

/** The same person with a new access token. */
export async function signInAgain(
  server: { accounts: { login(name: string, password: string, client: typeof CLIENT): Promise<unknown> } },
  player: Player,
): Promise<Player> {
  const signedIn = (await server.accounts.login(player.username, PASSWORD, CLIENT)) as { accessToken: string };
  assert.ok(signedIn.accessToken, 'signed in');
  return { ...player, token: signedIn.accessToken };
}
