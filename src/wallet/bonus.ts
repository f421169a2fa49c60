import { type Minor, type Percentage, percentageOf, splitAmong, stakeFor } from '../money.ts';

/** A bonus that was given: the sequence number of the transfer that gave it. */
export type GrantId = number & { readonly __id: 'grant' };

/** What becomes of a bonus, by the number stored in `bonus_grant.status`. Append only. */
export const GRANT_STATUS = {
  active: 0,
  /** Played through: what was left of it is the player's real money. */
  completed: 1,
  /** Lost to the last unit before that. */
  spent: 2,
  expired: 3,
  /** Taken back by the house. */
  cancelled: 4,
  /** Given up by the player. */
  declined: 5,
  /** Given up for a withdrawal. */
  forfeited: 6,
} as const;
export type GrantStatus = keyof typeof GRANT_STATUS;

/** What is promised with a bonus. */
export interface BonusTerms {
  /** What has to be staked before it turns into real money; 0: it does so at once. */
  readonly requirement: Minor;
  /** Epoch milliseconds: worth nothing from then on. */
  readonly expiresAt: number;
  /** The most that its player may have at stake in one deal while it is active, where it counts; null: anything. */
  readonly maxStake: Minor | null;
  /**
   * By the ledger's name of a game, `*` for all others: how much of what is staked there counts. Where it has no entry
   * the bonus cannot be staked at all.
   */
  readonly contributions: ReadonlyMap<string, Percentage>;
}

/** A bonus in memory: while it is active, and as long as bets that were made with it are open. */
export interface Grant extends BonusTerms {
  readonly id: GrantId;
  readonly wallet: number;
  readonly amount: bigint;
  wagered: bigint;
  /** Of the wallet's bonus. */
  balance: bigint;
  /** Taken from it by bets that are open. */
  atStake: bigint;
  status: GrantStatus;
  endedAt: number;
  version: number;
  /** The version before the batch under construction; null where that has not touched it. */
  before: number | null;
}

/** A part of a bet's stake that came from a bonus. */
export interface GrantShare {
  readonly grant: GrantId;
  readonly amount: bigint;
}

/** A wallet carries no more active ones at a time: every bet looks at all of them, and may be split among them. */
export const ACTIVE_GRANTS_MAX = 10;

/** A position lies in so many rows of the ledger at the most: real money, and each bonus it came from. */
export const POSITION_ROWS_MAX = 1 + ACTIVE_GRANTS_MAX;

/** How much of a stake in a game counts; undefined: the bonus is not for this game. */
function contributionIn({ contributions }: BonusTerms, game: string): Percentage | undefined {
  return contributions.get(game) ?? contributions.get('*');
}

export function isActive({ status, expiresAt }: Grant, nowMs: number): boolean {
  return status === 'active' && nowMs < expiresAt;
}

/** Active bonuses that may be staked in this game, the oldest first. */
export function grantsFor(grants: readonly Grant[], game: string, nowMs: number): readonly Grant[] {
  return grants.filter((grant) => isActive(grant, nowMs) && contributionIn(grant, game) !== undefined);
}

/** The most that may be at stake in one deal under these bonuses; null: anything. */
export function maxStakeUnder(grants: readonly Grant[]): bigint | null {
  let least: bigint | null = null;
  for (const { maxStake } of grants) if (maxStake !== null && (least === null || maxStake < least)) least = maxStake;
  return least;
}

/** Which money is staked first (S0-27, S2-31). */
export type StakeOrder = 'real-first' | 'bonus-first';

/** Where stakes come from: real money, and bonuses from the oldest on (S2-07). Draw by draw it runs dry. */
export class Purse {
  readonly #order: StakeOrder;
  readonly #bonuses: { readonly grant: GrantId; left: bigint }[];
  #real: bigint;

  constructor(real: bigint, grants: readonly Grant[], order: StakeOrder) {
    this.#real = real;
    this.#bonuses = grants.map(({ id, balance }) => ({ grant: id, left: balance }));
    this.#order = order;
  }

  get total(): bigint {
    return this.#bonuses.reduce((sum, { left }) => sum + left, this.#real);
  }

  /** There must be as much. */
  draw(amount: bigint): { readonly real: bigint; readonly shares: readonly GrantShare[] } {
    if (this.#order === 'real-first') {
      const real = this.#drawReal(amount);
      return { real, shares: real === amount ? NO_SHARES : this.#drawBonus(amount - real) };
    }
    const shares = this.#drawBonus(amount);
    return { real: this.#drawReal(amount - sumOfShares(shares)), shares };
  }

  #drawReal(amount: bigint): bigint {
    const real = amount < this.#real ? amount : this.#real;
    this.#real -= real;
    return real;
  }

  #drawBonus(amount: bigint): readonly GrantShare[] {
    const shares: GrantShare[] = [];
    let missing = amount;
    for (const bonus of this.#bonuses) {
      const taken = missing < bonus.left ? missing : bonus.left;
      if (taken === 0n) continue;
      bonus.left -= taken;
      missing -= taken;
      shares.push({ grant: bonus.grant, amount: taken });
    }
    return shares;
  }
}

export const NO_SHARES: readonly GrantShare[] = [];

export function sumOfShares(shares: readonly GrantShare[]): bigint {
  let sum = 0n;
  for (const { amount } of shares) sum += amount;
  return sum;
}

/** The bonus part of what came back, to the bonuses that were staked: in proportion, the newest takes the remainder. */
export function sharesOfReturn(shares: readonly GrantShare[], returned: bigint): readonly GrantShare[] {
  const parts = splitAmong(
    returned as Minor,
    shares.map(({ amount }) => amount as Minor),
  );
  return shares.map(({ grant }, index) => ({ grant, amount: parts[index] ?? 0n }));
}

/** A bet, as far as its play-through goes. */
export interface Risk {
  readonly id: number;
  readonly selection: number;
  readonly stake: bigint;
  /** The most that it can pay, gross. */
  readonly liability: bigint;
}

/** How the bets on a book hang together. A market is a thousand selections of which one wins. */
export interface Draws {
  /** How many selections there really are in each market, by its number; where that is not known, 0 or nothing. */
  readonly marketSizes: readonly number[];
  /** Where several markets hang on one draw: for each way in which it can end, the selections that win by it. */
  readonly outcomes: readonly (readonly number[])[];
}

/**
 * What of these bets of one player on one deal is at risk. In each market of which every selection is bet on, as much
 * as lies on the least of them comes back whatever happens, so that much on each counts nothing: of Andar and Bahar
 * only the difference does (DOMAIN 4). Nor does what comes back by the worst outcome of several markets together.
 */
export function netExposure(bets: readonly Risk[], draws: Draws): bigint {
  const byMarket = exposureByMarket(bets, draws);
  const byOutcome = draws.outcomes.length === 0 ? byMarket : exposureByOutcome(bets, draws);
  return byOutcome < byMarket ? byOutcome : byMarket;
}

function exposureByMarket(bets: readonly Risk[], { marketSizes }: Draws): bigint {
  let net = 0n;
  const markets = new Map<number, Map<number, bigint>>();
  for (const { selection, stake } of bets) {
    net += stake;
    const market = markets.getOrInsertComputed(Math.floor(selection / 1_000), () => new Map<number, bigint>());
    market.set(selection, (market.get(selection) ?? 0n) + stake);
  }
  for (const [number, market] of markets) {
    if (market.size === 0 || market.size !== marketSizes[number]) continue;
    const least = market.values().reduce((a, b) => (b < a ? b : a));
    net -= least * BigInt(market.size);
  }
  return net;
}

/** All stakes less what comes back by the outcome that gives the least; below nothing it is nothing. */
function exposureByOutcome(bets: readonly Risk[], { outcomes }: Draws): bigint {
  let stakes = 0n;
  const pays = new Map<number, bigint>();
  for (const { selection, stake, liability } of bets) {
    stakes += stake;
    pays.set(selection, (pays.get(selection) ?? 0n) + liability);
  }
  let least: bigint | null = null;
  for (const outcome of outcomes) {
    let back = 0n;
    for (const selection of outcome) back += pays.get(selection) ?? 0n;
    if (least === null || back < least) least = back;
  }
  const net = stakes - (least ?? 0n);
  return net > 0n ? net : 0n;
}

/** What is at risk with the bets that came after a transfer, and no more than with all of them. */
export function exposureSince(bets: readonly Risk[], after: number, draws: Draws): bigint {
  const all = netExposure(bets, draws);
  const later = bets.filter(({ id }) => id > after);
  if (later.length === bets.length) return all;
  const own = netExposure(later, draws);
  return own < all ? own : all;
}

/** How far a bonus has come by what was staked. */
export interface Progress {
  readonly grant: Grant;
  /** Never beyond its requirement. */
  readonly wagered: bigint;
}

/**
 * Counts the bets of one player on one deal towards the active bonuses, the oldest first: each takes only what it still
 * needs, the rest is the next one's (S2-08, S2-32). A bet counts for bonuses that were there when it was made; one that
 * was there before takes from it all the same what it covers.
 */
export function wager(
  grants: readonly Grant[],
  bets: readonly Risk[],
  { game, draws, nowMs }: { readonly game: string; readonly draws: Draws; readonly nowMs: number },
): readonly Progress[] {
  const progress: Progress[] = [];
  let rest = netExposure(bets, draws);
  for (const grant of grantsFor(grants, game, nowMs)) {
    if (rest <= 0n) break;
    const own = exposureSince(bets, grant.id, draws);
    const staked = own < rest ? own : rest;
    const share = contributionIn(grant, game) ?? (0 as Percentage);
    const counts = percentageOf(staked as Minor, share);
    if (counts === 0n) continue;
    const needed = grant.requirement - grant.wagered;
    const isEnough = counts >= needed;
    progress.push({ grant, wagered: isEnough ? needed : counts });
    rest -= isEnough ? stakeFor(needed as Minor, share) : staked;
  }
  return progress;
}
