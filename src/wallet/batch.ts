import { GRANT_STATUS, type Grant } from './bonus.ts';
import { Column, type ColumnType } from './columns.ts';
import type { PlayerLimit } from './limits.ts';
import type { PoolPlayer } from './pool.ts';
import type { Book, BookRow, Wallet } from './state.ts';

/**
 * The columns of one batch's rows, table by table. The order within a table is the order of the bytes in the hash chain
 * and of the parameters in store.ts.
 */
const COMMAND = {
  hash: 'int8',
  seq: 'int8',
  version: 'int8',
  real: 'int8',
  bonus: 'int8',
  held: 'int8',
  key: 'uuid',
  origin: 'uuid',
  moves: 'int2',
  verdict: 'int2',
  ord: 'int2',
} as const;

const TRANSFER = {
  seq: 'int8',
  debit: 'int8',
  credit: 'int8',
  amount: 'int8',
  position: 'int8',
  book: 'int8',
  liability: 'int8',
  debitBucket: 'int2',
  creditBucket: 'int2',
  reason: 'int2',
  selection: 'int2',
  window: 'int2',
} as const;

/** Which transfer of the same wallets came before: follows from the rows, so the chain does not cover it. */
const PREVIOUS = { debit: 'int8', credit: 'int8' } as const;

/** The bonus whose money a transfer moves; 0: none. */
const GRANT_OF = 'int8';

/** What has become of bonuses. */
const GRANT = {
  id: 'int8',
  before: 'int8',
  version: 'int8',
  wagered: 'int8',
  balance: 'int8',
  atStake: 'int8',
  endedAt: 'int8',
  status: 'int2',
} as const;

/** Hours that are over: what was done on a wallet in each. */
const HOURS = { wallet: 'int8', hour: 'int8', wagered: 'int8', lost: 'int8', deposited: 'int8' } as const;

/** Positions that are opened on standing books. */
const OPENED = { position: 'int8', book: 'int8', wallet: 'int8', stake: 'int8', hour: 'int8' } as const;

/** What a pool has on a selection, and what a player has in a pool. */
const POOL_TOTAL = { book: 'int8', selection: 'int2', stake: 'int8', liability: 'int8', lines: 'int8' } as const;
const POOL_PLAYER = {
  book: 'int8',
  wallet: 'int8',
  stake: 'int8',
  lines: 'int8',
  played: 'int8',
  closed: 'int2',
} as const;

const CLOSING = { position: 'int8', payout: 'int8', ord: 'int2', outcome: 'int2' } as const;

const WALLET = {
  id: 'int8',
  version: 'int8',
  real: 'int8',
  bonus: 'int8',
  held: 'int8',
  deltaVersion: 'int8',
  deltaReal: 'int8',
  deltaBonus: 'int8',
  deltaHeld: 'int8',
  deltaTurnover: 'int8',
  deltaRealLosses: 'int8',
  deltaBonusLosses: 'int8',
  deltaNetLoss: 'int8',
  deltaXp: 'int8',
  deltaBets: 'int8',
  lastSeq: 'int8',
  excludedUntil: 'int8',
  playThrough: 'int8',
  playThroughFrom: 'int8',
  playThroughOld: 'int8',
  playThroughOldFrom: 'int8',
  hour: 'int8',
  hourWagered: 'int8',
  hourLost: 'int8',
  hourDeposited: 'int8',
} as const;

/** Selections, and players by their wallets, with whether they are done. */
export interface PoolChanges {
  readonly selections: Set<number>;
  readonly players: Map<number, { readonly player: PoolPlayer; readonly isClosed: boolean }>;
}

type Columns<Definition extends Record<string, ColumnType>> = { readonly [name in keyof Definition]: Column };

export type CommandColumns = Columns<typeof COMMAND>;
export type TransferColumns = Columns<typeof TRANSFER>;
export type ClosingColumns = Columns<typeof CLOSING>;
export type WalletColumns = Columns<typeof WALLET>;
/** A new bonus as the batch that gives it leaves it. */
export type NewGrantRow = Readonly<Omit<Grant, 'before'>>;

function columns<Definition extends Record<string, ColumnType>>(definition: Definition): Columns<Definition> {
  const made = Object.entries(definition).map(([name, type]) => [name, new Column(type)] as const);
  return Object.fromEntries(made) as Columns<Definition>;
}

/** Everything one transaction writes. Two of them take turns: one is on its way, the other under construction. */
export class Batch {
  readonly command: CommandColumns = columns(COMMAND);
  readonly transfer: TransferColumns = columns(TRANSFER);
  readonly previous: Columns<typeof PREVIOUS> = columns(PREVIOUS);
  readonly hours: Columns<typeof HOURS> = columns(HOURS);
  /** What is taken out of hours that were over before. */
  readonly takenOut: Columns<typeof HOURS> = columns(HOURS);
  /** By transfer. In the hash chain only where a batch has one: older batches were made without it. */
  readonly grantOf: Column = new Column(GRANT_OF);
  movesBonuses = false;
  readonly grant: Columns<typeof GRANT> = columns(GRANT);
  readonly poolTotal: Columns<typeof POOL_TOTAL> = columns(POOL_TOTAL);
  readonly poolPlayer: Columns<typeof POOL_PLAYER> = columns(POOL_PLAYER);
  /** What this batch changes of pools. */
  readonly pools = new Map<Book, PoolChanges>();
  readonly closing: ClosingColumns = columns(CLOSING);
  /** Positions that this batch opens on standing books, and those that it closes. */
  readonly opened: Columns<typeof OPENED> = columns(OPENED);
  readonly ended: number[] = [];
  readonly wallet: WalletColumns = columns(WALLET);
  /** Wallets with a snapshot in this batch. */
  readonly touched: Wallet[] = [];
  /** Bonuses that were there before and change in this batch. */
  readonly grants: Grant[] = [];
  /** Bonuses that this batch gives. */
  readonly newGrants = new Set<Grant>();
  readonly newGrantRows: NewGrantRow[] = [];
  /** Limits that players have set or changed, in order. */
  readonly limits: (PlayerLimit & { readonly wallet: number })[] = [];
  /** Books that this batch opens or changes. */
  readonly books = new Set<Book>();
  /** Their rows as this batch leaves them: while it is on its way, the next one changes the books further. */
  readonly bookRows: BookRow[] = [];

  clear(): void {
    const { command, transfer, previous, hours, takenOut, closing, grant, wallet } = this;
    const { poolTotal, poolPlayer, opened } = this;
    const own = [command, transfer, previous, hours, takenOut, closing, grant, wallet];
    for (const table of [...own, poolTotal, poolPlayer, opened]) {
      for (const column of Object.values(table)) column.clear();
    }
    this.grantOf.clear();
    this.movesBonuses = false;
    this.touched.length = 0;
    this.grants.length = 0;
    this.newGrants.clear();
    this.newGrantRows.length = 0;
    this.limits.length = 0;
    this.ended.length = 0;
    this.pools.clear();
    this.books.clear();
    this.bookRows.length = 0;
  }

  /** What the chain's hash runs over: command, transfer and closing columns, in this order, then bonuses, if any. */
  chained(): Buffer[] {
    const rows = [this.command, this.transfer, this.closing].flatMap((table) =>
      Object.values(table).map((column) => column.encoded()),
    );
    return this.movesBonuses ? [...rows, this.grantOf.encoded()] : rows;
  }

  /** Nothing is added from here on: takes down what has become of the wallets and the books. */
  seal(): void {
    this.#sealWallets();
    this.#sealGrants();
    for (const [book, changed] of this.pools) this.#sealPool(book, changed);
    for (const { positions, exposure, staked, counted, pool, ...row } of this.books) this.bookRows.push(row);
  }

  #sealPool({ id, pool, exposure }: Book, { selections, players }: PoolChanges): void {
    const { poolTotal: total, poolPlayer: row } = this;
    for (const selection of selections) {
      const { stake = 0n, lines = 0 } = pool?.totals.get(selection) ?? {};
      total.book.integer(id);
      total.selection.small(selection);
      total.stake.bigint(stake);
      total.liability.bigint(exposure.liabilityOn(selection));
      total.lines.integer(lines);
    }
    for (const { player, isClosed } of players.values()) {
      row.book.integer(id);
      row.wallet.integer(player.wallet);
      row.stake.bigint(player.stake);
      row.lines.integer(player.lines);
      row.played.bigint(player.played);
      row.closed.small(isClosed ? 1 : 0);
    }
  }

  #sealGrants(): void {
    const to = this.grant;
    for (const grant of this.grants) {
      if (grant.before === null) throw new Error(`bonus ${grant.id} is marked as touched but has no version before`);
      to.id.integer(grant.id);
      to.before.integer(grant.before);
      to.version.integer(grant.version);
      to.wagered.bigint(grant.wagered);
      to.balance.bigint(grant.balance);
      to.atStake.bigint(grant.atStake);
      to.endedAt.integer(grant.endedAt);
      to.status.small(GRANT_STATUS[grant.status]);
      grant.before = null;
    }
    for (const { before, ...row } of this.newGrants) this.newGrantRows.push(row);
  }

  /** Fills the wallet columns from the touched wallets: what they were, and by how much they changed. */
  #sealWallets(): void {
    const to = this.wallet;
    for (const wallet of this.touched) {
      const { before } = wallet;
      if (before === null) throw new Error(`wallet ${wallet.id} is marked as touched but has no snapshot`);
      to.id.integer(wallet.id);
      to.version.integer(before.version);
      to.real.bigint(before.real);
      to.bonus.bigint(before.bonus);
      to.held.bigint(before.held);
      to.deltaVersion.integer(wallet.version - before.version);
      to.deltaReal.bigint(wallet.real - before.real);
      to.deltaBonus.bigint(wallet.bonus - before.bonus);
      to.deltaHeld.bigint(wallet.held - before.held);
      to.deltaTurnover.bigint(wallet.turnover - before.turnover);
      to.deltaRealLosses.bigint(wallet.realLosses - before.realLosses);
      to.deltaBonusLosses.bigint(wallet.bonusLosses - before.bonusLosses);
      to.deltaNetLoss.bigint(wallet.netLoss - before.netLoss);
      to.deltaXp.bigint(wallet.xp - before.xp);
      to.deltaBets.integer(wallet.bets - before.bets);
      to.lastSeq.integer(wallet.lastSeq);
      to.excludedUntil.integer(wallet.excludedUntil);
      to.playThrough.bigint(wallet.playThrough);
      to.playThroughFrom.integer(wallet.playThroughFrom);
      to.playThroughOld.bigint(wallet.playThroughOld);
      to.playThroughOldFrom.integer(wallet.playThroughOldFrom);
      to.hour.integer(wallet.hour);
      to.hourWagered.bigint(wallet.current.wagered);
      to.hourLost.bigint(wallet.current.lost);
      to.hourDeposited.bigint(wallet.current.deposited);
      wallet.before = null;
      for (const [hour, { wagered, lost, deposited }] of wallet.takenOut) {
        this.takenOut.wallet.integer(wallet.id);
        this.takenOut.hour.integer(hour);
        this.takenOut.wagered.bigint(wagered);
        this.takenOut.lost.bigint(lost);
        this.takenOut.deposited.bigint(deposited);
      }
      wallet.takenOut.clear();
    }
  }
}
