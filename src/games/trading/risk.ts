import type { SymbolId, UserId } from '../../ids.ts';
import { type Minor, minor, ZERO } from '../../money.ts';
import { type Refusal, refuse } from '../../refusal.ts';
import type { Direction } from './binary.ts';

/** What one open trade or binary adds to what the house has at risk. */
export interface Risk {
  readonly owner: UserId;
  readonly symbol: SymbolId;
  /** Where the price has to go for the player to gain: UP for LONG, DOWN for SHORT. */
  readonly direction: Direction;
  readonly kind: 'trade' | 'binary';
  /** Of a trade its notional value; of a binary what the player gains by winning, 0.8 of the stake (DOMAIN 3). */
  readonly exposure: Minor;
  /** Margin or stake. */
  readonly atStake: Minor;
}

/** The most that the house takes. Each is compared with what is open, the new one included. */
export interface RiskLimits {
  /** On one symbol and direction, all players together. */
  readonly tradesPerDirection: Minor;
  readonly binariesPerDirection: Minor;
  readonly openPerPlayer: number;
  readonly atStakePerPlayer: Minor;
}

export const DEFAULT_RISK_LIMITS: RiskLimits = {
  tradesPerDirection: minor(100_000_000_000),
  binariesPerDirection: minor(100_000_000),
  openPerPlayer: 100,
  atStakePerPlayer: minor(1_000_000_000),
};

/** What is open on one symbol and direction, or of one player. */
export interface OpenRisk {
  readonly trades: Minor;
  readonly binaries: Minor;
  readonly atStake: Minor;
  readonly open: number;
}

const NOTHING: OpenRisk = { trades: ZERO, binaries: ZERO, atStake: ZERO, open: 0 };

/**
 * What the open trades and binaries of a desk add up to. Directions are not set off against each other: an owner may
 * close one of two opposite trades at any time, and nobody could refuse that for what the other one then comes to.
 */
export class OpenRisks {
  readonly #byDirection = new Map<string, OpenRisk>();
  readonly #byPlayer = new Map<UserId, OpenRisk>();

  onDirection(symbol: SymbolId, direction: Direction): OpenRisk {
    return this.#byDirection.get(`${direction} ${symbol}`) ?? NOTHING;
  }

  ofPlayer(owner: UserId): OpenRisk {
    return this.#byPlayer.get(owner) ?? NOTHING;
  }

  add(risk: Risk): void {
    this.#count(risk, 1n);
  }

  /** For one that was added before and has ended. */
  remove(risk: Risk): void {
    this.#count(risk, -1n);
  }

  #count(risk: Risk, times: 1n | -1n): void {
    const { symbol, direction, owner } = risk;
    this.#byDirection.set(`${direction} ${symbol}`, sum(this.onDirection(symbol, direction), risk, times));
    const player = sum(this.ofPlayer(owner), risk, times);
    if (player.open === 0) this.#byPlayer.delete(owner);
    else this.#byPlayer.set(owner, player);
  }
}

/** What would be open with one more. */
export function withRisk(open: OpenRisk, risk: Risk): OpenRisk {
  return sum(open, risk, 1n);
}

/**
 * Whether the house takes one more. EXPOSURE_LIMIT where the player would have too much open, or the symbol too much in
 * this direction; how much that is tells of what others have open, and is not said.
 */
export function acceptsExposure(risks: OpenRisks, risk: Risk, limits: RiskLimits): { readonly ok: true } | Refusal {
  const player = withRisk(risks.ofPlayer(risk.owner), risk);
  if (player.open > limits.openPerPlayer) {
    return refuse('EXPOSURE_LIMIT', `You can have ${limits.openPerPlayer} open at a time.`);
  }
  if (player.atStake > limits.atStakePerPlayer) return refuse('EXPOSURE_LIMIT', 'You have too much at stake already.');
  const before = risks.onDirection(risk.symbol, risk.direction);
  const [taken, limit] =
    risk.kind === 'trade' ? [before.trades, limits.tradesPerDirection] : [before.binaries, limits.binariesPerDirection];
  return taken + risk.exposure <= limit ? { ok: true } : refuse('EXPOSURE_LIMIT');
}

function sum(open: OpenRisk, { kind, exposure, atStake }: Risk, times: 1n | -1n): OpenRisk {
  const [trade, binary] = kind === 'trade' ? [exposure, ZERO] : [ZERO, exposure];
  return {
    trades: minor(open.trades + times * trade),
    binaries: minor(open.binaries + times * binary),
    atStake: minor(open.atStake + times * atStake),
    open: open.open + Number(times),
  };
}
