import { Counter, Gauge, type Registry } from 'prom-client';
import type { Clock } from '../clock.ts';
import type { Market, MarketHealth } from '../market/market.ts';

/** How prices come in, at the moment of asking. */
export function watchMarket(registry: Registry, clock: Clock, market: Pick<Market, 'health'>): void {
  const registers = [registry];
  new Counter({
    name: 'croupier_market_ticks_total',
    help: 'Prices in the log since the start, by symbol.',
    labelNames: ['symbol'],
    registers,
    collect() {
      this.reset();
      for (const { symbol, ticks } of market.health().symbols) this.inc({ symbol }, ticks);
    },
  });
  new Gauge({
    name: 'croupier_market_last_tick_age_seconds',
    help: 'How old the last price is that can be traded at; not there while there is none.',
    labelNames: ['symbol'],
    registers,
    collect() {
      this.reset();
      for (const { symbol, lastTickAt } of market.health().symbols) {
        if (lastTickAt !== undefined) this.set({ symbol }, (clock.now() - lastTickAt) / 1_000);
      }
    },
  });
  new Gauge({
    name: 'croupier_market_waiting',
    help: 'Prices that are on their way to the log.',
    registers,
    collect() {
      this.set(market.health().waiting);
    },
  });
  const counter = (name: string, help: string, value: (health: MarketHealth) => number) =>
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(value(market.health()));
      },
    });
  counter('croupier_market_late_total', 'Prices dropped because a later one was there.', ({ late }) => late);
  counter('croupier_market_missed_total', 'Prices the feed left out, as far as it says.', ({ missed }) => missed);
  counter('croupier_market_malformed_total', 'Messages of the feed that were no price.', ({ malformed }) => malformed);
}
