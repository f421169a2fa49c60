import type { Clock } from '../clock.ts';
import type { SymbolId } from '../ids.ts';
import { type BackoffSettings, backoffMs, type Random } from './backoff.ts';
import { OutletFeed } from './outlet-feed.ts';
import type { MarketSymbol } from './symbols.ts';
import { parseTradeMessage } from './trade-message.ts';

export interface ExchangeFeedOptions {
  /** Its ticks carry this; by default `exchange`. */
  readonly id?: string;
  /** Where the combined streams are, without path: `wss://stream.example.com:9443`. */
  readonly url: string;
  readonly symbols: readonly MarketSymbol[];
  readonly clock: Clock;
  readonly random: Random;
  /** A connection on which nothing comes for so long is given up. Pings are answered underneath and do not count. */
  readonly silenceMs?: number;
  readonly backoff?: BackoffSettings;
  readonly staleAfterMs?: number;
  /** A trade is heard of no later than so long after it was made, as a rule: there is the way, and a burst of them. */
  readonly delayMs?: number;
}

const DEFAULTS = {
  id: 'exchange',
  silenceMs: 15_000,
  backoff: { firstMs: 500, mostMs: 30_000 },
  staleAfterMs: 5_000,
  delayMs: 1_000,
};

/** More trades of a symbol than any exchange has in days: a number so far ahead is none. */
const GAP_MAX = 1_000_000_000;

/** One connection, or the wait for the next. */
interface Attempt {
  readonly socket: WebSocket;
  lastHeardAt: number;
  cancelWatch: () => void;
}

/**
 * The trades of a public exchange. The number of a tick is the exchange's number of the trade, its time the exchange's,
 * but never later than this server's. Numbers that are left out are counted as missed, over reconnections too. Keeps
 * connecting until it is stopped: whether its prices are still good is for `health` and the rules to say.
 */
export class ExchangeFeed extends OutletFeed {
  readonly #options: ExchangeFeedOptions & typeof DEFAULTS;
  readonly #lastTradeIds = new Map<SymbolId, number>();
  #attempt: Attempt | undefined;
  #failures = 0;
  #cancelRetry: (() => void) | undefined;
  #isRunning = false;

  constructor(options: ExchangeFeedOptions) {
    const all = { ...DEFAULTS, ...options };
    super({ ...all, symbols: all.symbols.map(({ id }) => id) });
    this.#options = all;
  }

  start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#connect();
  }

  stop(): void {
    this.#isRunning = false;
    this.#cancelRetry?.();
    this.#abandon();
  }

  #connect(): void {
    const { url, symbols, clock } = this.#options;
    const streams = symbols.map(({ id }) => `${id.toLowerCase()}@trade`).join('/');
    const socket = new WebSocket(`${url}/stream?streams=${streams}`);
    const attempt: Attempt = { socket, lastHeardAt: clock.now(), cancelWatch: () => undefined };
    this.#attempt = attempt;
    this.#watch(attempt);
    const ifCurrent = (act: () => void) => () => {
      if (this.#attempt === attempt) act();
    };
    socket.addEventListener('message', ({ data }) => ifCurrent(() => this.#hear(attempt, data))());
    // An error is always followed by a close.
    socket.addEventListener(
      'close',
      ifCurrent(() => this.#retry()),
    );
  }

  #hear(attempt: Attempt, data: unknown): void {
    const now = this.#options.clock.now();
    attempt.lastHeardAt = now;
    const trade = parseTradeMessage(data, this.#options.symbols);
    if (trade === undefined) {
      this.outlet.countMalformed();
      return;
    }
    const { symbol, price, tradeId, at } = trade;
    const ahead = tradeId - (this.#lastTradeIds.get(symbol) ?? tradeId - 1);
    if (ahead > GAP_MAX) {
      this.outlet.countMalformed();
      return;
    }
    this.#failures = 0;
    if (ahead > 1) this.outlet.countMissed(ahead - 1);
    // So far behind, it was the first one that was none: this is the first.
    if (ahead > 0 || ahead < -GAP_MAX) this.#lastTradeIds.set(symbol, tradeId);
    this.outlet.publish({ symbol, price, at: Math.min(at, now), seq: tradeId });
  }

  /** Looks again when the silence would be long enough, rather than setting a timer with every trade. */
  #watch(attempt: Attempt): void {
    const { clock, silenceMs } = this.#options;
    const leftMs = attempt.lastHeardAt + silenceMs - clock.now();
    attempt.cancelWatch = clock.after(Math.max(leftMs, 0), () => {
      if (clock.now() - attempt.lastHeardAt >= silenceMs) this.#retry();
      else this.#watch(attempt);
    });
  }

  #retry(): void {
    this.#abandon();
    const { clock, backoff, random } = this.#options;
    this.#cancelRetry = clock.after(backoffMs(this.#failures, backoff, random), () => this.#connect());
    this.#failures += 1;
  }

  /** Whatever the connection still says is not heard any more. */
  #abandon(): void {
    const attempt = this.#attempt;
    this.#attempt = undefined;
    attempt?.cancelWatch();
    attempt?.socket.close();
  }
}
