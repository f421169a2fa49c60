import type { Answer, Cancel, Command, EndHold, Settle, Stake, VoidBook } from '../../src/wallet/command.ts';
import { asBet, type Bet, breaks, freshPurse, type ModelBook, type Purse, worstCase } from './model-parts.ts';

/** What the caller is told, without `duplicate`. */
export type Expected = Omit<Answer & { ok: true }, 'duplicate'> | { readonly ok: false; readonly code: string };

const NOTHING = { version: 0, real: 0n, bonus: 0n, held: 0n };

/**
 * What the wallet ought to do, said once more in the plainest way: no batches, no database, no recovery, nothing shared
 * with the code under test but the shape of commands and answers. One command at a time, in the order of the ledger.
 */
export class Model {
  readonly purses = new Map<string, Purse>();
  readonly books = new Map<number, ModelBook>();
  /** Open ones. */
  readonly holds = new Map<number, { readonly owner: string; readonly amount: bigint }>();
  readonly house = { real: 0n, bonus: 0n };
  readonly escrow = { real: 0n, bonus: 0n };
  #seq: number;

  /** `seq` is the last transfer before the story begins. */
  constructor(seq: number) {
    this.#seq = seq;
  }

  purse(owner: string): Purse {
    const purse = this.purses.get(owner) ?? freshPurse();
    this.purses.set(owner, purse);
    return purse;
  }

  /** Does a command that is new under its key. */
  execute(command: Command): Expected {
    const before = this.#seq;
    const outcome = this.#effect(command);
    if (typeof outcome === 'string') return { ok: false, code: outcome };
    const moves = this.#seq - before;
    const balance = { ...NOTHING, ...outcome } as (Answer & { ok: true })['balance'];
    return { ok: true, seq: moves > 0 ? before + 1 : 0, moves, balance, epoch: balance.version };
  }

  /** A refusal's code, or the balance to tell: the purse's, or a version that is the book's epoch. */
  #effect(command: Command): string | Partial<Purse> {
    switch (command.kind) {
      case 'stake':
        return this.#stake(command);
      case 'cancel':
        return this.#cancel(command);
      case 'settle':
        return this.#settle(command);
      case 'void':
        return this.#void(command);
      case 'adjust': {
        const purse = this.purse(command.owner);
        if (purse[command.bucket] + command.amount < 0n) return 'INSUFFICIENT_FUNDS';
        purse[command.bucket] += command.amount;
        return this.#told(purse, 1);
      }
      case 'hold': {
        const purse = this.purse(command.owner);
        if (purse.real < command.amount) return 'INSUFFICIENT_FUNDS';
        purse.real -= command.amount;
        purse.held += command.amount;
        this.holds.set(this.#seq + 1, command);
        // Both legs of the transfer are in this purse.
        purse.version += 1;
        return this.#told(purse, 1);
      }
      case 'capture':
      case 'release':
        return this.#endHold(command);
      case 'setLimit': {
        const purse = this.purse(command.owner);
        const { kind, days, amount } = command.limit;
        const before = purse.limits.get(`${kind} ${days}`) ?? null;
        // What grows does so in a day, which no story lasts.
        if (before === null || (amount !== null && amount <= before)) purse.limits.set(`${kind} ${days}`, amount);
        return this.#told(purse, 0);
      }
      case 'exclude': {
        const purse = this.purse(command.owner);
        if (command.until < purse.excludedUntil) return 'NOT_OPEN';
        purse.excludedUntil = command.until;
        return this.#told(purse, 0);
      }
      case 'countDeposit':
      case 'uncountDeposit': {
        const purse = this.purse(command.owner);
        const isBack = command.kind === 'uncountDeposit';
        if (!isBack && purse.excludedUntil > Date.now()) return 'SELF_EXCLUDED';
        if (!isBack && breaks(purse, 'deposit', purse.deposited + command.amount)) return 'PLAYER_LIMIT';
        purse.deposited += isBack ? -command.amount : command.amount;
        return this.#told(purse, 0);
      }
      case 'openBook': {
        const { book, cap, playerCap } = command;
        const caps = { cap, playerCap: playerCap ?? 2n ** 62n };
        this.books.set(book, { ...caps, open: new Map(), closed: new Map(), window: 1, epoch: 1, state: 'open' });
        return { version: 1 };
      }
      case 'claimBook': {
        const book = this.#unfinished(command.book);
        return book === undefined ? 'NOT_OPEN' : { version: ++book.epoch };
      }
      case 'closeWindow': {
        const book = this.#unfinished(command.book);
        if (book === undefined) return 'NOT_OPEN';
        if (book.epoch !== command.epoch) return 'BOOK_FENCED';
        if (book.state !== 'open' || book.window !== command.window) return 'NOT_OPEN';
        book.state = 'closed';
        return { version: book.epoch };
      }
      case 'openWindow': {
        const book = this.#unfinished(command.book);
        if (book === undefined) return 'NOT_OPEN';
        if (book.epoch !== command.epoch) return 'BOOK_FENCED';
        if (book.state !== 'closed' || book.window >= command.window) return 'NOT_OPEN';
        book.state = 'open';
        book.window = command.window;
        return { version: book.epoch };
      }
      default:
        return command satisfies never;
    }
  }

  #endHold({ kind, owner, hold }: EndHold): string | Partial<Purse> {
    const held = this.holds.get(hold);
    if (held?.owner !== owner) return 'NOT_OPEN';
    const purse = this.purse(owner);
    this.holds.delete(hold);
    purse.held -= held.amount;
    if (kind === 'release') {
      purse.real += held.amount;
      purse.version += 1;
    }
    return this.#told(purse, 1);
  }

  #stake({ ruling, origin, book: id, window, lines }: Stake): string | Partial<Purse> {
    if (ruling !== undefined) return ruling;
    const book = this.books.get(id);
    if (book?.state !== 'open' || book.window !== window) return 'BETTING_CLOSED';
    const purse = this.purse(origin);
    const total = lines.reduce((sum, { amount }) => sum + amount, 0n);
    if (purse.excludedUntil > Date.now()) return 'SELF_EXCLUDED';
    if (total > purse.real + purse.bonus) return 'INSUFFICIENT_FUNDS';
    if (breaks(purse, 'wager', purse.turnover + total) || breaks(purse, 'loss', purse.lost + total)) {
      return 'PLAYER_LIMIT';
    }
    const own = [...book.open.values()].filter(({ owner }) => owner === origin);
    if (own.reduce((sum, { real, bonus }) => sum + real + bonus, total) > book.playerCap) return 'ABOVE_MAXIMUM';
    if (worstCase([...book.open.values(), ...lines.map(asBet)]) > book.cap) return 'EXPOSURE_LIMIT';
    for (const { selection, amount, liability } of lines) {
      const real = purse.real < amount ? purse.real : amount;
      const bonus = amount - real;
      book.open.set(this.#seq + 1, { owner: origin, selection, window, liability, real, bonus });
      purse.real -= real;
      purse.bonus -= bonus;
      this.escrow.real += real;
      this.escrow.bonus += bonus;
      this.#moved(purse, real, bonus);
      this.#count(purse, amount, 1);
    }
    return this.#told(purse, 0);
  }

  #cancel({ ruling, origin, book: id, position }: Cancel): string | Partial<Purse> {
    if (ruling !== undefined) return ruling;
    const book = this.books.get(id);
    const bet = book?.open.get(position);
    if (book === undefined || bet?.owner !== origin) return 'NOT_OPEN';
    if (book.state !== 'open' || book.window !== bet.window) return 'BETTING_CLOSED';
    const all = [...book.open.values()];
    const worst = worstCase(all.filter((each) => each !== bet));
    if (worst > book.cap && worst > worstCase(all)) return 'EXPOSURE_LIMIT';
    this.#giveBack(book, position, bet);
    return this.#told(this.purse(origin), 0);
  }

  #void({ book: id, epoch, positions, last }: VoidBook): string | Partial<Purse> {
    const book = this.#unfinished(id);
    if (book === undefined) return 'NOT_OPEN';
    if (book.epoch !== epoch) return 'BOOK_FENCED';
    const mayBegin = book.state === 'voiding' || (book.state === 'open' && book.window === 1);
    if (!mayBegin || positions.some((position) => !book.open.has(position))) return 'NOT_OPEN';
    for (const position of positions) this.#giveBack(book, position, this.#betOf(book, position));
    book.state = last ? 'voided' : 'voiding';
    return { version: epoch };
  }

  #settle({ book: id, epoch, closes, last }: Settle): string | Partial<Purse> {
    const book = this.#unfinished(id);
    if (book === undefined) return 'NOT_OPEN';
    if (book.epoch !== epoch) return 'BOOK_FENCED';
    if (book.state !== 'closed' && book.state !== 'settling') return 'NOT_OPEN';
    if (closes.some(({ position }) => !book.open.has(position))) return 'NOT_OPEN';
    const net = { real: 0n, bonus: 0n };
    for (const { position, payout, outcome } of closes) {
      const bet = this.#betOf(book, position);
      const stake = bet.real + bet.bonus;
      const real = outcome === 'refunded' ? bet.real : (payout * bet.real) / stake;
      const bonus = payout - real;
      this.#pay(bet, real, bonus);
      const purse = this.purse(bet.owner);
      purse.lost -= payout;
      if (bet.real > real) purse.realLosses += bet.real - real;
      if (bet.bonus > bonus) purse.bonusLosses += bet.bonus - bonus;
      net.real += real - bet.real;
      net.bonus += bonus - bet.bonus;
      book.open.delete(position);
      book.closed.set(position, `${outcome} ${payout}`);
    }
    for (const bucket of ['real', 'bonus'] as const) {
      this.house[bucket] -= net[bucket];
      this.escrow[bucket] += net[bucket];
      if (net[bucket] !== 0n) this.#seq += 1;
    }
    book.state = last ? 'settled' : 'settling';
    return { version: epoch };
  }

  #giveBack(book: ModelBook, position: number, bet: Bet): void {
    const stake = bet.real + bet.bonus;
    this.#pay(bet, bet.real, bet.bonus);
    this.#count(this.purse(bet.owner), -stake, -1);
    book.open.delete(position);
    book.closed.set(position, `cancelled ${stake}`);
  }

  #pay({ owner }: Bet, real: bigint, bonus: bigint): void {
    const purse = this.purse(owner);
    purse.real += real;
    purse.bonus += bonus;
    this.escrow.real -= real;
    this.escrow.bonus -= bonus;
    this.#moved(purse, real, bonus);
  }

  /** One transfer per bucket that anything moves in; each is a change of the purse. */
  #moved(purse: Purse, real: bigint, bonus: bigint): void {
    const transfers = (real > 0n ? 1 : 0) + (bonus > 0n ? 1 : 0);
    this.#seq += transfers;
    purse.version += transfers;
  }

  #count(purse: Purse, stake: bigint, bets: 1 | -1): void {
    purse.turnover += stake;
    purse.xp += stake / 100n;
    purse.bets += bets;
    purse.lost += stake;
  }

  #told(purse: Purse, transfers: number): Partial<Purse> {
    this.#seq += transfers;
    purse.version += transfers;
    const { version, real, bonus, held } = purse;
    return { version, real, bonus, held };
  }

  #betOf(book: ModelBook, position: number): Bet {
    const bet = book.open.get(position);
    if (bet === undefined) throw new Error(`position ${position} is on the ledger twice`);
    return bet;
  }

  #unfinished(id: number): ModelBook | undefined {
    const book = this.books.get(id);
    return book?.state === 'settled' || book?.state === 'voided' ? undefined : book;
  }
}
