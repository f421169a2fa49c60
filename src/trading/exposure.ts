import type { DeskExposure } from '../../schema/trading.ts';
import type { Clock } from '../clock.ts';
import type { Direction } from '../games/trading/binary.ts';
import { freshQuote } from '../games/trading/quote.ts';
import type { SymbolId } from '../ids.ts';
import type { Market } from '../market/market.ts';
import { printPrice } from '../market/price.ts';
import { minor, toWire, ZERO } from '../money.ts';
import { isRefusal } from '../refusal.ts';
import { lastQuote } from './context.ts';
import type { Desk } from './desk.ts';

/** The part of a desk and its market that says what is at risk. */
export interface Exposed {
  readonly desk: Pick<Desk, 'id' | 'row' | 'risks' | 'trades' | 'binaries'>;
  readonly market: Pick<Market, 'symbols' | 'lastTick'>;
  readonly clock: Pick<Clock, 'now'>;
}

/** What the house has at risk on a desk at this moment, from memory. */
export function exposureOf({ desk, market, clock }: Exposed): DeskExposure {
  const { trades, binaries } = desk.row.settings;
  const maxAgeMs = Math.max(trades.maxPriceAgeMs, binaries.maxPriceAgeMs);
  return {
    ...{ deskId: desk.id, paused: desk.row.pauseReason !== null },
    ...{ openTrades: desk.trades.size, openBinaries: desk.binaries.size },
    symbols: market.symbols.map((symbol) => {
      const { id, name } = symbol;
      const last = market.lastTick(id);
      const quote = lastQuote({ market, clock }, id, maxAgeMs);
      const stale = isRefusal(freshQuote(quote, maxAgeMs, undefined, clock.now()));
      const gain = last ? desk.trades.openPnl(last) : ZERO;
      return {
        ...{ symbol: name, price: last ? printPrice(last.price, symbol) : null, stale },
        ...{ up: directionOf(desk, id, 'UP'), down: directionOf(desk, id, 'DOWN') },
        houseResult: toWire(minor(-gain)),
      };
    }),
  };
}

function directionOf({ risks }: Exposed['desk'], symbol: SymbolId, direction: Direction) {
  const { trades, binaries, atStake, open } = risks.onDirection(symbol, direction);
  return { trades: toWire(trades), binaries: toWire(binaries), atStake: toWire(atStake), open };
}
