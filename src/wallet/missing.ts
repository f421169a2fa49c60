import type { UserId } from '../ids.ts';
import type { Currency } from '../money.ts';
import type { BookId, Command, PositionId } from './command.ts';
import { BONUS_COST, CASHIER, escrowOf, houseOf } from './decision.ts';
import type { LedgerState } from './state.ts';

/** Wallets that have to be loaded, or opened, before a command can be decided. */
export interface Missing {
  readonly owners: { owner: UserId; currency: Currency }[];
  readonly ids: number[];
  readonly system: { name: string; currency: Currency; overdraft: boolean }[];
  /** Wallets in memory whose hours have to be known, because their players have limits now. */
  readonly hours: number[];
  /** Positions of pools. */
  readonly positions: { readonly book: BookId; readonly ids: readonly PositionId[] }[];
}

const NONE: Missing = { owners: [], ids: [], system: [], hours: [], positions: [] };

/** Null when everything is in memory, which is nearly always. */
export function missingWallets(state: LedgerState, command: Command): Missing | null {
  switch (command.kind) {
    case 'stake': {
      if (command.ruling !== undefined) return null;
      const book = state.books.get(command.book);
      return book === undefined ? null : ofOwner(state, command.origin, book.currency);
    }
    case 'cancel':
      return byId(state, command.book, [command.position]);
    case 'settle':
      return byId(
        state,
        command.book,
        command.closes.map((close) => close.position),
      );
    case 'void':
    case 'cancelLines':
      return byId(state, command.book, command.positions);
    case 'closePool': {
      const ids = command.wallets.filter((id) => !state.wallets.has(id));
      return ids.length === 0 ? null : { ...NONE, ids };
    }
    case 'hold':
    case 'release':
    case 'setLimit':
    case 'exclude':
    case 'countDeposit':
    case 'uncountDeposit':
    case 'endBonus':
      return ofOwner(state, command.owner, command.currency);
    case 'capture':
      return ofOwnerAnd(CASHIER, state, command);
    case 'adjust':
      return ofOwnerAnd(command.from ?? CASHIER, state, command);
    case 'grantBonus':
      return ofOwnerAnd(BONUS_COST, state, command);
    case 'openBook':
      return named(state, command.currency, [
        { name: houseOf(command.game), overdraft: true },
        ...(command.standing === 'margin' ? [] : [{ name: escrowOf(command.game), overdraft: false }]),
      ]);
    case 'request':
    case 'claimBook':
    case 'openWindow':
    case 'closeWindow':
      return null;
    default:
      return command satisfies never;
  }
}

function ofOwner(state: LedgerState, owner: UserId, currency: Currency): Missing | null {
  const wallet = state.ofOwner(owner, currency);
  if (wallet !== undefined) {
    const isKnown = wallet.limits.length === 0 || wallet.knowsHours;
    return isKnown ? null : { ...NONE, hours: [wallet.id] };
  }
  return { ...NONE, owners: [{ owner, currency }] };
}

/** One that may owe, too. */
function ofOwnerAnd(
  name: string,
  state: LedgerState,
  { owner, currency }: { readonly owner: UserId; readonly currency: Currency },
): Missing | null {
  const own = ofOwner(state, owner, currency);
  const system = named(state, currency, [{ name, overdraft: true }]);
  if (own === null || system === null) return own ?? system;
  return { ...own, system: system.system };
}

function named(
  state: LedgerState,
  currency: Currency,
  wanted: readonly { name: string; overdraft: boolean }[],
): Missing | null {
  const absent = wanted.filter(({ name }) => state.named(name, currency) === undefined);
  if (absent.length === 0) return null;
  return { ...NONE, system: absent.map((wallet) => ({ ...wallet, currency })) };
}

/** Positions that are not open need no wallet: their command will be refused. */
function byId(state: LedgerState, bookId: BookId, positions: readonly PositionId[]): Missing | null {
  const book = state.books.get(bookId);
  if (book === undefined) return null;
  const { pool } = book;
  const unknown = pool === null ? [] : positions.filter((id) => !book.positions.has(id) && !pool.gone.has(id));
  if (unknown.length > 0) return { ...NONE, positions: [{ book: bookId, ids: unknown }] };
  const ids = new Set<number>();
  for (const id of positions) {
    const position = book.positions.get(id);
    if (position !== undefined && !state.wallets.has(position.wallet)) ids.add(position.wallet);
  }
  return ids.size === 0 ? null : { ...NONE, ids: [...ids] };
}
