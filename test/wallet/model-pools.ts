import type { CancelLines, ClosePool, Stake } from '../../src/wallet/command.ts';
import { ModelLedger } from './model-ledger.ts';
import { asBet, betOf, count, least, type ModelBook, type Purse, worstCase } from './model-parts.ts';

/** Pools, in the model: every line is kept like any other bet. */
export class ModelPools extends ModelLedger {
  /** Real money alone, and cut to what is left of limits where that is wished. */
  protected stakeInPool(book: ModelBook, command: Stake): string | Partial<Purse> {
    const { origin, window } = command;
    if (book.state !== 'open' || window !== -1) return 'PHASE_CLOSED';
    const purse = this.purse(origin);
    if (purse.excludedUntil > Date.now()) return 'SELF_EXCLUDED';
    const lines = linesTaken(book, command);
    const asked = typeof lines === 'string' ? command.lines : lines;
    const total = asked.reduce((sum, { amount }) => sum + amount, 0n);
    if (total > purse.real) return 'INSUFFICIENT_FUNDS';
    if (typeof lines === 'string') return lines;
    const refused = this.refusal(book, { origin, total, lines });
    if (refused !== null) return refused;
    book.players.add(origin);
    for (const { selection, amount, liability } of lines) {
      const bet = { owner: origin, selection, window, liability, real: amount, bonus: 0n, shares: [] };
      book.open.set(this.seq + 1, bet);
      purse.real -= amount;
      this.escrow.real += amount;
      this.told(purse, 1);
      count(purse, amount, 1);
    }
    const old = least(purse.playThroughOld, total);
    const last = least(purse.playThrough, total - old);
    purse.playThroughOld -= old;
    purse.playThrough -= last;
    book.played.set(origin, (book.played.get(origin) ?? 0n) + old + last);
    return this.told(purse, 0);
  }

  protected refusal(
    book: ModelBook,
    { origin, total, lines }: { origin: string; total: bigint; lines: Stake['lines'] },
  ): string | null {
    if (this.breaksLimits(origin, total)) return 'PLAYER_LIMIT';
    const own = [...book.open.values()].filter(({ owner }) => owner === origin);
    if (own.reduce((sum, { real, bonus }) => sum + real + bonus, total) > book.playerCap) return 'ABOVE_MAXIMUM';
    return worstCase([...book.open.values(), ...lines.map(asBet)]) > book.cap ? 'EXPOSURE_LIMIT' : null;
  }

  protected cancelLines({ book: id, epoch, positions }: CancelLines): string | Partial<Purse> {
    const book = this.unfinished(id);
    if (book === undefined) return 'NOT_OPEN';
    if (book.epoch !== epoch) return 'BOOK_FENCED';
    if (!book.pooled || book.state !== 'open') return 'NOT_OPEN';
    if (positions.some((position) => !book.open.has(position))) return 'NOT_OPEN';
    for (const position of new Set(positions)) {
      const { owner, real } = betOf(book, position);
      const back = least(real, book.played.get(owner) ?? 0n);
      book.played.set(owner, (book.played.get(owner) ?? 0n) - back);
      this.purse(owner).playThrough += back;
      this.giveBack(book, position, betOf(book, position));
    }
    return { version: epoch };
  }

  protected closePool(command: ClosePool): string | Partial<Purse> {
    const book = this.unfinished(command.book);
    if (book === undefined) return 'NOT_OPEN';
    if (book.epoch !== command.epoch) return 'BOOK_FENCED';
    if (!book.pooled || (book.state !== 'closed' && book.state !== 'settling')) return 'NOT_OPEN';
    const lost = loseAll(book, command, this.owners, (owner) => this.purse(owner));
    if (lost === null) return 'NOT_OPEN';
    this.house.real += lost;
    this.escrow.real -= lost;
    if (lost > 0n) this.seq += 1;
    return { version: command.epoch };
  }
}

/** What is taken of the lines, or why nothing is. */
function linesTaken(book: ModelBook, { lines, overLimit }: Stake): Stake['lines'] | 'NUMBER_LIMIT_EXCEEDED' {
  const taken: Stake['lines'][number][] = [];
  for (const line of lines) {
    const { selection, amount, liability, limit } = line;
    const there = [...book.open.values(), ...taken.map((one) => ({ ...one, real: one.amount }))]
      .filter((bet) => bet.selection === selection)
      .reduce((sum, { real }) => sum + real, 0n);
    const left = limit === undefined ? amount : limit - there;
    if (left >= amount) taken.push(line);
    else if (overLimit !== 'cut') return 'NUMBER_LIMIT_EXCEEDED';
    else if (left > 0n) {
      let reserved = (liability * left) / amount;
      while (reserved * amount < liability * left) reserved += 1n;
      taken.push({ ...line, amount: left as typeof amount, liability: reserved as typeof liability });
    }
  }
  return taken.length === 0 ? 'NUMBER_LIMIT_EXCEEDED' : taken;
}

/** Whatever these players have open is lost; how much that is. Null where one of them has no part in it. */
function loseAll(
  book: ModelBook,
  { wallets, last }: ClosePool,
  owners: ReadonlyMap<number, string>,
  purseOf: (owner: string) => Purse,
): bigint | null {
  const leaving = new Set(wallets.map((wallet) => owners.get(wallet) ?? ''));
  if ([...leaving].some((owner) => !book.players.has(owner))) return null;
  let lost = 0n;
  for (const [id, { owner, real }] of book.open) {
    if (!leaving.has(owner)) continue;
    const purse = purseOf(owner);
    purse.realLosses += real;
    purse.netLoss += real;
    lost += real;
    book.open.delete(id);
    book.closed.set(id, 'lost 0');
  }
  for (const owner of leaving) book.players.delete(owner);
  book.state = last ? 'settled' : 'settling';
  return lost;
}
