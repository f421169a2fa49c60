import { type Client, ClientState, ErrorCode, type Room, ServerError } from '@colyseus/core';
import type { Accounts } from '../src/accounts/accounts.ts';
import { isAllowed, type Role } from '../src/accounts/identity.ts';
import type { Ended } from '../src/accounts/session-checks.ts';
import type { Clock } from '../src/clock.ts';
import type { UserId } from '../src/ids.ts';
import type { Logger } from '../src/log.ts';
import type { Protection } from '../src/protection/protection.ts';
import type { RefusalCode } from '../src/refusal.ts';
import { isHere } from './joined.ts';
import { identityOf, type Seats } from './seats.ts';
import { socketOf } from './sockets.ts';

export interface SeatKeeperDeps {
  readonly accounts: Pick<Accounts, 'recheck' | 'onSessionEnded' | 'standing'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What a room needs in which people play. */
export type Play = Pick<Protection, 'excludedAmong' | 'onExcluded' | 'sitDown'>;

/** Who may be in a room. */
export interface Admitted {
  /** Undefined: everybody. */
  readonly roles: readonly Role[] | undefined;
  /** Given where people play: who has excluded themselves may not, and is reminded of the time. */
  readonly play: Play | undefined;
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
/** Closes the connection of somebody who has excluded themselves from play; without a login one may still watch. */
export const EXCLUDED = 4423;

/** Lets people sit down whose sessions stand, and lets go of those whose session ends and those who do not listen. */
export class SeatKeeper {
  readonly seats: Seats;
  readonly #deps: SeatKeeperDeps;
  readonly #room: Pick<Room, 'clients' | 'roomId'>;
  readonly #roles: readonly Role[] | undefined;
  readonly #play: Play | undefined;
  readonly #thrownOut = new WeakSet<Client>();
  readonly #cameAt = new WeakMap<Client, number>();
  readonly #sitting = new WeakMap<Client, () => void>();
  readonly #stops: (() => void)[] = [];

  constructor(deps: SeatKeeperDeps, room: Pick<Room, 'clients' | 'roomId'>, seats: Seats, { roles, play }: Admitted) {
    this.#roles = roles;
    this.#play = play;
    this.#deps = deps;
    this.#room = room;
    this.seats = seats;
    this.#stops.push(deps.accounts.onSessionEnded((ended) => this.#sessionEnded(ended)));
    if (play) this.#stops.push(play.onExcluded((userId) => this.#letGoOfPlayers(new Set([userId]))));
    this.#every(LOOK_AFTER_MS, () => this.#letGoOfTheSlow());
    this.#every(STANDING_MS, () => this.#letGoOfTheEnded(this.seats.clients()));
  }

  /**
   * Throws, and so refuses the connection, where the session has ended since the token or the seat was given, or its
   * owner has excluded themselves.
   */
  async sitDown(client: Client): Promise<void> {
    const identity = identityOf(client);
    this.#cameAt.set(client, this.#deps.clock.now());
    // Seated before it is asked: a session that ends meanwhile is found here.
    this.seats.add(client, identity?.userId);
    const standing = identity && (await this.#deps.accounts.recheck(identity));
    const refusal = standing && (await this.#refusalOf(standing));
    if (refusal === undefined) {
      if (identity) this.#beginSitting(client, identity.userId);
      return;
    }
    this.#thrownOut.add(client);
    throw new ServerError(ErrorCode.AUTH_FAILED, refusal);
  }

  /** A connection that is gone, for a while or for good. */
  standUp(client: Client): void {
    this.seats.remove(client, identityOf(client)?.userId);
    this.#sitting.get(client)?.();
    this.#sitting.delete(client);
  }

  /** Closes a connection for good: what it still says is not heard, nothing personal is said to it any more. */
  letGo(client: Client, code: number, reason: string): void {
    this.#thrownOut.add(client);
    this.standUp(client);
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

  async #refusalOf(standing: Awaited<ReturnType<Accounts['recheck']>>): Promise<RefusalCode | undefined> {
    if (!standing.ok) return standing.code;
    const { role, userId } = standing.identity;
    if (!this.#belongs(role)) return 'FORBIDDEN';
    const excluded = await this.#play?.excludedAmong([userId]);
    return excluded?.has(userId) ? 'SELF_EXCLUDED' : undefined;
  }

  #beginSitting(client: Client, userId: UserId): void {
    if (this.#play === undefined || this.#thrownOut.has(client) || this.#sitting.has(client)) return;
    const remind = (reminder: object) => {
      if (isHere(client)) client.send('session-reminder', reminder);
    };
    this.#sitting.set(client, this.#play.sitDown(userId, remind));
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
    // Whoever excluded themselves through another process, or one that was cut off before it told.
    if (this.#play) this.#letGoOfPlayers(await this.#play.excludedAmong(this.seats.players()));
  }

  #letGoOfPlayers(excluded: ReadonlySet<UserId>): void {
    for (const userId of excluded) {
      for (const client of [...this.seats.of(userId)]) this.letGo(client, EXCLUDED, 'excluded from play');
    }
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
