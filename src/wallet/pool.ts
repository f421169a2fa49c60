import { type Minor, reservedFor } from '../money.ts';
import type { OverLimit, PositionId, StakeLine } from './command.ts';

/** The window of every stake in a pool: it has no others. */
export const POOL_WINDOW = -1;

/** What is staked on a selection of a pool and not taken back. */
export interface PoolTotal {
  stake: bigint;
  lines: number;
}

/** What a player has in a pool. */
export interface PoolPlayer {
  readonly wallet: number;
  /** Neither won nor taken back. */
  stake: bigint;
  lines: number;
  /** What these stakes took off what is to be staked of deposits. */
  played: bigint;
}

/**
 * What memory keeps of a book with very many positions (a phase of the lottery) instead of these. The positions
 * themselves are loaded when they are closed one by one.
 */
export class Pool {
  /** By selection. */
  readonly totals = new Map<number, PoolTotal>();
  /** By wallet; who is settled is forgotten. */
  readonly players = new Map<number, PoolPlayer>();
  /** Positions that are known not to be open: closed, or never there. */
  readonly gone = new Set<PositionId>();

  on(selection: number): PoolTotal {
    return this.totals.getOrInsertComputed(selection, () => ({ stake: 0n, lines: 0 }));
  }

  of(wallet: number): PoolPlayer {
    return this.players.getOrInsertComputed(wallet, () => {
      return { wallet, stake: 0n, lines: 0, played: 0n };
    });
  }
}

/**
 * Holds lines against the limits of their selections, all stakes on the book together (S3-09); a cut line keeps its
 * share of its liability, rounded up. Null where they are refused, or nothing is left of any.
 */
export function withinLimits(
  totals: ReadonlyMap<number, PoolTotal>,
  lines: readonly StakeLine[],
  overLimit: OverLimit,
): readonly StakeLine[] | null {
  const added = new Map<number, bigint>();
  const taken: StakeLine[] = [];
  for (const line of lines) {
    const { selection, amount, liability, limit } = line;
    const before = (totals.get(selection)?.stake ?? 0n) + (added.get(selection) ?? 0n);
    const room = limit === undefined ? amount : limit - before;
    if (room < amount && overLimit === 'refuse') return null;
    if (room <= 0n) continue;
    const kept = (room < amount ? room : amount) as Minor;
    added.set(selection, (added.get(selection) ?? 0n) + kept);
    taken.push(kept === amount ? line : { ...line, amount: kept, liability: reservedFor(liability, kept, amount) });
  }
  return taken.length > 0 ? taken : null;
}
