import { Gauge, type Registry } from 'prom-client';
import { type Exposed, exposureOf } from '../trading/exposure.ts';

/** What the house has at risk on a trading desk, at the moment of asking; amounts are minor units. */
export function watchDesk(registry: Registry, exposed: Exposed): void {
  const registers = [registry];
  new Gauge({
    name: 'croupier_desk_open',
    help: 'Trades and binaries that are open.',
    labelNames: ['kind'],
    registers,
    collect() {
      const { openTrades, openBinaries } = exposureOf(exposed);
      this.set({ kind: 'trade' }, openTrades);
      this.set({ kind: 'binary' }, openBinaries);
    },
  });
  new Gauge({
    name: 'croupier_desk_exposure_minor',
    help: 'Value of trades, and what binaries would win, by symbol and direction.',
    labelNames: ['symbol', 'direction', 'kind'],
    registers,
    collect() {
      for (const { symbol, up, down } of exposureOf(exposed).symbols) {
        for (const [direction, { trades, binaries }] of Object.entries({ up, down })) {
          this.set({ symbol, direction, kind: 'trade' }, trades);
          this.set({ symbol, direction, kind: 'binary' }, binaries);
        }
      }
    },
  });
  new Gauge({
    name: 'croupier_desk_house_result_minor',
    help: 'What closing all open trades now would come to for the house, by symbol.',
    labelNames: ['symbol'],
    registers,
    collect() {
      for (const { symbol, houseResult } of exposureOf(exposed).symbols) this.set({ symbol }, houseResult);
    },
  });
}
