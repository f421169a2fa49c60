import { sql } from 'slonik';
import { z } from 'zod';
import type { Database, Queries } from '../../db/pool.ts';
import { insertCandles, type MinuteCandle } from './candle-store.ts';
import { recordOpened, recordRevealed } from './day-store.ts';
import type { Tick } from './feed.ts';
import type { PublishedDay, RevealedDay } from './simulated-day.ts';
import { insertTicks } from './tick-store.ts';

/** Who writes the log, and how many batches it has. */
export interface LogPlace {
  readonly epoch: bigint;
  readonly batch: bigint;
}

/** What becomes durable together. */
export interface Batch {
  readonly ticks: readonly Tick[];
  /** Those that the ticks complete. */
  readonly candles: readonly MinuteCandle[];
  readonly opened: readonly { readonly day: PublishedDay; readonly at: Date }[];
  readonly ended: readonly RevealedDay[];
}

/** Somebody else writes the log now: nothing may follow from here. */
export class OverruledError extends Error {
  override readonly name = 'OverruledError';
}

const Place = z.object({ epoch: z.bigint(), batch: z.bigint() });

/** From now on the log is this process's: whoever wrote it before is refused. Waits for a write still under way. */
export function takeLog(database: Database): Promise<LogPlace> {
  return database.one(sql.type(Place)`update market_log set epoch = epoch + 1 returning epoch, batch`);
}

/**
 * Appends a batch, whole or not at all: number `batch` of this epoch. Asked again after an answer was lost it does
 * nothing where the batch is there. Throws OverruledError where the log is not this writer's any more.
 */
export function appendBatch(database: Database, { epoch, batch }: LogPlace, written: Batch): Promise<void> {
  return database.transaction(async (tx) => {
    const { rowCount } = await tx.query(sql.type(z.strictObject({}))`
      update market_log set batch = ${batch} where epoch = ${epoch} and batch = ${batch - 1n}`);
    if (rowCount === 0) return assertThere(tx, { epoch, batch });
    for (const { day, at } of written.opened) await recordOpened(tx, day, at);
    if (written.ticks.length > 0) await insertTicks(tx, written.ticks);
    await insertCandles(tx, written.candles);
    for (const day of written.ended) await recordRevealed(tx, day);
  });
}

async function assertThere(tx: Queries, { epoch, batch }: LogPlace): Promise<void> {
  const place = await tx.one(sql.type(Place)`select epoch, batch from market_log`);
  if (place.epoch === epoch && place.batch === batch) return;
  throw new OverruledError(`the log of prices is at ${place.epoch}/${place.batch}, this writer at ${epoch}/${batch}`);
}
