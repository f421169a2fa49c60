import type { Client } from '@colyseus/core';
import type { Identity } from '../src/accounts/identity.ts';
import type { UserId } from '../src/ids.ts';

const NONE: ReadonlySet<Client> = new Set();

/** Which connections belong to which player: one may have several. Spectators have no seat. */
export class Seats {
  readonly #clients = new Map<UserId, Set<Client>>();

  add(client: Client, userId: UserId | undefined): void {
    if (userId === undefined) return;
    const clients = this.#clients.get(userId);
    if (clients) clients.add(client);
    else this.#clients.set(userId, new Set([client]));
  }

  remove(client: Client, userId: UserId | undefined): void {
    if (userId === undefined) return;
    const clients = this.#clients.get(userId);
    clients?.delete(client);
    if (clients?.size === 0) this.#clients.delete(userId);
  }

  of(userId: UserId): ReadonlySet<Client> {
    return this.#clients.get(userId) ?? NONE;
  }

  /** Every connection that has a seat. */
  clients(): readonly Client[] {
    return [...this.#clients.values()].flatMap((clients) => [...clients]);
  }

  /** Everybody who is here now. */
  players(): readonly UserId[] {
    return [...this.#clients.keys()];
  }
}

/** What a connection is known by: its player, or nothing for a spectator. The SDK's session id is not ours. */
export interface Seat {
  readonly identity: Identity;
}

/** Who sits on this connection; undefined for a spectator. */
export function identityOf(client: Client): Identity | undefined {
  return (client.auth as Seat | undefined)?.identity;
}
