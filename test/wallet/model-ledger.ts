import { returnTo } from './model-bonuses.ts';
import { type Bet, breaks, count, freshPurse, type ModelBook, type Purse } from './model-parts.ts';

/** What the model has on its books, and how money moves there. */
export class ModelLedger {
  readonly purses = new Map<string, Purse>();
  readonly books = new Map<number, ModelBook>();
  /** Open ones. */
  readonly holds = new Map<number, { readonly owner: string; readonly amount: bigint }>();
  readonly house = { real: 0n, bonus: 0n };
  readonly escrow = { real: 0n, bonus: 0n };
  protected readonly owners: ReadonlyMap<number, string>;
  protected seq: number;

  constructor(seq: number, owners: ReadonlyMap<number, string>) {
    this.seq = seq;
    this.owners = owners;
  }

  purse(owner: string): Purse {
    const purse = this.purses.get(owner) ?? freshPurse();
    this.purses.set(owner, purse);
    return purse;
  }

  /** Whether so much more at stake is above a limit of theirs. What is open at desks is as good as lost. */
  protected breaksLimits(owner: string, total: bigint): boolean {
    const purse = this.purse(owner);
    let lost = purse.lost + total;
    for (const { standing, open } of this.books.values()) {
      if (standing) for (const bet of open.values()) if (bet.owner === owner) lost += bet.real;
    }
    return breaks(purse, 'wager', purse.turnover + total) || breaks(purse, 'loss', lost);
  }

  protected giveBack(book: ModelBook, position: number, bet: Bet): void {
    const stake = bet.real + bet.bonus;
    this.pay(bet, bet.real, bet.bonus);
    count(this.purse(bet.owner), -stake, -1);
    book.open.delete(position);
    book.closed.set(position, `cancelled ${stake}`);
  }

  protected pay(bet: Bet, real: bigint, bonus: bigint): void {
    const purse = this.purse(bet.owner);
    purse.real += real;
    this.escrow.real -= real;
    this.escrow.bonus -= bonus;
    this.told(purse, real > 0n ? 1 : 0);
    this.seq += returnTo(purse, bet, bonus);
  }

  protected bonus(owner: string, change: (purse: Purse) => number | string): string | Partial<Purse> {
    const purse = this.purse(owner);
    const transfers = change(purse);
    if (typeof transfers === 'string') return transfers;
    this.seq += transfers;
    return this.told(purse, 0);
  }

  protected told(purse: Purse, transfers: number): Partial<Purse> {
    this.seq += transfers;
    purse.version += transfers;
    const { version, real, bonus, held } = purse;
    return { version, real, bonus, held };
  }

  protected unfinished(id: number): ModelBook | undefined {
    const book = this.books.get(id);
    return book?.state === 'settled' || book?.state === 'voided' ? undefined : book;
  }
}
