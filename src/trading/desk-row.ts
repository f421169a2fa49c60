import type { Currency } from '../money.ts';
import type { BookId } from '../wallet/command.ts';
import type { DeskSettings } from './settings.ts';

/** Also the id of its room: `desk-main`. */
export type DeskId = string & { readonly __id: 'desk' };

/** The desk there is. */
export const DESK_MAIN = 'desk-main' as DeskId;

export interface DeskRow {
  readonly id: DeskId;
  readonly currency: Currency;
  readonly settings: DeskSettings;
  /** Its two books in the ledger, and what these call it. */
  readonly trades: BookId;
  readonly binaries: BookId;
  readonly tradesRef: string;
  readonly binariesRef: string;
  /** Null until the ledger has both. */
  readonly openedAt: Date | null;
  readonly pauseReason: string | null;
  /** Every tick up to this time, epoch milliseconds, has ended what it ends, and that is durable. */
  readonly markedAt: number;
}

/** What the ledger calls them: a house each, and an escrow for the stakes of binaries. */
export const TRADING = 'trading';
export const BINARY = 'binary';

/** In the audit log. */
export function targetOfDesk(id: DeskId): string {
  return `desk:${id}`;
}
