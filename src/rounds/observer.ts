import type { TableId } from '../ids.ts';

/** How a round can end. */
export type RoundEnd = 'settled' | 'abandoned' | 'voided';

/**
 * Looks on while rounds are played, to count. Lags are milliseconds since the last moment of the round that had to be
 * waited for: the end of its last betting window and the pauses of the dealing after it.
 */
export interface RoundObserver {
  /** Every player who is here has heard `game_complete`. */
  told(tableId: TableId, lagMs: number): void;
  /** The books of the round are finished. */
  settled(tableId: TableId, lagMs: number): void;
  ended(tableId: TableId, end: RoundEnd): void;
}
