import {
  type Client,
  ClientState,
  CloseCode,
  ErrorCode,
  Protocol,
  Room,
  type RoomException,
  ServerError,
} from '@colyseus/core';
import type { z } from 'zod';
import type { Accounts } from '../src/accounts/accounts.ts';
import { type Identity, isAllowed, type Role } from '../src/accounts/identity.ts';
import type { RateLimits } from '../src/accounts/rate-limits.ts';
import type { Clock } from '../src/clock.ts';
import type { Config } from '../src/config.ts';
import type { UserId } from '../src/ids.ts';
import type { Logger } from '../src/log.ts';
import { IN_WORDS } from '../src/readable-issues.ts';
import { isRefusal, type Refusal, refuse } from '../src/refusal.ts';
import type { Attendance } from './attendance.ts';
import { FrameMeter, type Pace } from './frame-meter.ts';
import { inspect } from './inspection.ts';
import { isHere } from './joined.ts';
import { type Admitted, type Play, SeatKeeper } from './seat-keeper.ts';
import { identityOf, type Seat, Seats } from './seats.ts';
import { socketOf } from './sockets.ts';
import { handleUnknown, makeKnown } from './unknown-messages.ts';

/** What every room is given by the composition root. */
export interface BaseRoomDeps {
  readonly accounts: Pick<Accounts, 'verifyAccessToken' | 'recheck' | 'onSessionEnded' | 'standing'>;
  readonly limits: Pick<RateLimits, 'message'>;
  readonly config: Pick<Config, 'rateLimits'>;
  readonly attendance: Attendance;
  readonly clock: Clock;
  readonly log: Logger;
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

/** How a request is refused; `send` has no id, and nothing to refuse with. */
interface Answering {
  readonly id: number | undefined;
  reject(reason: unknown): unknown;
}

/** A dropped connection may come back for this long. */
const RECONNECT_SECONDS = 15;
/**
 * What all rooms have in common: who is there, what may be said how often, and that no message, however bad, ends
 * anything but itself. Subclasses register their messages with `serve`.
 */
export abstract class BaseRoom<State extends object, Moment> extends Room<{ state: State }> {
  override autoDispose = false;
  protected readonly seats = new Seats();
  /** Who may be here; undefined: everybody, spectators too. */
  protected readonly roles: readonly Role[] | undefined;
  /** Given in rooms where people play. */
  protected readonly play: Play | undefined;
  #keeper: SeatKeeper | undefined;
  #meter: FrameMeter | undefined;

  protected abstract readonly deps: BaseRoomDeps;
  /** What a handler must know as it was at `receivedAt`, epoch milliseconds. */
  protected abstract moment(receivedAt: number): Moment;
  /** For a client that used `send` and hears no answer. */
  protected abstract sayRefused(client: Client, refusal: Refusal): void;

  override onCreate(_options: unknown): void {
    const { clock, config } = this.deps;
    if (config.rateLimits) this.#meter = new FrameMeter(clock);
    handleUnknown(this, (client, _message, context) => {
      const limited = this.#pace(client) === 'ok' ? undefined : refuse('RATE_LIMITED');
      return this.#refuse(client, limited ?? refuse('INVALID_REQUEST', 'There is no such message'), context);
    });
    this.#keeper = new SeatKeeper(this.deps, this, this.seats, { roles: this.roles, play: this.play });
    this.deps.attendance.add(this, this.seats);
  }

  override async onJoin(client: Client): Promise<void> {
    this.#countFrames(client);
    await this.#keeper?.sitDown(client);
  }

  override async onDrop(client: Client, code?: number): Promise<void> {
    this.#keeper?.standUp(client);
    if (code === CloseCode.SERVER_SHUTDOWN || this.#keeper?.hasThrownOut(client)) return;
    // Not so with WITH_ERROR: it is also how Colyseus makes room for a client whose old connection only seems alive.
    this.allowReconnection(client, RECONNECT_SECONDS).catch(() => undefined);
  }

  override async onReconnect(client: Client): Promise<void> {
    this.#countFrames(client);
    await this.#keeper?.sitDown(client);
  }

  override onLeave(client: Client): void {
    this.#keeper?.standUp(client);
  }

  override onDispose(): void {
    this.#keeper?.stop();
    this.deps.attendance.remove(this);
  }

  override onUncaughtException(error: RoomException, method: string): void {
    this.deps.log.error({ err: error, room: this.roomId, method }, 'a room failed; it goes on');
  }

  /** What the monitor shows of this room, in place of its own, which shows too much and cannot show money. */
  getInspectData(): Promise<object> {
    return Promise.resolve(inspect(this));
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
    makeKnown(this, type);
    this.onMessage(type, async (client: Client, message: unknown, context) => {
      const pace = this.#pace(client);
      const call = { client, moment: this.moment(this.deps.clock.now()), answered: context.id !== undefined };
      const limited = pace === 'ok' ? undefined : refuse('RATE_LIMITED');
      const answer = limited ?? (await this.#answer(schema, { ...call, message }, handle));
      return isRefusal(answer) ? this.#refuse(client, answer, context) : answer;
    });
  }

  #refuse(client: Client, { code, message, details }: Refusal, context: Answering | undefined): unknown {
    if (context?.id === undefined) this.sayRefused(client, refuse(code, message, details));
    return context?.reject({ code, message, ...(details !== undefined && { details }) });
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
      const refusal = await this.#admit(seat);
      if (refusal) return refusal;
    } catch (error) {
      report(error);
      return refuse('BUSY');
    }
    if (seat === undefined) return refuse('UNAUTHORIZED');
    const parsed = schema.safeParse(sent.message, IN_WORDS);
    if (!parsed.success) return malformed(parsed.error);
    try {
      return await handle({ ...sent, identity: seat, message: parsed.data });
    } catch (error) {
      report(error);
      return refuse('UNKNOWN_OUTCOME');
    }
  }

  /** This person's connections that hear something now. */
  protected listening(userId: UserId): readonly Client[] {
    return [...this.seats.of(userId)].filter(isHere);
  }

  /** To all of them; answers whether there was one. */
  protected say(userId: UserId, type: string, message: object): boolean {
    const clients = this.listening(userId);
    for (const client of clients) client.send(type, message);
    return clients.length > 0;
  }

  /** FORBIDDEN unless this is somebody's role now: the one that the seat was taken with may have ended. */
  protected async refuseOthers(identity: Identity, roles: readonly Role[]): Promise<Refusal | undefined> {
    const now = await this.deps.accounts.recheck(identity);
    if (!now.ok) return now;
    return isAllowed(now.identity.role, roles) ? undefined : refuse('FORBIDDEN');
  }

  /** Undefined where this connection may say something now: not too often, and signed in still. */
  async #admit(seat: Identity | undefined): Promise<Refusal | undefined> {
    if (seat === undefined) return undefined;
    const { accounts, limits } = this.deps;
    const standing = await accounts.recheck(seat);
    // Only then does it count: who is not the player any more must not use up the player's allowance.
    return standing.ok ? limits.message(seat.userId) : standing;
  }

  #pace(client: Client): Pace {
    return this.#meter?.pace(client) ?? 'ok';
  }

  /** Before the framework sees them. */
  #countFrames(client: Client): void {
    const count = () => {
      if (this.#meter?.count(client) === 'flood') this.#keeper?.letGo(client, CloseCode.WITH_ERROR, 'flooding');
    };
    const socket = socketOf(client);
    socket.on('ping', count);
    socket.on('message', ([code]) => {
      const answersHandshake = code === Protocol.JOIN_ROOM && client.state === ClientState.JOINING;
      if (!answersHandshake && client.state !== ClientState.LEAVING) count();
    });
  }
}

/**
 * The `onAuth` of every room class. No token: a spectator, where the room is not for certain roles. A token that is no
 * good: refused, so that nobody plays on in the belief of being signed in. FORBIDDEN for everybody else's role;
 * SELF_EXCLUDED where people play (`play`) for who has excluded themselves.
 */
export function admission(
  accounts: Pick<Accounts, 'verifyAccessToken' | 'recheck'>,
  { roles, play }: Partial<Admitted> = {},
): (token: string | undefined) => Promise<Seat | true> {
  return async (token) => {
    if (token === undefined || token === '') {
      if (roles === undefined) return true;
      throw new ServerError(ErrorCode.AUTH_FAILED, 'UNAUTHORIZED');
    }
    const verified = await accounts.verifyAccessToken(token);
    if (!verified.ok) throw new ServerError(ErrorCode.AUTH_FAILED, verified.code);
    const { identity } = verified;
    if (roles && !isAllowed(identity.role, roles)) throw new ServerError(ErrorCode.AUTH_FAILED, 'FORBIDDEN');
    const excluded = await play?.excludedAmong([identity.userId]);
    if (excluded?.has(identity.userId)) throw new ServerError(ErrorCode.AUTH_FAILED, 'SELF_EXCLUDED');
    return { identity };
  };
}

function malformed(error: z.ZodError): Refusal {
  const details = error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }));
  return refuse('INVALID_REQUEST', undefined, details);
}
