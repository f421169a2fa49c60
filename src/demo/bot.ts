import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type Room } from '@colyseus/sdk';
import { z } from 'zod';
import type { AndarBaharState } from '../../schema/andar-bahar.ts';
import { type Key, type UserId, uuid7 } from '../ids.ts';
import type { Logger } from '../log.ts';
import { type Minor, minor, toWire } from '../money.ts';
import type { BotSession } from './bot-session.ts';
import { type Choice, choose, type Random } from './choices.ts';

export interface BotDeps {
  readonly url: string;
  readonly tableId: string;
  readonly session: BotSession;
  readonly random: Random;
  readonly log: Logger;
  /** Called when the bot cannot afford the smallest stake. */
  readonly onBroke: (userId: UserId) => Promise<void>;
}

/** What a bot needs of `GET /tables/:id`. */
const Rules = z.object({
  windows: z.array(z.object({ bettingWindow: z.int(), bets: z.array(z.object({ betSide: z.string() })) })),
});
type Rules = z.infer<typeof Rules>;

type Table = Room<unknown, AndarBaharState>;
type Bet = Extract<Choice, { kind: 'bet' }>;

const Answer = z.object({
  ok: z.literal(true),
  bet: z.object({ betId: z.string() }).optional(),
  balance: z.object({ real: z.int(), bonus: z.int() }).optional(),
});
const RejectedFor = z.object({ reason: z.object({ code: z.string() }) });

const REQUEST_TIMEOUT_MS = 3_000;
const ATTEMPTS = 3;
const COMES_BACK_AFTER_MS = 2_000;
const COMES_BACK_AFTER_MAX_MS = 60_000;
/** How many windows a bot sits out after it was broke. */
const RESTS_FOR = 20;

/**
 * Plays at one table until `signal` is aborted, like anybody's client: it knows the public protocol and nothing else.
 * Comes back when the connection is lost, later and later while that fails. Resolves when it has left; never rejects.
 */
export async function playBot(deps: BotDeps, signal: AbortSignal): Promise<void> {
  for (let failures = 0; !signal.aborted; failures++) {
    try {
      const { userId, accessToken } = await deps.session.signIn();
      const client = new Client(deps.url);
      client.auth.token = accessToken;
      const room = await client.joinById<AndarBaharState>(deps.tableId);
      failures = -1;
      await new Seat(deps, userId, room as Table, signal).untilLeft();
    } catch (error) {
      deps.log.debug({ err: error }, 'a bot could not play; it comes back');
    }
    await pause(comesBackAfterMs(failures), signal);
  }
}

/** Twice as long after every attempt in a row that failed, up to a minute. */
export function comesBackAfterMs(failures: number): number {
  return Math.min(COMES_BACK_AFTER_MS * 2 ** Math.max(0, failures), COMES_BACK_AFTER_MAX_MS);
}

/** One stay at a table. */
class Seat {
  readonly #deps: BotDeps;
  readonly #userId: UserId;
  readonly #room: Table;
  readonly #signal: AbortSignal;
  /** The window that it has made up its mind about. */
  #seen = '';
  #balance: Minor | undefined;
  #resting = 0;
  /** Of the pay table that was played last. */
  #rules: { readonly variant: string; readonly read: Promise<Rules> } | undefined;

  constructor(deps: BotDeps, userId: UserId, room: Table, signal: AbortSignal) {
    this.#deps = deps;
    this.#userId = userId;
    this.#room = room;
    this.#signal = signal;
  }

  async untilLeft(): Promise<void> {
    const room = this.#room;
    // It takes a new seat by itself: the state comes whole, and the SDK writes nothing to the console.
    room.reconnection.enabled = false;
    room.onMessage('*', () => undefined);
    room.onStateChange((state) => this.#look(state));
    await new Promise<void>((resolve) => {
      const leave = () => void room.leave().catch(() => undefined);
      this.#signal.addEventListener('abort', leave, { once: true });
      room.onLeave(() => {
        this.#signal.removeEventListener('abort', leave);
        resolve();
      });
      if (this.#signal.aborted) leave();
    });
  }

  #look({ phase, paused, variant, roundId, bettingWindow, bettingEndsAt, minBet, maxBet }: AndarBaharState): void {
    const seen = `${roundId} ${bettingWindow}`;
    if (phase !== 'betting' || paused || seen === this.#seen) return;
    this.#seen = seen;
    if (this.#resting > 0) {
      this.#resting -= 1;
      return;
    }
    const decide = async () => {
      const betSides = await this.#betSides(variant, bettingWindow);
      const leftMs = bettingEndsAt - Date.now();
      const choice = choose(this.#deps.random, { minBet, maxBet, betSides, balance: this.#balance, leftMs });
      await this.#act(choice, { roundId, bettingWindow });
    };
    decide().catch((error) => this.#tell(error));
  }

  /** What a window takes: asked of the server once for every pay table that is played here. */
  async #betSides(variant: string, window: number): Promise<readonly string[]> {
    if (this.#rules?.variant !== variant) this.#rules = { variant, read: this.#readRules() };
    const { windows } = await this.#rules.read;
    return windows.find(({ bettingWindow }) => bettingWindow === window)?.bets.map(({ betSide }) => betSide) ?? [];
  }

  async #readRules(): Promise<Rules> {
    const { url, tableId } = this.#deps;
    const response = await fetch(new URL(`/tables/${tableId}`, url), {
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    return Rules.parse(await response.json());
  }

  async #act(choice: Choice, round: { roundId: string; bettingWindow: number }): Promise<void> {
    if (choice.kind === 'broke') await this.#beBroke();
    if (choice.kind === 'bet') await this.#bet(choice, round);
  }

  async #bet(choice: Bet, { roundId, bettingWindow }: { roundId: string; bettingWindow: number }): Promise<void> {
    await pause(choice.afterMs, this.#signal);
    const { betSide } = choice;
    const asked = { roundId, betSide, amount: toWire(choice.amount), bettingWindow };
    const betId = await this.#ask('place-bet', asked);
    if (betId === undefined || choice.undoAfterMs === undefined) return;
    await pause(choice.undoAfterMs, this.#signal);
    await this.#ask('undo-bet', { betId, bettingWindow });
  }

  /** Sent again under its key when the answer got lost. Undefined when the table refused, as it may. */
  async #ask(type: string, asked: Record<string, unknown>): Promise<string | undefined> {
    const payload = { key: uuid7<Key>(Date.now()), ...asked };
    for (let attempt = 1; attempt <= ATTEMPTS && !this.#signal.aborted; attempt++) {
      try {
        const answer = Answer.parse(await this.#room.request(type, payload, { timeout: REQUEST_TIMEOUT_MS }));
        if (answer.balance) this.#balance = minor(answer.balance.real + answer.balance.bonus);
        return answer.bet?.betId;
      } catch (error) {
        const code = RejectedFor.safeParse(error).data?.reason.code;
        if (code === 'INSUFFICIENT_FUNDS') await this.#beBroke();
        if (code !== undefined && code !== 'BUSY' && code !== 'UNKNOWN_OUTCOME') return undefined;
      }
      await pause(500 * attempt, this.#signal);
    }
    return undefined;
  }

  async #beBroke(): Promise<void> {
    this.#resting = RESTS_FOR;
    this.#balance = undefined;
    await this.#deps.onBroke(this.#userId);
  }

  #tell(error: unknown): void {
    this.#deps.log.warn({ err: error, userId: this.#userId }, 'a bot stumbled');
  }
}

/** Ends early, without an error, when the bot is told to stop; at once where a window is over already. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(Math.max(0, ms), undefined, { signal }).catch(() => undefined);
}
