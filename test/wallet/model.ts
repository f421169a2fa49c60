import type { StakeOrder } from '../../src/wallet/bonus.ts';
import type { Answer, Cancel, Command, EndHold, Settle, Stake, VoidBook } from '../../src/wallet/command.ts';
import { countDeposits, countPlay, drawFrom, end, finish, forfeitAll, give, lostTo, usable } from './model-bonuses.ts';
import { asBet, betOf, count, freshBook, least, type Purse, playedOn, worstCase } from './model-parts.ts';
import { protect } from './model-protection.ts';
import { ModelStanding } from './model-standing.ts';

/** What the caller is told, without `duplicate`. */
export type Expected = Omit<Answer & { ok: true }, 'duplicate'> | { readonly ok: false; readonly code: string };

const NOTHING = { version: 0, real: 0n, bonus: 0n, held: 0n };

/**
 * What the wallet ought to do, said once more in the plainest way: no batches, no database, no recovery, nothing shared
 * with the code under test but the shape of commands and answers. One command at a time, in the order of the ledger.
 */
export class Model extends ModelStanding {
  readonly #stakeOrder: StakeOrder;

  /** `seq` is the last transfer before the story begins; `owners` says whose the wallets are. */
  constructor(seq: number, stakeOrder: StakeOrder, owners: ReadonlyMap<number, string>) {
    super(seq, owners);
    this.#stakeOrder = stakeOrder;
  }

  /** Does a command that is new under its key. */
  execute(command: Command): Expected {
    const before = this.seq;
    const outcome = this.#effect(command);
    if (typeof outcome === 'string') return { ok: false, code: outcome };
    const moves = this.seq - before;
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
      case 'cancelLines':
        return this.cancelLines(command);
      case 'closePool':
        return this.closePool(command);
      case 'request':
        return command.ruling ?? {};
      case 'adjust': {
        const purse = this.purse(command.owner);
        if (purse.real + command.amount < 0n) return 'INSUFFICIENT_FUNDS';
        purse.real += command.amount;
        const told = this.told(purse, 1);
        if (command.playThrough) {
          if (purse.playThrough > 0n) {
            if (purse.playThroughOld === 0n) purse.playThroughOldFrom = purse.playThroughFrom;
            purse.playThroughOld += purse.playThrough;
          }
          purse.playThrough = command.playThrough;
          purse.playThroughFrom = this.seq;
        }
        return told;
      }
      case 'grantBonus':
        return this.bonus(command.owner, (purse) => give(purse, this.seq + 1, command));
      case 'endBonus':
        return this.bonus(command.owner, (purse) => end(purse, command));
      case 'hold': {
        const purse = this.purse(command.owner);
        if (purse.real < command.amount) return 'INSUFFICIENT_FUNDS';
        const locked = command.playThrough === 'binds' ? purse.playThrough + purse.playThroughOld : 0n;
        if (purse.real - locked < command.amount) return 'WAGERING_OPEN';
        const isBound = purse.grants.some(({ status, expiresAt }) => status === 'active' && Date.now() < expiresAt);
        if (isBound && command.bonuses === 'block') return 'WAGERING_OPEN';
        purse.real -= command.amount;
        purse.held += command.amount;
        this.holds.set(this.seq + 1, command);
        this.seq += forfeitAll(purse);
        // Both legs of the transfer are in this purse.
        purse.version += 1;
        return this.told(purse, 1);
      }
      case 'capture':
      case 'release':
        return this.#endHold(command);
      case 'setLimit':
      case 'exclude':
      case 'countDeposit':
      case 'uncountDeposit': {
        const purse = this.purse(command.owner);
        return protect(purse, command) ?? this.told(purse, 0);
      }
      case 'openBook': {
        this.books.set(command.book, freshBook(command));
        return { version: 1 };
      }
      case 'claimBook': {
        const book = this.unfinished(command.book);
        return book === undefined ? 'NOT_OPEN' : { version: ++book.epoch };
      }
      case 'closeWindow': {
        const book = this.unfinished(command.book);
        if (book === undefined) return 'NOT_OPEN';
        if (book.epoch !== command.epoch) return 'BOOK_FENCED';
        if (book.state !== 'open' || book.window !== command.window) return 'NOT_OPEN';
        book.state = 'closed';
        return { version: book.epoch };
      }
      case 'openWindow': {
        const book = this.unfinished(command.book);
        if (book === undefined) return 'NOT_OPEN';
        if (book.epoch !== command.epoch) return 'BOOK_FENCED';
        if (book.pooled || book.standing || book.state !== 'closed' || book.window >= command.window) return 'NOT_OPEN';
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
    return this.told(purse, 1);
  }

  #stake(command: Stake): string | Partial<Purse> {
    const { ruling, origin, book: id, window, lines } = command;
    if (ruling !== undefined) return ruling;
    const book = this.books.get(id);
    if (book?.pooled && book.state !== 'settled') return this.stakeInPool(book, command);
    if (book?.state !== 'open' || book.window !== window) return 'BETTING_CLOSED';
    const purse = this.purse(origin);
    const total = lines.reduce((sum, { amount }) => sum + amount, 0n);
    if (purse.excludedUntil > Date.now()) return 'SELF_EXCLUDED';
    const grants = book.standing ? [] : usable(purse, book.game);
    if (total > grants.reduce((sum, { balance }) => sum + balance, purse.real)) return 'INSUFFICIENT_FUNDS';
    if (this.breaksLimits(origin, total)) return 'PLAYER_LIMIT';
    const own = [...book.open.values()].filter(({ owner }) => owner === origin);
    if (own.reduce((sum, { real, bonus }) => sum + real + bonus, total) > book.playerCap) return 'ABOVE_MAXIMUM';
    const atStake = own.reduce((sum, { real, bonus }) => sum + real + bonus, total);
    if (grants.some(({ maxStake }) => maxStake !== null && atStake > maxStake)) return 'BONUS_MAX_STAKE';
    if (worstCase([...book.open.values(), ...lines.map(asBet)]) > book.cap) return 'EXPOSURE_LIMIT';
    for (const { selection, amount, liability } of lines) {
      const ofBonus = grants.reduce((sum, { balance }) => sum + balance, 0n);
      const isRealFirst = this.#stakeOrder === 'real-first';
      const bonus = isRealFirst ? amount - least(purse.real, amount) : least(ofBonus, amount);
      const real = amount - bonus;
      const shares = drawFrom(grants, bonus);
      book.open.set(this.seq + 1, { owner: origin, selection, window, liability, real, bonus, shares });
      purse.real -= real;
      purse.bonus -= bonus;
      if (book.standing === 'margin') {
        purse.held += real;
        // Both legs are in this purse.
        purse.version += 1;
      } else this.escrow.real += real;
      this.escrow.bonus += bonus;
      this.told(purse, (real > 0n ? 1 : 0) + shares.length);
      count(purse, amount, 1);
      if (book.standing) {
        purse.xp -= amount / 100n;
        purse.lost -= amount;
      }
    }
    return this.told(purse, 0);
  }

  #cancel({ ruling, origin, book: id, position }: Cancel): string | Partial<Purse> {
    if (ruling !== undefined) return ruling;
    const book = this.books.get(id);
    const bet = book?.open.get(position);
    if (book === undefined || book.pooled || book.standing || bet?.owner !== origin) return 'NOT_OPEN';
    if (book.state !== 'open' || book.window !== bet.window) return 'BETTING_CLOSED';
    const all = [...book.open.values()];
    const worst = worstCase(all.filter((each) => each !== bet));
    if (worst > book.cap && worst > worstCase(all)) return 'EXPOSURE_LIMIT';
    this.giveBack(book, position, bet);
    return this.told(this.purse(origin), 0);
  }

  #void({ book: id, epoch, positions, last }: VoidBook): string | Partial<Purse> {
    const book = this.unfinished(id);
    if (book === undefined) return 'NOT_OPEN';
    if (book.epoch !== epoch) return 'BOOK_FENCED';
    const isWhole = !book.pooled && !book.standing;
    const mayBegin = book.state === 'voiding' || (book.state === 'open' && book.window === 1 && isWhole);
    if (!mayBegin || positions.some((position) => !book.open.has(position))) return 'NOT_OPEN';
    for (const position of positions) this.giveBack(book, position, betOf(book, position));
    book.state = last ? 'voided' : 'voiding';
    return { version: epoch };
  }

  #settle(command: Settle): string | Partial<Purse> {
    const { book: id, epoch, closes, last } = command;
    const book = this.unfinished(id);
    if (book === undefined) return 'NOT_OPEN';
    if (book.epoch !== epoch) return 'BOOK_FENCED';
    const isOpen = book.state === 'open' && book.standing !== undefined;
    if (!isOpen && book.state !== 'closed' && book.state !== 'settling') return 'NOT_OPEN';
    if (closes.some(({ position }) => !book.open.has(position))) return 'NOT_OPEN';
    if (book.standing) return this.endStanding(book, command);
    const net = { real: 0n, bonus: 0n };
    const played = playedOn(book, closes);
    for (const { position, payout, outcome } of closes) {
      const bet = betOf(book, position);
      const stake = bet.real + bet.bonus;
      const real = outcome === 'refunded' ? bet.real : (payout * bet.real) / stake;
      const bonus = payout - real;
      const forfeited = lostTo(this.purse(bet.owner), bet, bonus);
      this.pay(bet, real, bonus);
      const purse = this.purse(bet.owner);
      purse.lost -= payout - forfeited;
      purse.netLoss += bet.real - real;
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
      if (net[bucket] !== 0n) this.seq += 1;
    }
    for (const [owner, bets] of book.pooled ? [] : played) {
      const purse = this.purse(owner);
      countPlay(purse, bets, book.game);
      countDeposits(purse, bets);
      this.seq += finish(purse);
    }
    book.state = last ? 'settled' : 'settling';
    return { version: epoch };
  }
}
