import type { Queries } from '../../db/pool.ts';
import type { UserId } from '../ids.ts';
import type { BinaryRow } from './binary-row.ts';
import { newestBinaries } from './binary-store.ts';
import type { Desk } from './desk.ts';
import { OPEN_MAX } from './settings.ts';
import { newestTrades } from './trade-store.ts';
import { type WireBinary, type WireTrade, wireBinary, wireTrade } from './wire-trading.ts';

/** What of one's own is open, newest first. */
export async function ownOpen(
  database: Queries,
  desk: Pick<Desk, 'binaries'>,
  userId: UserId,
): Promise<{ readonly trades: readonly WireTrade[]; readonly binaries: readonly WireBinary[] }> {
  const filter = { userId, isOpen: true };
  const trades = await newestTrades(database, filter, OPEN_MAX);
  const binaries = await newestBinaries(database, filter, OPEN_MAX);
  return { trades: trades.map(wireTrade), binaries: binaries.map((row) => wireBinaryNow(desk, row)) };
}

/** With the price it is held against, which is in its row only once it is over. */
export function wireBinaryNow({ binaries }: Pick<Desk, 'binaries'>, row: BinaryRow): WireBinary {
  return wireBinary({ ...row, entry: row.entry ?? binaries.entryOf(row.terms.tradeId) });
}
