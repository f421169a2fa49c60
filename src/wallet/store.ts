import { type DatabasePool, sql } from 'slonik';
import { z } from 'zod';
import type { Batch } from './batch.ts';
import type { Book } from './state.ts';

/** What the fence compares and advances: exactly one writer, exactly in order. */
export interface BatchHeader {
  readonly shard: number;
  readonly epoch: number;
  readonly owner: string;
  readonly batch: number;
  readonly seqBefore: number;
  readonly seq: number;
  readonly prev: Buffer;
  readonly hash: Buffer;
}

/** Another owner has taken the shard, or an earlier batch of ours is missing: this writer is finished. */
export class FencedError extends Error {
  override readonly name = 'FencedError';
}

/** The database does not hold what memory holds. Nothing may be written until a person has looked. */
export class WalletMismatchError extends Error {
  override readonly name = 'WalletMismatchError';
}

const Nothing = z.strictObject({});
const bytes = (buffer: Buffer) => sql.binary(buffer);

/**
 * Writes one batch in one transaction and resolves once it is durable. Every statement is set-based over arrays;
 * `select unnest(a), unnest(b)` streams where `from unnest(a, b)` would fill a tuplestore first. Plain inserts: a key or
 * a closing that is there already raises 23505, everything rolls back, and the actor decides again.
 */
export function writeBatch(pool: DatabasePool, header: BatchHeader, batch: Batch): Promise<void> {
  return pool.transaction(async (transaction) => {
    const fenced = await transaction.query(fence(header));
    if (fenced.rowCount !== 1) throw new FencedError(`shard ${header.shard}: epoch ${header.epoch} is over`);
    if (batch.command.key.length > 0) await transaction.query(insertCommands(header, batch));
    if (batch.touched.length > 0) {
      const updated = await transaction.query(updateWallets(header, batch));
      if (updated.rowCount !== batch.touched.length) {
        throw new WalletMismatchError(`${batch.touched.length} wallets to update, ${updated.rowCount} are as expected`);
      }
    }
    if (batch.transfer.seq.length > 0) await transaction.query(insertTransfers(header, batch));
    if (batch.closing.position.length > 0) await transaction.query(insertClosings(header, batch));
    for (const book of batch.books) await transaction.query(upsertBook(header.shard, book));
    await transaction.query(insertLink(header));
  });
}

function fence({ shard, epoch, owner, batch, seqBefore, seq }: BatchHeader) {
  return sql.prepared('wallet_fence', Nothing)`
    update shard set batch = ${batch}, seq = ${seq}
     where shard = ${shard}::int2 and epoch = ${epoch} and owner = ${owner}::uuid
       and batch = ${batch - 1} and seq = ${seqBefore}`;
}

function insertCommands({ shard, batch }: BatchHeader, { command: c }: Batch) {
  return sql.prepared('wallet_insert_commands', Nothing)`
    insert into command (hash, seq, batch, version, real, bonus, held, key, origin, moves, verdict, ord, shard)
    select unnest(${bytes(c.hash.encoded())}::int8[]), unnest(${bytes(c.seq.encoded())}::int8[]), ${batch}::int8,
           unnest(${bytes(c.version.encoded())}::int8[]), unnest(${bytes(c.real.encoded())}::int8[]),
           unnest(${bytes(c.bonus.encoded())}::int8[]), unnest(${bytes(c.held.encoded())}::int8[]),
           unnest(${bytes(c.key.encoded())}::uuid[]), unnest(${bytes(c.origin.encoded())}::uuid[]),
           unnest(${bytes(c.moves.encoded())}::int2[]), unnest(${bytes(c.verdict.encoded())}::int2[]),
           unnest(${bytes(c.ord.encoded())}::int2[]), ${shard}::int2`;
}

/** By delta (S0-94), and only where the row is exactly what the actor holds in memory. */
function updateWallets({ shard }: BatchHeader, { wallet: w }: Batch) {
  return sql.prepared('wallet_update_wallets', Nothing)`
    update wallet w
       set version = w.version + u.d_version, real = w.real + u.d_real, bonus = w.bonus + u.d_bonus, held = w.held + u.d_held,
           turnover = w.turnover + u.d_turnover, real_losses = w.real_losses + u.d_real_losses,
           bonus_losses = w.bonus_losses + u.d_bonus_losses, xp = w.xp + u.d_xp, bets = w.bets + u.d_bets
      from (select unnest(${bytes(w.id.encoded())}::int8[]) id, unnest(${bytes(w.version.encoded())}::int8[]) version,
                   unnest(${bytes(w.real.encoded())}::int8[]) real, unnest(${bytes(w.bonus.encoded())}::int8[]) bonus,
                   unnest(${bytes(w.held.encoded())}::int8[]) held,
                   unnest(${bytes(w.deltaVersion.encoded())}::int8[]) d_version,
                   unnest(${bytes(w.deltaReal.encoded())}::int8[]) d_real,
                   unnest(${bytes(w.deltaBonus.encoded())}::int8[]) d_bonus,
                   unnest(${bytes(w.deltaHeld.encoded())}::int8[]) d_held,
                   unnest(${bytes(w.deltaTurnover.encoded())}::int8[]) d_turnover,
                   unnest(${bytes(w.deltaRealLosses.encoded())}::int8[]) d_real_losses,
                   unnest(${bytes(w.deltaBonusLosses.encoded())}::int8[]) d_bonus_losses,
                   unnest(${bytes(w.deltaXp.encoded())}::int8[]) d_xp,
                   unnest(${bytes(w.deltaBets.encoded())}::int8[]) d_bets) u
     where w.id = u.id and w.shard = ${shard}::int2
       and w.version = u.version and w.real = u.real and w.bonus = u.bonus and w.held = u.held`;
}

function insertTransfers({ shard }: BatchHeader, { transfer: t }: Batch) {
  return sql.prepared('wallet_insert_transfers', Nothing)`
    insert into transfer (seq, debit, credit, amount, position, book, liability, shard, debit_bucket, credit_bucket,
                          reason, selection, "window")
    select unnest(${bytes(t.seq.encoded())}::int8[]), unnest(${bytes(t.debit.encoded())}::int8[]),
           unnest(${bytes(t.credit.encoded())}::int8[]), unnest(${bytes(t.amount.encoded())}::int8[]),
           unnest(${bytes(t.position.encoded())}::int8[]), nullif(unnest(${bytes(t.book.encoded())}::int8[]), 0),
           nullif(unnest(${bytes(t.liability.encoded())}::int8[]), -1), ${shard}::int2,
           unnest(${bytes(t.debitBucket.encoded())}::int2[]), unnest(${bytes(t.creditBucket.encoded())}::int2[]),
           unnest(${bytes(t.reason.encoded())}::int2[]), nullif(unnest(${bytes(t.selection.encoded())}::int2[]), -1::int2),
           nullif(unnest(${bytes(t.window.encoded())}::int2[]), 0::int2)`;
}

function insertClosings({ shard, batch }: BatchHeader, { closing: x }: Batch) {
  return sql.prepared('wallet_insert_closings', Nothing)`
    insert into closing (position, payout, batch, shard, ord, outcome)
    select unnest(${bytes(x.position.encoded())}::int8[]), unnest(${bytes(x.payout.encoded())}::int8[]), ${batch}::int8,
           ${shard}::int2, unnest(${bytes(x.ord.encoded())}::int2[]), unnest(${bytes(x.outcome.encoded())}::int2[])`;
}

function upsertBook(shard: number, book: Book) {
  return sql.prepared('wallet_upsert_book', Nothing)`
    insert into book (id, ref, game, currency, shard, epoch, state, "window", cap, first_seq, first_batch)
    values (${book.id}, ${book.ref}::uuid, ${book.game}, ${book.currency}, ${shard}::int2, ${book.epoch}, ${book.state},
            ${book.window}::int2, ${book.cap}, ${book.firstSeq}, ${book.firstBatch})
    on conflict (id) do update set epoch = excluded.epoch, state = excluded.state, "window" = excluded."window"`;
}

function insertLink({ shard, batch, seqBefore, seq, prev, hash }: BatchHeader) {
  return sql.prepared('wallet_insert_link', Nothing)`
    insert into link (batch, first_seq, last_seq, at, shard, prev, hash)
    values (${batch}, ${seqBefore + 1}, ${seq}, clock_timestamp(), ${shard}::int2, ${bytes(prev)}, ${bytes(hash)})`;
}
