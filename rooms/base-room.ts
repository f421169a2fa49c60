import { type Client, CloseCode, ErrorCode, Room, type RoomException, ServerError } from '@colyseus/core';
import type { z } from 'zod';
import type { Accounts } from '../src/accounts/accounts.ts';
import type { Identity } from '../src/accounts/identity.ts';
import type { RateLimits } from '../src/accounts/rate-limits.ts';
import type { Clock } from '../src/clock.ts';
import type { Config } from '../src/config.ts';
import type { Logger } from '../src/log.ts';
import { isRefusal, type Refusal, refuse } from '../src/refusal.ts';
import { Seats } from './seats.ts';

/** What every room is given by the composition root. */
export interface BaseRoomDeps {
  readonly accounts: Pick<Accounts, 'verifyAccessToken' | 'recheck'>;
  readonly limits: Pick<RateLimits, 'message'>;
  readonly config: Pick<Config, 'rateLimits'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What a connection is known by: its player, or nothing for a spectator. The SDK's session id is not ours. */
export interface Seat {
  readonly identity: Identity;
}

/** A message that has been let through: who sent it and what it says. */
export interface Call<Message, Moment> {
  readonly client: Client;
  readonly identity: Identity;
  readonly message: Message;
  /** What `moment` said when the message came in, before anything was waited for. */
  readonly moment: Moment;
  /** False where the client used `send`, so that no answer reaches it. */
  readonly answered: boolean;
}

/** A dropped connection may come back for this long. */
const RECONNECT_SECONDS = 15;
/** A reader so slow that this much waits for it is let go: it would take the server's memory with it. */
const BUFFERED_BYTES_MAX = 1_000_000;
const SLOW_READERS_MS = 1_000;
/** Where our own limits do not look (frames that are no messages); they close a connection above 50 messages. */
const FRAMES_PER_SECOND_MAX = 200;

/**
 * What all rooms have in common: who is there, what may be said how often, and that no message, however bad, ends
 * anything but itself. Subclasses register their messages with `serve`.
 */
export abstract class BaseRoom<State extends object, Moment> extends Room<{ state: State }> {
  override autoDispose = false;
  override maxMessagesPerSecond = FRAMES_PER_SECOND_MAX;
  protected readonly seats = new Seats();
  readonly #thrownOut = new WeakSet<Client>();
  #stopWatching: () => void = () => undefined;

  protected abstract readonly deps: BaseRoomDeps;
  /** What a handler must know as it was at `receivedAt`, epoch milliseconds. */
  protected abstract moment(receivedAt: number): Moment;
  /** For a client that used `send` and hears no answer. */
  protected abstract sayRefused(client: Client, refusal: Refusal): void;

  override onCreate(_options: unknown): void {
    if (!this.deps.config.rateLimits) this.maxMessagesPerSecond = Number.POSITIVE_INFINITY;
    this.onMessage('*', (client, type) => {
      this.sayRefused(client, refuse('INVALID_REQUEST', `There is no message ${String(type).slice(0, 40)}`));
    });
    this.#watchSlowReaders();
  }

  override async onJoin(client: Client): Promise<void> {
    this.seats.add(client, identityOf(client)?.userId);
  }

  override async onDrop(client: Client, code?: number): Promise<void> {
    this.seats.remove(client, identityOf(client)?.userId);
    if (code === CloseCode.SERVER_SHUTDOWN || this.#thrownOut.has(client)) return;
    // Not so with WITH_ERROR: it is also how Colyseus makes room for a client whose old connection only seems alive.
    this.allowReconnection(client, RECONNECT_SECONDS).catch(() => undefined);
  }

  override async onReconnect(client: Client): Promise<void> {
    this.seats.add(client, identityOf(client)?.userId);
  }

  override onLeave(client: Client): void {
    this.seats.remove(client, identityOf(client)?.userId);
  }

  override onDispose(): void {
    this.#stopWatching();
  }

  override onUncaughtException(error: RoomException, method: string): void {
    this.deps.log.error({ err: error, room: this.roomId, method }, 'a room failed; it goes on');
  }

  /**
   * Answers messages of one type, whether they come by `request` or by `send`: a value, or a Refusal. Never kicks for
   * content. Only players who are signed in now are let through.
   */
  protected serve<Schema extends z.ZodType>(
    type: string,
    schema: Schema,
    handle: (call: Call<z.output<Schema>, Moment>) => Promise<object | Refusal>,
  ): void {
    this.onMessage(type, async (client: Client, message: unknown, context) => {
      const call = { client, moment: this.moment(this.deps.clock.now()), answered: context.id !== undefined };
      const answer = await this.#answer(schema, { ...call, message }, handle);
      if (!isRefusal(answer)) return answer;
      if (!call.answered) this.sayRefused(client, answer);
      const { code, message: text, details } = answer;
      return context.reject({ code, message: text, ...(details !== undefined && { details }) });
    });
  }

  async #answer<Schema extends z.ZodType>(
    schema: Schema,
    sent: Omit<Call<unknown, Moment>, 'identity'>,
    handle: (call: Call<z.output<Schema>, Moment>) => Promise<object | Refusal>,
  ): Promise<object | Refusal> {
    const { log } = this.deps;
    const { client } = sent;
    const seat = identityOf(client);
    const report = (error: unknown) =>
      log.error({ err: error, room: this.roomId, userId: seat?.userId }, 'a message failed');
    try {
      const refusal = await this.#admit(client, seat);
      if (refusal) return refusal;
    } catch (error) {
      report(error);
      return refuse('BUSY');
    }
    if (seat === undefined) return refuse('UNAUTHORIZED');
    const parsed = schema.safeParse(sent.message);
    if (!parsed.success) return malformed(parsed.error);
    try {
      return await handle({ ...sent, identity: seat, message: parsed.data });
    } catch (error) {
      report(error);
      return refuse('UNKNOWN_OUTCOME');
    }
  }

  /** Undefined where this connection may say something now: not too often, and signed in still. */
  async #admit(client: Client, seat: Identity | undefined): Promise<Refusal | undefined> {
    const { accounts, limits } = this.deps;
    const pace = await limits.message(seat?.userId ?? client.sessionId);
    if (pace === 'flood') {
      this.#thrownOut.add(client);
      client.leave(CloseCode.WITH_ERROR, 'flooding');
    }
    if (pace !== 'ok') return refuse('RATE_LIMITED');
    const standing = seat && (await accounts.recheck(seat));
    return standing?.ok === false ? standing : undefined;
  }

  #watchSlowReaders(): void {
    for (const client of this.clients) {
      const socket: { bufferedAmount?: number; terminate?: () => void } = client.ref as never;
      if ((socket.bufferedAmount ?? 0) > BUFFERED_BYTES_MAX) {
        this.deps.log.warn({ room: this.roomId, sessionId: client.sessionId }, 'let a slow reader go');
        socket.terminate?.();
      }
    }
    this.#stopWatching = this.deps.clock.after(SLOW_READERS_MS, () => this.#watchSlowReaders());
  }
}

/**
 * The `onAuth` of every room class. No token: a spectator. A token that is no good: refused, so that nobody plays on in
 * the belief of being signed in.
 */
export function admission(accounts: BaseRoomDeps['accounts']): (token: string | undefined) => Promise<Seat | true> {
  return async (token) => {
    if (token === undefined || token === '') return true;
    const verified = await accounts.verifyAccessToken(token);
    if (!verified.ok) throw new ServerError(ErrorCode.AUTH_FAILED, verified.code);
    return { identity: verified.identity };
  };
}

/** Who sits on this connection; undefined for a spectator. */
export function identityOf(client: Client): Identity | undefined {
  return (client.auth as Seat | undefined)?.identity;
}

function malformed(error: z.ZodError): Refusal {
  const details = error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }));
  return refuse('INVALID_REQUEST', undefined, details);
}
