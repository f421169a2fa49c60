import { acceptsTrade, DEFAULT_TRADE_SETTINGS, type TradeRequest } from '../src/games/trading/accept-trade.ts';
import type { Instrument, Quantity } from '../src/games/trading/instrument.ts';
import { OpenTrades } from '../src/games/trading/mark.ts';
import type { Quote } from '../src/games/trading/quote.ts';
import { type EndedTrade, markTrade, type OpenTrade, openTrade } from '../src/games/trading/trade.ts';
import { type TradeId, type UserId, uuid7 } from '../src/ids.ts';
import { INR, type Price } from '../src/money.ts';
import { BTC, PRICE } from './trading-house.ts';

/** Where the first of the trades end; each a step above the one before. */
export const TOP = (PRICE * 102n) / 100n;
/** So many end at each tick that ends some. */
export const FEW = 10;
const CALM = 2_000;
const BUSY = 500;
/** Before anything is counted. */
const WARM_UP = 500;

const INSTRUMENT: Instrument = { symbol: BTC, priceScale: 2, amountScale: 8 };
const OWNER = uuid7<UserId>(0);

/** Milliseconds, tick by tick, ascending. */
export interface Marking {
  readonly calm: Float64Array;
  readonly busy: Float64Array;
}

interface Board {
  add(trade: OpenTrade): void;
  mark(tick: Quote): readonly EndedTrade[];
}

/** Ticks against so many open trades of one symbol: as the desk holds them, and by the plain rule one by one. */
export function markMemory(trades: number): { readonly ours: Marking; readonly plain: Marking } {
  const open = Array.from({ length: trades }, (_, number) => tradeOf(number));
  const ours = marked(new OpenTrades(), open);
  const plain = marked(plainBoard(), open);
  if (ours.ended !== plain.ended) throw new Error('the two rules end different trades');
  return { ours, plain };
}

/** Half LONG with a take-profit, half SHORT with a stop-loss, so that a rising price ends them one after the other. */
function tradeOf(number: number): OpenTrade {
  const level = (TOP + BigInt(number)) as Price;
  const isLong = number % 2 === 0;
  const common = { amount: BigInt(100_000 + number) as Quantity, leverage: 5 + (number % 6) };
  const request: TradeRequest = isLong
    ? { ...common, side: 'LONG', takeProfit: level }
    : { ...common, side: 'SHORT', stopLoss: level };
  const quote = quoteOf(PRICE - BigInt(number % 1_000), 0);
  const accepted = acceptsTrade(request, { ...DEFAULT_TRADE_SETTINGS, currency: INR }, INSTRUMENT, quote, 0);
  if (!accepted.ok) throw new Error(`a trade was refused: ${accepted.code}`);
  return openTrade(accepted, uuid7<TradeId>(Date.now()), OWNER);
}

function quoteOf(price: bigint, seq: number): Quote {
  return { symbol: BTC, price: price as Price, at: 0, seq, feedId: 'bench' };
}

function marked(board: Board, open: readonly OpenTrade[]): Marking & { readonly ended: string } {
  for (const trade of open) board.add(trade);
  const known = new Map(open.map((trade) => [trade.tradeId, trade]));
  const ended: TradeId[] = [];
  let seq = 0;
  const tick = (price: bigint, times: number[]) => {
    seq += 1;
    const quote = quoteOf(price, seq);
    const startedAt = performance.now();
    const ends = board.mark(quote);
    times.push(performance.now() - startedAt);
    ended.push(...ends.map(({ tradeId }) => tradeId).sort());
    // As many are open at every tick.
    for (const { tradeId } of ends) {
      const trade = known.get(tradeId);
      if (trade) board.add({ ...trade, tradeId: `${tradeId}-again` as TradeId, ...farLevels(trade) });
    }
  };
  const [calm, busy]: [number[], number[]] = [[], []];
  for (let i = 0; i < WARM_UP; i++) tick(PRICE + BigInt((i * 37) % 1_000), []);
  for (let i = 0; i < CALM; i++) tick(PRICE + BigInt((i * 37) % 1_000), calm);
  for (let i = 1; i <= BUSY; i++) tick(TOP + BigInt(i * FEW - 1), busy);
  return { calm: Float64Array.from(calm).sort(), busy: Float64Array.from(busy).sort(), ended: ended.join() };
}

function farLevels({ side }: OpenTrade): Partial<OpenTrade> {
  const far = (PRICE * 2n) as Price;
  return side === 'LONG' ? { takeProfit: far } : { stopLoss: far };
}

/** The obvious way: every open trade is held against every tick. */
function plainBoard(): Board {
  let open: OpenTrade[] = [];
  return {
    add: (trade) => void open.push(trade),
    mark: (tick) => {
      const ended = open.flatMap((trade) => markTrade(trade, tick) ?? []);
      if (ended.length > 0) {
        const gone = new Set(ended.map(({ tradeId }) => tradeId));
        open = open.filter(({ tradeId }) => !gone.has(tradeId));
      }
      return ended;
    },
  };
}
