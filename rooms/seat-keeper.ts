import { type Client, ClientState, ErrorCode, type Room, ServerError } from '@colyseus/core';
import type { Accounts } from '../src/accounts/accounts.ts';
import { isAllowed, type Role } from '../src/accounts/identity.ts';
import type { Ended } from '../src/accounts/session-checks.ts';
import type { Clock } from '../src/clock.ts';
import type { Logger } from '../src/log.ts';
import { identityOf, type Seats } from './seats.ts';
import { socketOf } from './sockets.ts';

export interface SeatKeeperDeps {
  readonly accounts: Pick<Accounts, 'recheck' | 'onSessionEnded' | 'standing'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A reader so slow that this much waits for it is let go: it would take the server's memory with it. */
const BUFFERED_BYTES_MAX = 1_000_000;
const LOOK_AFTER_MS = 1_000;
/** Who has not answered the handshake by then, or has this much waiting for it, never will: it all lies in memory. */
const HANDSHAKE_MS = 5_000;
const WAITING_MESSAGES_MAX = 500;
/** How long a seat may outlive a session that another process has ended; those ended here are told at once. */
const STANDING_MS = 5_000;
/** Closes the connection of a session that has ended; clients do not come back after it by themselves. */
export const SESSION_ENDED = 4401;
/** Closes the connection of somebody whose role does not belong here any more. */
export const ROLE_ENDED = 4403;

/** Lets people sit down whose sessions stand, and lets go of those whose session ends and those who do not listen. */
export class SeatKeeper {
  readonly seats: Seats;
  readonly #deps: SeatKeeperDeps;
  readonly #room: Pick<Room, 'clients' | 'roomId'>;
  readonly #roles: readonly Role[] | undefined;
  readonly #thrownOut = new WeakSet<Client>();
  readonly #cameAt = new WeakMap<Client, number>();
  readonly #stops: (() => void)[] = [];

  /** Without `roles` everybody may be here. */
  constructor(
    deps: SeatKeeperDeps,
    room: Pick<Room, 'clients' | 'roomId'>,
    seats: Seats,
    roles: readonly Role[] | undefined,
  ) {
    this.#roles = roles;
    this.#deps = deps;
    this.#room = room;
    this.seats = seats;
    this.#stops.push(deps.accounts.onSessionEnded((ended) => this.#sessionEnded(ended)));
    this.#every(LOOK_AFTER_MS, () => this.#letGoOfTheSlow());
    this.#every(STANDING_MS, () => this.#letGoOfTheEnded(this.seats.clients()));
  }

  /** Throws, and so refuses the connection, where the session has ended since the token or the seat was given. */
  async sitDown(client: Client): Promise<void> {
    const identity = identityOf(client);
    this.#cameAt.set(client, this.#deps.clock.now());
    // Seated before it is asked: a session that ends meanwhile is found here.
    this.seats.add(client, identity?.userId);
    const standing = identity && (await this.#deps.accounts.recheck(identity));
    const belongs = standing === undefined || !standing.ok || this.#belongs(standing.identity.role);
    if (standing?.ok !== false && belongs) return;
    this.#thrownOut.add(client);
    throw new ServerError(ErrorCode.AUTH_FAILED, standing?.ok === false ? standing.code : 'FORBIDDEN');
  }

  /** Closes a connection for good: what it still says is not heard, nothing personal is said to it any more. */
  letGo(client: Client, code: number, reason: string): void {
    this.#thrownOut.add(client);
    this.seats.remove(client, identityOf(client)?.userId);
    client.state = ClientState.LEAVING;
    client.leave(code, reason);
  }

  /** True for a connection that must not come back by its reconnection token. */
  hasThrownOut(client: Client): boolean {
    return this.#thrownOut.has(client);
  }

  stop(): void {
    for (const stop of this.#stops) stop();
  }

  /** Somebody of this server has ended a session, or changed a user. */
  #sessionEnded({ userId, sessionId }: Ended): void {
    const clients = [...this.seats.of(userId)];
    if (sessionId === undefined) {
      this.#letGoOfTheEnded(clients).catch((error: unknown) => this.#report(error));
      return;
    }
    for (const client of clients) {
      if (identityOf(client)?.sessionId === sessionId) this.letGo(client, SESSION_ENDED, 'session ended');
    }
  }

  async #letGoOfTheEnded(clients: readonly Client[]): Promise<void> {
    const seated = clients.flatMap((client) => {
      const sessionId = identityOf(client)?.sessionId;
      return sessionId === undefined ? [] : [{ client, sessionId }];
    });
    if (seated.length === 0) return;
    const standing = await this.#deps.accounts.standing(seated.map(({ sessionId }) => sessionId));
    for (const { client, sessionId } of seated) {
      if (!standing.has(sessionId)) this.letGo(client, SESSION_ENDED, 'session ended');
    }
    if (this.#roles) await this.#letGoOfOtherRoles(seated.map(({ client }) => client));
  }

  async #letGoOfOtherRoles(clients: readonly Client[]): Promise<void> {
    for (const client of clients) {
      const identity = identityOf(client);
      if (identity === undefined || this.#thrownOut.has(client)) continue;
      const now = await this.#deps.accounts.recheck(identity);
      if (now.ok && !this.#belongs(now.identity.role)) this.letGo(client, ROLE_ENDED, 'role ended');
    }
  }

  #belongs(role: Role): boolean {
    return this.#roles === undefined || isAllowed(role, this.#roles);
  }

  async #letGoOfTheSlow(): Promise<void> {
    const now = this.#deps.clock.now();
    for (const client of this.#room.clients) {
      const socket = socketOf(client);
      const queue: { _enqueuedMessages?: readonly unknown[] } = client as never;
      const waiting = queue._enqueuedMessages?.length ?? 0;
      const late = client.state !== ClientState.JOINED && now - (this.#cameAt.get(client) ?? now) > HANDSHAKE_MS;
      if (!late && waiting <= WAITING_MESSAGES_MAX && (socket.bufferedAmount ?? 0) <= BUFFERED_BYTES_MAX) continue;
      this.#deps.log.warn({ room: this.#room.roomId, sessionId: client.sessionId, late }, 'let a slow reader go');
      socket.terminate();
    }
  }

  /** Until the room is disposed of. The next turn begins when the last is over. */
  #every(delayMs: number, turn: () => Promise<void>): void {
    let stopped = false;
    let cancel: () => void = () => undefined;
    const again = () => {
      if (!stopped)
        cancel = this.#deps.clock.after(delayMs, () =>
          turn()
            .catch((e) => this.#report(e))
            .then(again),
        );
    };
    this.#stops.push(() => {
      stopped = true;
      cancel();
    });
    again();
  }

  #report(error: unknown): void {
    this.#deps.log.error({ err: error, room: this.#room.roomId }, 'looking after the seats failed');
  }
}
