import type { Client } from '@colyseus/core';
import type { Database } from '../db/pool.ts';
import { CloseTrade, MyTrades, OpenBinary, OpenTrade, SymbolState, TradingDeskState } from '../schema/trading.ts';
import type { Channels } from '../src/channels.ts';
import type { Key, TradeId } from '../src/ids.ts';
import type { Tick } from '../src/market/feed.ts';
import type { Market } from '../src/market/market.ts';
import { printPrice } from '../src/market/price.ts';
import { isRefusal, type Refusal } from '../src/refusal.ts';
import { wireBalance } from '../src/rounds/wire-bet.ts';
import type { Desk } from '../src/trading/desk.ts';
import { ownOpen } from '../src/trading/own-trades.ts';
import { wireBinaryAsOpened, wireTrade, wireTradeAsOpened } from '../src/trading/wire-trading.ts';
import { admission, BaseRoom, type BaseRoomDeps, type Call } from './base-room.ts';
import type { Play } from './seat-keeper.ts';

export interface TradingDeps extends BaseRoomDeps {
  readonly database: Database;
  readonly channels: Channels;
  readonly market: Pick<Market, 'symbols' | 'onTicks' | 'lastTick' | 'changeOf'>;
  readonly desk: Pick<Desk, 'id' | 'row' | 'onChange' | 'openTrade' | 'closeTrade' | 'openBinary' | 'binaries'>;
  readonly protection: Play;
}

export const TRADING_DESK = 'trading_desk';
/** Prices are sent on this often at the most: an exchange has hundreds of trades a second. The first goes at once. */
const PATCH_MS = 50;
/** What is said here as well as in everybody's own room. */
const TOLD: ReadonlySet<string> = new Set([
  ...['TRADE_OPENED', 'TRADE_CLOSED', 'BINARY_OPENED', 'BINARY_ENTERED', 'BINARY_RESOLVED', 'BALANCE_UPDATED'],
]);

/** A trading desk as its people see it. It shows prices and passes on what players ask for; it decides nothing. */
export class TradingRoom extends BaseRoom<TradingDeskState, number> {
  static readonly deps: TradingDeps;
  override state = new TradingDeskState();
  override patchRate = PATCH_MS;
  protected override readonly deps = (this.constructor as typeof TradingRoom).deps;
  protected override readonly play = this.deps.protection;
  #silence: () => void = () => undefined;
  #patchedAt = Number.NEGATIVE_INFINITY;

  override onCreate(options: unknown): void {
    super.onCreate(options);
    const { desk, market, channels } = this.deps;
    this.roomId = desk.id;
    this.state.deskId = desk.id;
    this.state.currency = desk.row.currency;
    for (const { id, name } of market.symbols) {
      const shown = new SymbolState();
      shown.symbol = name;
      this.state.symbols.set(name, shown);
      const last = market.lastTick(id);
      if (last) this.#show(last);
    }
    const showing = market.onTicks((ticks) => {
      for (const tick of ticks) this.#show(tick);
      this.#patchSoon();
    });
    const showPause = () => {
      this.state.paused = desk.row.pauseReason !== null;
    };
    showPause();
    const hearing = desk.onChange(showPause);
    const voice = channels.lend({
      // Whoever is here is not in their own room: what must not be missed waits for that.
      reaches: () => false,
      hears: (userId, type) => TOLD.has(type) && this.listening(userId).length > 0,
      speak: (userId, type, message) => TOLD.has(type) && this.say(userId, type, message),
    });
    this.#silence = () => {
      showing();
      hearing();
      voice();
    };
    this.serve('open-trade', OpenTrade, (call) => this.#openTrade(call));
    this.serve('close-trade', CloseTrade, (call) => this.#closeTrade(call));
    this.serve('open-binary', OpenBinary, (call) => this.#openBinary(call));
    this.serve('my-trades', MyTrades, async ({ identity }) => {
      return { ok: true, ...(await ownOpen(this.deps.database, desk, identity.userId)) };
    });
  }

  override onDispose(): void {
    super.onDispose();
    this.#silence();
  }

  override broadcastPatch(): boolean {
    const hasChanged = super.broadcastPatch();
    if (hasChanged) this.#patchedAt = this.deps.clock.now();
    return hasChanged;
  }

  protected override moment(receivedAt: number): number {
    return receivedAt;
  }

  protected override sayRefused(client: Client, { code, message, details }: Refusal): void {
    client.send('trade-error', { error: message, code, ...(details !== undefined && { details }) });
  }

  async #openTrade({ identity, message, moment: receivedAt }: Call<OpenTrade, number>): Promise<object | Refusal> {
    const refusal = await this.refuseOthers(identity, ['PLAYER']);
    if (refusal) return refusal;
    const { key, ...wish } = message;
    const opened = await this.deps.desk.openTrade({ ...wish, ...asked(identity.userId, key, receivedAt) });
    if (isRefusal(opened)) return opened;
    return { ok: true, trade: wireTradeAsOpened(opened.row), balance: wireBalance(opened.balance) };
  }

  async #closeTrade({ identity, message, moment: receivedAt }: Call<CloseTrade, number>): Promise<object | Refusal> {
    const tradeId = message.tradeId as TradeId;
    const closed = await this.deps.desk.closeTrade({ tradeId, ...asked(identity.userId, message.key, receivedAt) });
    if (isRefusal(closed)) return closed;
    return { ok: true, trade: wireTrade(closed.row), balance: wireBalance(closed.balance) };
  }

  async #openBinary({ identity, message, moment: receivedAt }: Call<OpenBinary, number>): Promise<object | Refusal> {
    const refusal = await this.refuseOthers(identity, ['PLAYER']);
    if (refusal) return refusal;
    const { key, ...wish } = message;
    const opened = await this.deps.desk.openBinary({ ...wish, ...asked(identity.userId, key, receivedAt) });
    if (isRefusal(opened)) return opened;
    return { ok: true, binary: wireBinaryAsOpened(opened.row), balance: wireBalance(opened.balance) };
  }

  /** At once, unless something has been sent a moment ago: then what there is by then goes when its time is over. */
  #patchSoon(): void {
    if (this.deps.clock.now() - this.#patchedAt < PATCH_MS) return;
    this.broadcastPatch();
    // Begins the time anew.
    this.patchRate = PATCH_MS;
  }

  #show(tick: Tick): void {
    const { market } = this.deps;
    const symbol = market.symbols.find(({ id }) => id === tick.symbol);
    const shown = symbol && this.state.symbols.get(symbol.name);
    if (symbol === undefined || shown === undefined) return;
    shown.price = printPrice(tick.price, symbol);
    shown.at = tick.at;
    shown.change = market.changeOf(tick.symbol) ?? '';
  }
}

function asked(userId: Call<unknown, number>['identity']['userId'], key: string, receivedAt: number) {
  return { userId, key: key as Key, receivedAt };
}

/** The room with what it needs, as Colyseus wants it: a class it can make instances of. */
export function tradingRoom(deps: TradingDeps): typeof TradingRoom {
  return class extends TradingRoom {
    static override readonly deps = deps;
    // Colyseus calls it without its class.
    static override readonly onAuth = admission(deps.accounts, { play: deps.protection });
  };
}
