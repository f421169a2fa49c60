import type { StakeLine } from './command.ts';

/** Selections of one thousand form a market: at most one of them can win (Andar or Bahar, one number of a thousand). */
const MARKET_WIDTH = 1_000;

interface Market {
  readonly liabilities: Map<number, bigint>;
  largest: bigint;
}

/**
 * The worst a book can cost the house: per market the selection that would pay most, less all stakes taken.
 * Reserved at acceptance, so settlement is never refused for the house's funds (DESIGN 3).
 */
export class Exposure {
  readonly #markets = new Map<number, Market>();
  #worstPayout = 0n;
  #stakes = 0n;

  /** Everything staked on the book and not undone. */
  get stakes(): bigint {
    return this.#stakes;
  }

  /** What a selection can pay at the most, of everything staked on it. */
  liabilityOn(selection: number): bigint {
    return this.#markets.get(Math.floor(selection / MARKET_WIDTH))?.liabilities.get(selection) ?? 0n;
  }

  add(selection: number, stake: bigint, liability: bigint): void {
    const market = this.#market(selection);
    const sum = (market.liabilities.get(selection) ?? 0n) + liability;
    market.liabilities.set(selection, sum);
    this.#stakes += stake;
    if (sum > market.largest) {
      this.#worstPayout += sum - market.largest;
      market.largest = sum;
    }
  }

  remove(selection: number, stake: bigint, liability: bigint): void {
    const market = this.#market(selection);
    const largest = largestWithout(market, selection, liability);
    market.liabilities.set(selection, (market.liabilities.get(selection) ?? 0n) - liability);
    this.#stakes -= stake;
    this.#worstPayout -= market.largest - largest;
    market.largest = largest;
  }

  /** The loss of the worst outcome if a bet that was taken were undone: more than before where it covered others. */
  worstWithout(selection: number, stake: bigint, liability: bigint): bigint {
    const market = this.#market(selection);
    const largest = largestWithout(market, selection, liability);
    return this.#worstPayout - (market.largest - largest) - (this.#stakes - stake);
  }

  /** The loss of the worst outcome if `lines` were taken as well; negative when the house gains whatever happens. */
  worstWith(lines: readonly StakeLine[]): bigint {
    const [line] = lines;
    return line !== undefined && lines.length === 1 ? this.#worstWithOne(line) : this.#worstWithAll(lines);
  }

  /** Nearly every stake has one line, and this is on the way of each. */
  #worstWithOne({ selection, amount, liability }: StakeLine): bigint {
    const market = this.#markets.get(Math.floor(selection / MARKET_WIDTH));
    const sum = (market?.liabilities.get(selection) ?? 0n) + liability;
    const largest = market?.largest ?? 0n;
    return this.#worstPayout + (sum > largest ? sum - largest : 0n) - this.#stakes - amount;
  }

  #worstWithAll(lines: readonly StakeLine[]): bigint {
    let worstPayout = this.#worstPayout;
    let stakes = this.#stakes;
    const added = new Map<number, bigint>();
    const largest = new Map<number, bigint>();
    for (const { selection, amount, liability } of lines) {
      const number = Math.floor(selection / MARKET_WIDTH);
      const market = this.#markets.get(number);
      const more = (added.get(selection) ?? 0n) + liability;
      added.set(selection, more);
      stakes += amount;
      const top = largest.get(number) ?? market?.largest ?? 0n;
      const sum = (market?.liabilities.get(selection) ?? 0n) + more;
      if (sum <= top) continue;
      worstPayout += sum - top;
      largest.set(number, sum);
    }
    return worstPayout - stakes;
  }

  #market(selection: number): Market {
    const number = Math.floor(selection / MARKET_WIDTH);
    let market = this.#markets.get(number);
    if (market === undefined) {
      market = { liabilities: new Map(), largest: 0n };
      this.#markets.set(number, market);
    }
    return market;
  }
}

function largestWithout({ liabilities, largest }: Market, selection: number, liability: bigint): bigint {
  const own = liabilities.get(selection) ?? 0n;
  if (own < largest) return largest;
  let left = own - liability;
  for (const [other, sum] of liabilities) if (other !== selection && sum > left) left = sum;
  return left;
}
