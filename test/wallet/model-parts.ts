import type { Stake } from '../../src/wallet/command.ts';

/** What a player has and has done, in the model. */
export interface Purse {
  real: bigint;
  bonus: bigint;
  held: bigint;
  version: number;
  turnover: bigint;
  realLosses: bigint;
  bonusLosses: bigint;
  xp: bigint;
  bets: number;
  /** Net: what came back is taken off. */
  lost: bigint;
  deposited: bigint;
  excludedUntil: number;
  readonly limits: Map<string, bigint | null>;
}

export interface Bet {
  readonly owner: string;
  readonly selection: number;
  readonly window: number;
  readonly liability: bigint;
  readonly real: bigint;
  readonly bonus: bigint;
}

export interface ModelBook {
  readonly cap: bigint;
  readonly playerCap: bigint;
  readonly open: Map<number, Bet>;
  readonly closed: Map<number, string>;
  window: number;
  epoch: number;
  state: 'open' | 'closed' | 'settling' | 'settled' | 'voiding' | 'voided';
}

export function freshPurse(): Purse {
  const money = { real: 0n, bonus: 0n, held: 0n, version: 0 };
  const counted = { turnover: 0n, realLosses: 0n, bonusLosses: 0n, xp: 0n, bets: 0, lost: 0n, deposited: 0n };
  return { ...money, ...counted, excludedUntil: 0, limits: new Map() };
}

/** No story lasts longer than the shortest of a limit's periods. */
export function breaks({ limits }: Purse, kind: string, sum: bigint): boolean {
  return [...limits].some(([name, most]) => name.startsWith(kind) && most !== null && sum > most);
}

export function asBet({ selection, amount, liability }: Stake['lines'][number]): Bet {
  return { owner: '', selection, window: 0, liability, real: amount, bonus: 0n };
}

/** Of each thousand selections the one that would pay most, less everything staked. */
export function worstCase(bets: readonly Bet[]): bigint {
  const bySelection = new Map<number, bigint>();
  let worst = 0n;
  for (const { selection, liability, real, bonus } of bets) {
    bySelection.set(selection, (bySelection.get(selection) ?? 0n) + liability);
    worst -= real + bonus;
  }
  const byMarket = new Map<number, bigint>();
  for (const [selection, sum] of bySelection) {
    const market = Math.floor(selection / 1_000);
    if (sum > (byMarket.get(market) ?? 0n)) byMarket.set(market, sum);
  }
  for (const sum of byMarket.values()) worst += sum;
  return worst;
}
