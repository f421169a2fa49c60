import { sql } from 'slonik';
import { z } from 'zod';
import { isDatabaseAway } from '../../db/away.ts';
import type { Queries } from '../../db/pool.ts';
import type { Key, UserId } from '../ids.ts';
import { type Refusal, type RefusalCode, refuse } from '../refusal.ts';
import type { BookId, Command, PositionId } from '../wallet/command.ts';
import { isRecorded } from '../wallet/verdict.ts';
import type { DeskContext } from './context.ts';

/** A player's request as the wallet knows it. */
interface Record {
  readonly origin: UserId;
  readonly key: Key;
  readonly request: string;
}

/**
 * Puts on record under the player's key what the rules say, so that a delayed duplicate does not succeed later. Answers
 * what stands there: this refusal, or what the key has been answered before. INVALID_REQUEST is kept as well: whether
 * a level is possible depends on the price, and whether a leverage is, on the settings.
 */
export async function putOnRecord(
  { wallet, desk }: Pick<DeskContext, 'wallet' | 'desk'>,
  record: Record,
  refusal: Refusal,
  kind: 'stake' | 'request' = 'stake',
): Promise<Refusal> {
  const { code: ruling } = refusal;
  if (ruling !== 'INVALID_REQUEST' && !isRecorded(ruling)) return refusal;
  const command: Command =
    kind === 'stake'
      ? { kind, ...record, book: desk().trades, window: 1, lines: [], ruling }
      : { kind, ...record, ruling };
  const answer = await wallet.execute(command);
  if (!answer.ok) return answer.code === ruling ? refusal : refuse(answer.code as RefusalCode);
  // The key was accepted before, and whoever asks again is answered by its row.
  return refuse('UNKNOWN_OUTCOME');
}

/**
 * Once a request may be in the database, whoever sent it must not be told that nothing was done because the database is
 * away. Throws what was nobody's fault but ours.
 */
export function unknownWhileAway({ log }: Pick<DeskContext, 'log'>, error: unknown): Refusal {
  if (!isDatabaseAway(error)) throw error;
  log.warn({ err: error }, 'the database went away under a request; the sweep goes on');
  return refuse('UNKNOWN_OUTCOME');
}

const Open = z.object({ position: z.bigint().transform((id) => Number(id) as PositionId) });

/** Positions of a book that are open in the ledger, ascending, behind this one. */
export async function openPositions(
  queries: Queries,
  book: BookId,
  after: PositionId | 0,
  limit: number,
): Promise<readonly PositionId[]> {
  const rows = await queries.any(sql.type(Open)`
    select position from open_position
     where shard = 0 and book = ${book}::int8 and position > ${after}::int8
     order by position limit ${limit}`);
  return rows.map(({ position }) => position);
}

/** Which of these positions are open in the ledger. */
export async function stillOpenOf(
  queries: Queries,
  positions: readonly PositionId[],
): Promise<ReadonlySet<PositionId>> {
  const rows = await queries.any(sql.type(Open)`
    select position from open_position where shard = 0 and position = any(${sql.array([...positions], 'int8')})`);
  return new Set(rows.map(({ position }) => position));
}
