import type { PoolChanges } from './batch.ts';
import type { Decision, PoolLoss, PoolPlay } from './decision.ts';
import type { Pool, PoolPlayer } from './pool.ts';
import type { Book, Position, Wallet } from './state.ts';
import { touch, type Writing } from './write-move.ts';

/** A line that was staked. */
export function enterPool(
  writing: Writing,
  book: Book,
  pool: Pool,
  { wallet, selection, stake }: { readonly wallet: Wallet; readonly selection: number; readonly stake: bigint },
): void {
  const total = pool.on(selection);
  total.stake += stake;
  total.lines += 1;
  const player = pool.of(wallet.id);
  player.stake += stake;
  player.lines += 1;
  changed(writing, book, selection, player);
}

/** A line that is closed by itself: it has won, or was taken back. */
export function leavePool(
  writing: Writing,
  book: Book,
  pool: Pool,
  { id, wallet, selection, real }: Position,
  isCancelled: boolean,
): void {
  const player = pool.of(wallet);
  player.stake -= real;
  player.lines -= 1;
  pool.gone.add(id);
  if (isCancelled) {
    const total = pool.on(selection);
    total.stake -= real;
    total.lines -= 1;
  }
  changed(writing, book, selection, player);
}

/** What stakes took off the play-through of deposits. Call it after these were opened or closed. */
export function play({ batch }: Writing, { closesIn: book }: Decision, { wallet, change }: PoolPlay): void {
  if (book === null || book.pool === null) throw new Error(`wallet ${wallet.id} plays in no pool`);
  const player = book.pool.of(wallet.id);
  player.played += change;
  changes(batch, book).players.set(player.wallet, { player, isClosed: false });
}

/** What a player has open in a pool is lost; that money has moved already. */
export function closePlayer(writing: Writing, { closesIn }: Decision, { wallet, player }: PoolLoss): void {
  if (closesIn === null || closesIn.pool === null) throw new Error(`wallet ${wallet.id} is not in a pool`);
  touch(writing.batch, wallet);
  wallet.realLosses += player.stake;
  wallet.netLoss += player.stake;
  closesIn.pool.players.delete(wallet.id);
  const rest = { ...player, stake: 0n, lines: 0 };
  changes(writing.batch, closesIn).players.set(wallet.id, { player: rest, isClosed: true });
}

function changed(writing: Writing, book: Book, selection: number, player: PoolPlayer): void {
  const { selections, players } = changes(writing.batch, book);
  selections.add(selection);
  players.set(player.wallet, { player, isClosed: false });
}

function changes(batch: Writing['batch'], book: Book): PoolChanges {
  return batch.pools.getOrInsertComputed(book, () => {
    return { selections: new Set(), players: new Map() };
  });
}
