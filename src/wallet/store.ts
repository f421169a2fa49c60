import { sql } from 'slonik';
import { z } from 'zod';
import type { Database, Queries } from '../../db/pool.ts';
import type { Batch } from './batch.ts';
import { GRANT_STATUS } from './bonus.ts';
import type { Column } from './columns.ts';
import { WalletMismatchError } from './mismatch.ts';
import type { BookRow } from './state.ts';

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

const Written = z.object({ fenced: z.bigint(), wallets: z.bigint(), grants: z.bigint() });
const bytes = (column: Column) => sql.binary(column.encoded());

/**
 * Writes one sealed batch in one transaction and resolves once it is durable. Everything or nothing: a key or a closing
 * that is there already raises 23505, everything rolls back, and the actor decides again.
 */
export function writeBatch(pool: Database, header: BatchHeader, batch: Batch): Promise<void> {
  return pool.transaction(async (transaction) => {
    const { fenced, wallets, grants } = await transaction.one(batchStatement(header, batch));
    if (fenced !== 1n) throw new FencedError(`shard ${header.shard}: epoch ${header.epoch} is over`);
    if (wallets !== BigInt(batch.touched.length)) {
      throw new WalletMismatchError(`${batch.touched.length} wallets to update, ${wallets} are as expected`);
    }
    if (grants !== BigInt(batch.grants.length)) {
      throw new WalletMismatchError(`${batch.grants.length} bonuses to update, ${grants} are as expected`);
    }
    for (const grant of batch.newGrantRows) await transaction.query(insertGrant(header.shard, grant));
    if (batch.takenOut.wallet.length > 0) await transaction.query(takeOut(batch.takenOut));
    for (const limit of batch.limits) await transaction.query(upsertLimit(limit));
    for (const book of batch.bookRows) {
      if (book.firstBatch === header.batch) await transaction.query(insertBook(header.shard, book));
      else if ((await transaction.maybeOne(updateBook(header.shard, book))) === null) {
        throw new WalletMismatchError(`book ${book.id} is finished, or not there`);
      }
    }
    if (batch.opened.position.length > 0) await transaction.query(insertOpen(header.shard, batch.opened));
    if (batch.ended.length > 0) await closeOpen(transaction, header.shard, batch.ended);
    if (batch.poolTotal.book.length > 0) await transaction.query(upsertPoolTotals(batch.poolTotal));
    if (batch.poolPlayer.book.length > 0) await transaction.query(upsertPoolPlayers(batch.poolPlayer, header.batch));
  });
}

/**
 * One statement, because between two of them the server waits for this process's event loop, which is busy with
 * replies (measured: a quarter of the server's time). Set-based over arrays: `select unnest(a), unnest(b)` streams,
 * `from unnest(a, b)` would fill a tuplestore first. Plain inserts: `on conflict` costs 15 %. The detour over `ctid`
 * leaves the planner no choice: planned while the table was small, a plain join compared every wallet with every row
 * of the batch (measured: 1,100 ms for a thousand, instead of 10).
 */
function batchStatement({ shard, epoch, owner, batch, seqBefore, seq, prev, hash }: BatchHeader, rows: Batch) {
  const { command: c, transfer: t, previous: p, grantOf, grant: g, hours: h, closing: x, wallet: w } = rows;
  return sql.prepared('wallet_write_batch', Written)`
    with fence as (
      update shard set batch = ${batch}, seq = ${seq}
       where shard = ${shard}::int2 and epoch = ${epoch} and owner = ${owner}::uuid and batch = ${batch - 1}
         and seq = ${seqBefore}
      returning 1
    ), commands as (
      insert into command (hash, seq, batch, version, real, bonus, held, key, origin, moves, verdict, ord, shard)
      select unnest(${bytes(c.hash)}::int8[]), unnest(${bytes(c.seq)}::int8[]), ${batch}::int8,
             unnest(${bytes(c.version)}::int8[]), unnest(${bytes(c.real)}::int8[]), unnest(${bytes(c.bonus)}::int8[]),
             unnest(${bytes(c.held)}::int8[]), unnest(${bytes(c.key)}::uuid[]), unnest(${bytes(c.origin)}::uuid[]),
             unnest(${bytes(c.moves)}::int2[]), unnest(${bytes(c.verdict)}::int2[]), unnest(${bytes(c.ord)}::int2[]),
             ${shard}::int2
        from fence
    ), wallets as (
      update wallet w
         set version = w.version + u.d_version, real = w.real + u.d_real, bonus = w.bonus + u.d_bonus,
             held = w.held + u.d_held, turnover = w.turnover + u.d_turnover,
             real_losses = w.real_losses + u.d_real_losses, bonus_losses = w.bonus_losses + u.d_bonus_losses,
             net_loss = w.net_loss + u.d_net_loss, xp = w.xp + u.d_xp, bets = w.bets + u.d_bets, last_seq = u.last_seq,
             excluded_until = u.excluded_until, play_through = u.play_through, play_through_from = u.play_through_from,
             play_through_old = u.play_through_old, play_through_old_from = u.play_through_old_from, hour = u.hour,
             hour_wagered = u.wagered, hour_lost = u.lost, hour_deposited = u.deposited
        from (select ${walletColumns(w)}
                from fence) u,
             lateral (select x.ctid from wallet x where x.id = u.id and x.shard = ${shard}::int2 offset 0) x
       where w.ctid = x.ctid
         and w.version = u.version and w.real = u.real and w.bonus = u.bonus and w.held = u.held
      returning 1
    ), transfers as (
      insert into transfer (seq, debit, credit, amount, position, book, liability, shard, debit_bucket, credit_bucket,
                            reason, selection, "window", debit_prev, credit_prev, bonus_grant)
      select unnest(${bytes(t.seq)}::int8[]), unnest(${bytes(t.debit)}::int8[]), unnest(${bytes(t.credit)}::int8[]),
             unnest(${bytes(t.amount)}::int8[]), unnest(${bytes(t.position)}::int8[]),
             nullif(unnest(${bytes(t.book)}::int8[]), 0), nullif(unnest(${bytes(t.liability)}::int8[]), -1),
             ${shard}::int2, unnest(${bytes(t.debitBucket)}::int2[]), unnest(${bytes(t.creditBucket)}::int2[]),
             unnest(${bytes(t.reason)}::int2[]), nullif(unnest(${bytes(t.selection)}::int2[]), -1::int2),
             nullif(unnest(${bytes(t.window)}::int2[]), 0::int2), unnest(${bytes(p.debit)}::int8[]),
             unnest(${bytes(p.credit)}::int8[]), nullif(unnest(${bytes(grantOf)}::int8[]), 0)
        from fence
    ), grants as (
      update bonus_grant g
         set version = u.version, wagered = u.wagered, balance = u.balance, at_stake = u.at_stake,
             ended_at = u.ended_at, status = u.status
        from (select ${grantColumns(g)}
                from fence) u,
             lateral (select x.ctid from bonus_grant x where x.id = u.id and x.shard = ${shard}::int2 offset 0) x
       where g.ctid = x.ctid and g.version = u.before
      returning 1
    ), hours as (
      insert into limit_hour (wallet, hour, wagered, lost, deposited)
      select unnest(${bytes(h.wallet)}::int8[]), unnest(${bytes(h.hour)}::int8[]), unnest(${bytes(h.wagered)}::int8[]),
             unnest(${bytes(h.lost)}::int8[]), unnest(${bytes(h.deposited)}::int8[])
        from fence
    ), closings as (
      insert into closing (position, payout, batch, shard, ord, outcome)
      select unnest(${bytes(x.position)}::int8[]), unnest(${bytes(x.payout)}::int8[]), ${batch}::int8, ${shard}::int2,
             unnest(${bytes(x.ord)}::int2[]), unnest(${bytes(x.outcome)}::int2[])
        from fence
    ), chained as (
      insert into link (batch, first_seq, last_seq, at, shard, prev, hash)
      select ${batch}::int8, ${seqBefore + 1}::int8, ${seq}::int8, clock_timestamp(), ${shard}::int2,
             ${sql.binary(prev)}::bytea, ${sql.binary(hash)}::bytea
        from fence
    )
    select (select count(*) from fence) as fenced, (select count(*) from wallets) as wallets,
           (select count(*) from grants) as grants`;
}

/** What wallets were, and how they have changed. */
function walletColumns(w: Batch['wallet']) {
  return sql.fragment`
    unnest(${bytes(w.id)}::int8[]) id, unnest(${bytes(w.version)}::int8[]) version,
    unnest(${bytes(w.real)}::int8[]) real, unnest(${bytes(w.bonus)}::int8[]) bonus,
    unnest(${bytes(w.held)}::int8[]) held, unnest(${bytes(w.deltaVersion)}::int8[]) d_version,
    unnest(${bytes(w.deltaReal)}::int8[]) d_real, unnest(${bytes(w.deltaBonus)}::int8[]) d_bonus,
    unnest(${bytes(w.deltaHeld)}::int8[]) d_held, unnest(${bytes(w.deltaTurnover)}::int8[]) d_turnover,
    unnest(${bytes(w.deltaRealLosses)}::int8[]) d_real_losses,
    unnest(${bytes(w.deltaBonusLosses)}::int8[]) d_bonus_losses,
    unnest(${bytes(w.deltaNetLoss)}::int8[]) d_net_loss,
    unnest(${bytes(w.deltaXp)}::int8[]) d_xp, unnest(${bytes(w.deltaBets)}::int8[]) d_bets,
    unnest(${bytes(w.lastSeq)}::int8[]) last_seq,
    unnest(${bytes(w.excludedUntil)}::int8[]) excluded_until,
    unnest(${bytes(w.playThrough)}::int8[]) play_through,
    unnest(${bytes(w.playThroughFrom)}::int8[]) play_through_from,
    unnest(${bytes(w.playThroughOld)}::int8[]) play_through_old,
    unnest(${bytes(w.playThroughOldFrom)}::int8[]) play_through_old_from,
    unnest(${bytes(w.hour)}::int8[]) as hour,
    unnest(${bytes(w.hourWagered)}::int8[]) wagered, unnest(${bytes(w.hourLost)}::int8[]) lost,
    unnest(${bytes(w.hourDeposited)}::int8[]) deposited`;
}

/** What has become of bonuses. */
function grantColumns(g: Batch['grant']) {
  return sql.fragment`
    unnest(${bytes(g.id)}::int8[]) id, unnest(${bytes(g.before)}::int8[]) before,
    unnest(${bytes(g.version)}::int8[]) version, unnest(${bytes(g.wagered)}::int8[]) wagered,
    unnest(${bytes(g.balance)}::int8[]) balance, unnest(${bytes(g.atStake)}::int8[]) at_stake,
    unnest(${bytes(g.endedAt)}::int8[]) ended_at, unnest(${bytes(g.status)}::int2[]) status`;
}

/** Rare next to bets: a statement each. */
function insertGrant(shard: number, grant: Batch['newGrantRows'][number]) {
  const { id, wallet, amount, requirement, wagered, balance, atStake, expiresAt, maxStake, endedAt, version } = grant;
  const games = sql.array([...grant.contributions.keys()], 'text');
  const contributions = sql.array([...grant.contributions.values()], 'int4');
  return sql.prepared('wallet_insert_grant', z.strictObject({}))`
    insert into bonus_grant (id, wallet, amount, requirement, wagered, balance, at_stake, expires_at, max_stake,
                             ended_at, version, shard, status, games, contributions)
    values (${id}, ${wallet}, ${amount}, ${requirement}, ${wagered}, ${balance}, ${atStake}, ${expiresAt}, ${maxStake},
            ${endedAt}, ${version}, ${shard}::int2, ${GRANT_STATUS[grant.status]}::int2, ${games}, ${contributions})`;
}

/** Rare: somebody undoes, or is refused, across the turn of an hour. It may be one in which nothing was counted. */
function takeOut({ wallet, hour, wagered, lost, deposited }: Batch['takenOut']) {
  return sql.prepared('wallet_take_out', z.strictObject({}))`
    insert into limit_hour (wallet, hour, wagered, lost, deposited)
    select unnest(${bytes(wallet)}::int8[]), unnest(${bytes(hour)}::int8[]), unnest(${bytes(wagered)}::int8[]),
           unnest(${bytes(lost)}::int8[]), unnest(${bytes(deposited)}::int8[])
    on conflict (wallet, hour) do update
       set wagered = limit_hour.wagered + excluded.wagered, lost = limit_hour.lost + excluded.lost,
           deposited = limit_hour.deposited + excluded.deposited`;
}

function upsertLimit({ wallet, kind, days, amount, nextAmount, nextFrom }: Batch['limits'][number]) {
  return sql.prepared('wallet_upsert_limit', z.strictObject({}))`
    insert into player_limit (wallet, kind, days, amount, next_amount, next_from)
    values (${wallet}, ${kind}, ${days}::int2, ${amount}, ${nextAmount}, ${nextFrom})
    on conflict (wallet, kind, days) do update
       set amount = excluded.amount, next_amount = excluded.next_amount, next_from = excluded.next_from`;
}

function upsertPoolTotals({ book, selection, stake, liability, lines }: Batch['poolTotal']) {
  return sql.prepared('wallet_upsert_pool_totals', z.strictObject({}))`
    insert into pool_total (book, selection, stake, liability, lines)
    select unnest(${bytes(book)}::int8[]), unnest(${bytes(selection)}::int2[]), unnest(${bytes(stake)}::int8[]),
           unnest(${bytes(liability)}::int8[]), unnest(${bytes(lines)}::int8[])
    on conflict (book, selection) do update
       set stake = excluded.stake, liability = excluded.liability, lines = excluded.lines`;
}

function upsertPoolPlayers({ book, wallet, stake, lines, played, closed }: Batch['poolPlayer'], batch: number) {
  return sql.prepared('wallet_upsert_pool_players', z.strictObject({}))`
    insert into pool_player (book, wallet, stake, lines, played, closed_batch)
    select unnest(${bytes(book)}::int8[]), unnest(${bytes(wallet)}::int8[]), unnest(${bytes(stake)}::int8[]),
           unnest(${bytes(lines)}::int8[]), unnest(${bytes(played)}::int8[]),
           nullif(unnest(${bytes(closed)}::int2[]) * ${batch}::int8, 0)
    on conflict (book, wallet) do update
       set stake = excluded.stake, lines = excluded.lines, played = excluded.played,
           closed_batch = excluded.closed_batch`;
}

function insertOpen(shard: number, { position, book, wallet, stake, hour }: Batch['opened']) {
  return sql.prepared('wallet_insert_open', z.strictObject({}))`
    insert into open_position (position, book, wallet, stake, hour, shard)
    select unnest(${bytes(position)}::int8[]), unnest(${bytes(book)}::int8[]), unnest(${bytes(wallet)}::int8[]),
           unnest(${bytes(stake)}::int8[]), unnest(${bytes(hour)}::int8[]), ${shard}::int2`;
}

async function closeOpen(transaction: Queries, shard: number, positions: readonly number[]): Promise<void> {
  const { rowCount } = await transaction.query(sql.prepared('wallet_close_open', z.strictObject({}))`
    delete from open_position where shard = ${shard}::int2 and position = any(${sql.array([...positions], 'int8')})`);
  if (rowCount !== positions.length) {
    throw new WalletMismatchError(`${positions.length} positions to close, ${rowCount} are open`);
  }
}

/** Books change rarely: a statement each. One that is there already raises 23505, whatever became of it. */
function insertBook(shard: number, book: BookRow) {
  return sql.prepared('wallet_insert_book', z.strictObject({}))`
    insert into book (id, ref, game, currency, shard, epoch, state, "window", cap, player_cap, market_sizes, outcomes,
                      pooled, standing, first_seq, first_batch, last_seq)
    values (${book.id}, ${book.ref}::uuid, ${book.game}, ${book.currency}, ${shard}::int2, ${book.epoch}, ${book.state},
            ${book.window}::int2, ${book.cap}, ${book.playerCap}, ${sql.array([...book.marketSizes], 'int2')},
            ${outcomesText(book)}::int2[], ${book.pooled}, ${book.standing}, ${book.firstSeq}, ${book.firstBatch},
            ${book.lastSeq})`;
}

/** An array of arrays, as PostgreSQL writes it. */
function outcomesText({ outcomes }: BookRow): string {
  return `{${outcomes.map((selections) => `{${selections.join()}}`).join()}}`;
}

function updateBook(shard: number, book: BookRow) {
  return sql.prepared('wallet_update_book', z.object({ id: z.bigint() }))`
    update book
       set epoch = ${book.epoch}, state = ${book.state}, "window" = ${book.window}::int2, last_seq = ${book.lastSeq}
     where id = ${book.id} and shard = ${shard}::int2 and state not in ('settled', 'voided')
    returning id`;
}
