import type { Custody, OpenBook, Settle, Stake } from '../../src/wallet/command.ts';

/** A bonus, in the model. */
export interface ModelGrant {
  readonly id: number;
  readonly requirement: bigint;
  readonly expiresAt: number;
  readonly maxStake: bigint | null;
  /** Hundredths of a percent, by game. */
  readonly games: ReadonlyMap<string, number>;
  wagered: bigint;
  balance: bigint;
  atStake: bigint;
  status: 'active' | 'completed' | 'spent' | 'expired' | 'cancelled' | 'declined' | 'forfeited';
}

/** What a player has and has done, in the model. */
export interface Purse {
  real: bigint;
  bonus: bigint;
  held: bigint;
  version: number;
  turnover: bigint;
  realLosses: bigint;
  bonusLosses: bigint;
  netLoss: bigint;
  playThrough: bigint;
  playThroughFrom: number;
  playThroughOld: bigint;
  playThroughOldFrom: number;
  xp: bigint;
  bets: number;
  /** Net: what came back is taken off. What is open at desks is not in it. */
  lost: bigint;
  deposited: bigint;
  excludedUntil: number;
  readonly limits: Map<string, bigint | null>;
  /** All there ever were. */
  readonly grants: ModelGrant[];
}

export interface Bet {
  readonly owner: string;
  readonly selection: number;
  readonly window: number;
  readonly liability: bigint;
  readonly real: bigint;
  readonly bonus: bigint;
  readonly shares: readonly { readonly grant: number; readonly amount: bigint }[];
}

export interface ModelBook {
  readonly game: string;
  readonly cap: bigint;
  readonly playerCap: bigint;
  readonly open: Map<number, Bet>;
  readonly closed: Map<number, string>;
  /** Whose bets have counted as play. */
  readonly counted: Set<string>;
  readonly pooled: boolean;
  readonly standing: Custody | undefined;
  /** Of a pool: who has a part in it. */
  readonly players: Set<string>;
  /** Of a pool: what each player's stakes took off the play-through of deposits. */
  readonly played: Map<string, bigint>;
  window: number;
  epoch: number;
  state: 'open' | 'closed' | 'settling' | 'settled' | 'voiding' | 'voided';
}

export function freshPurse(): Purse {
  const money = { real: 0n, bonus: 0n, held: 0n, version: 0 };
  const counted = { turnover: 0n, realLosses: 0n, bonusLosses: 0n, xp: 0n, bets: 0, lost: 0n, deposited: 0n };
  const played = { netLoss: 0n, playThrough: 0n, playThroughFrom: 0, playThroughOld: 0n, playThroughOldFrom: 0 };
  return { ...money, ...counted, ...played, excludedUntil: 0, limits: new Map(), grants: [] };
}

/** No story lasts longer than the shortest of a limit's periods. */
export function breaks({ limits }: Purse, kind: string, sum: bigint): boolean {
  return [...limits].some(([name, most]) => name.startsWith(kind) && most !== null && sum > most);
}

export function freshBook({ game, cap, playerCap, pooled = false, standing }: OpenBook): ModelBook {
  return {
    standing,
    ...{ game, cap, playerCap: playerCap ?? 2n ** 62n, pooled, epoch: 1, state: 'open', window: pooled ? -1 : 1 },
    ...{ open: new Map(), closed: new Map(), counted: new Set(), players: new Set(), played: new Map() },
  };
}

/** A stake that is taken, or given back. */
export function count(purse: Purse, stake: bigint, bets: 1 | -1): void {
  purse.turnover += stake;
  purse.xp += stake / 100n;
  purse.bets += bets;
  purse.lost += stake;
}

export function least(one: bigint, other: bigint): bigint {
  return one < other ? one : other;
}

export function asBet({ selection, amount, liability }: Stake['lines'][number]): Bet {
  return { owner: '', selection, window: 0, liability, real: amount, bonus: 0n, shares: [] };
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

export function betOf(book: ModelBook, position: number): Bet {
  const bet = book.open.get(position);
  if (bet === undefined) throw new Error(`position ${position} is on the ledger twice`);
  return bet;
}

/** Of everybody who has a bet among these, all bets on the book; none where they have counted already. */
export function playedOn(book: ModelBook, closes: Settle['closes']) {
  const played = new Map<string, readonly (Bet & { readonly id: number })[]>();
  for (const { position } of closes) {
    const { owner } = betOf(book, position);
    if (played.has(owner)) continue;
    const bets = [...book.open].flatMap(([id, bet]) => (bet.owner === owner ? [{ ...bet, id }] : []));
    played.set(owner, book.counted.has(owner) ? [] : bets);
    book.counted.add(owner);
  }
  return played;
}
