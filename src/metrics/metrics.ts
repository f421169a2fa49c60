import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Clock } from '../clock.ts';
import type { Market } from '../market/market.ts';
import type { RoundObserver } from '../rounds/observer.ts';
import type { Exposed } from '../trading/exposure.ts';
import type { WalletActor } from '../wallet/actor.ts';
import type { WalletObserver } from '../wallet/observer.ts';
import { watchDesk } from './desk-figures.ts';
import { watchEventLoop } from './event-loop.ts';
import { watchMarket } from './market-figures.ts';
import { roundFigures } from './round-figures.ts';
import { walletFigures, watchWallet } from './wallet-figures.ts';

/** Who is here now. */
export interface Occupancy {
  readonly rooms: number;
  readonly connections: number;
  /** Players with a seat in some room, each counted once. */
  readonly players: number;
}

export interface AnsweredRequest {
  readonly method: string;
  /** As the route is written, not as it was asked for: there are few of them. */
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
}

/** The figures of this process, for Prometheus. Money, cards and people are no figures: nothing here names a player. */
export interface Metrics {
  readonly wallet: WalletObserver;
  readonly rounds: RoundObserver;
  answered(request: AnsweredRequest): void;
  watchWallet(wallet: Pick<WalletActor, 'stats'>): void;
  watchMarket(market: Pick<Market, 'health'>): void;
  watchDesk(exposed: Exposed): void;
  watchRooms(occupancy: () => Occupancy): void;
  readonly contentType: string;
  /** Everything, in the text format of Prometheus. */
  text(): Promise<string>;
  stop(): void;
}

const REQUEST_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

export function createMetrics(clock: Clock): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const stop = watchEventLoop(registry, clock);
  return {
    wallet: walletFigures(registry),
    rounds: roundFigures(registry),
    answered: requestFigures(registry),
    watchWallet: (wallet) => watchWallet(registry, wallet),
    watchMarket: (market) => watchMarket(registry, clock, market),
    watchDesk: (exposed) => watchDesk(registry, exposed),
    watchRooms: (occupancy) => watchRooms(registry, occupancy),
    contentType: registry.contentType,
    text: () => registry.metrics(),
    stop() {
      stop();
      registry.clear();
    },
  };
}

function requestFigures(registry: Registry): Metrics['answered'] {
  const requests = new Counter({
    name: 'croupier_http_requests_total',
    help: 'HTTP requests by method, route and status.',
    labelNames: ['method', 'route', 'status'],
    registers: [registry],
  });
  const durations = new Histogram({
    name: 'croupier_http_request_seconds',
    help: 'From the arrival of a request to the end of its answer.',
    labelNames: ['method', 'route'],
    buckets: REQUEST_SECONDS,
    registers: [registry],
  });
  return ({ method, route, status, seconds }) => {
    requests.inc({ method, route, status });
    durations.observe({ method, route }, seconds);
  };
}

/** Each looks for itself: a series is written down as soon as it has collected. */
function watchRooms(registry: Registry, occupancy: () => Occupancy): void {
  const gauge = (name: string, help: string, value: (now: Occupancy) => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(value(occupancy()));
      },
    });
  gauge('croupier_rooms', 'Rooms of this process.', ({ rooms }) => rooms);
  gauge('croupier_connections', 'Connections to rooms, spectators included.', ({ connections }) => connections);
  gauge('croupier_players_seated', 'Players with a seat in some room.', ({ players }) => players);
}
