import { Counter, Histogram, type Registry } from 'prom-client';
import type { RoundObserver } from '../rounds/observer.ts';

const LAG_SECONDS = [0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** How long people wait for what is theirs, and how rounds end. */
export function roundFigures(registry: Registry): RoundObserver {
  const shared = { labelNames: ['table'] as const, buckets: LAG_SECONDS, registers: [registry] };
  const told = new Histogram({
    ...shared,
    name: 'croupier_round_told_lag_seconds',
    help: 'From the last deadline of a round to game_complete with everybody who is there.',
  });
  const settled = new Histogram({
    ...shared,
    name: 'croupier_round_settled_lag_seconds',
    help: 'From the last deadline of a round to the end of its books.',
  });
  const rounds = new Counter({
    name: 'croupier_rounds_total',
    help: 'Rounds that have ended, by table and how.',
    labelNames: ['table', 'end'],
    registers: [registry],
  });
  return {
    told: (table, lagMs) => told.observe({ table }, Math.max(0, lagMs) / 1_000),
    settled: (table, lagMs) => settled.observe({ table }, Math.max(0, lagMs) / 1_000),
    ended: (table, end) => rounds.inc({ table, end }),
  };
}
