import { deterministicKey } from '../ids.ts';
import { minor } from '../money.ts';
import { insist } from '../rounds/insist.ts';
import { type BookId, type Custody, type OpenBook, SYSTEM } from '../wallet/command.ts';
import { findBook } from '../wallet/reads.ts';
import type { DeskDeps } from './deps.ts';
import { BINARY, type DeskRow, TRADING } from './desk-row.ts';
import { recordDeskOpened } from './desk-store.ts';

/** What one process may do with a desk's books: whoever had them before can do nothing any more. */
export interface Epochs {
  readonly trades: number;
  readonly binaries: number;
}

/**
 * The ledger's own guard, over everything on a book, as if all of it could gain its most at once. What the house really
 * takes is in the desk's limits, by symbol and direction; this is far above what they allow.
 */
const CAP = minor(10n ** 15n);

/** Opens the books of a desk where that was not done, and claims them. Throws where the wallet does not answer. */
export async function claimBooks(deps: DeskDeps, desk: DeskRow): Promise<Epochs> {
  if (desk.openedAt === null) {
    await open(deps, desk, { book: desk.trades, ref: desk.tradesRef, game: TRADING, standing: 'margin' });
    await open(deps, desk, { book: desk.binaries, ref: desk.binariesRef, game: BINARY, standing: 'stake' });
    await recordDeskOpened(deps.database, desk.id, new Date(deps.clock.now()));
  }
  return { trades: await claim(deps, desk.trades), binaries: await claim(deps, desk.binaries) };
}

async function open(
  { database, wallet, clock, signal }: DeskDeps,
  { currency }: DeskRow,
  opening: Pick<OpenBook, 'book' | 'ref' | 'game'> & { readonly standing: Custody },
): Promise<void> {
  if ((await findBook(database, opening.book)) !== null) return;
  const key = deterministicKey('desk', opening.ref, 'open');
  const command = { kind: 'openBook', origin: SYSTEM, key, request: opening.ref, currency, cap: CAP } as const;
  await insist(wallet, clock, { ...command, ...opening }, signal);
}

async function claim({ database, wallet, clock, signal }: DeskDeps, book: BookId): Promise<number> {
  const found = await findBook(database, book);
  if (found === null) throw new Error(`book ${book} of a desk is gone`);
  const key = deterministicKey('desk', book, 'claim', found.epoch);
  const command = { kind: 'claimBook', origin: SYSTEM, key, request: `${book}`, book } as const;
  return (await insist(wallet, clock, command, signal)).epoch;
}
