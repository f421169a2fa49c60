import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import type { UserId } from '../../src/ids.ts';
import { minor } from '../../src/money.ts';
import type { StakeOrder } from '../../src/wallet/bonus.ts';
import { type Answer, type Command, type Custody, type OpenBook, SYSTEM } from '../../src/wallet/command.ts';
import { POOL_WINDOW } from '../../src/wallet/pool.ts';
import type { TestWallet } from './fixture.ts';
import {
  cancel,
  cancelLines,
  claim,
  closePool,
  countDeposit,
  credit,
  deposit,
  endBonus,
  endHold,
  exclude,
  FAR_FUTURE,
  newUser,
  openBook,
  openWallet,
  setLimit,
  settle,
  stake,
  uncountDeposit,
  voidBook,
  window,
} from './fixture.ts';
import type { Burst, Intent } from './intent.ts';
import { bonusFor, contentOf, endsOf, holdFor, keyOf, linesFor, mayFinish, OUTCOMES } from './story-parts.ts';

/** A command every time it was sent, with what came of it. */
export interface Sent {
  readonly command: Command;
  readonly burst: number;
  readonly wallet: TestWallet;
  outcome: Answer | Error | null;
}

interface KnownBook {
  readonly id: number;
  readonly epoch: number;
  readonly window: number;
  readonly isOpen: boolean;
  readonly pooled: boolean;
  readonly standing: Custody | null;
  readonly positions: Map<number, { readonly wallet: number; readonly owner: UserId; readonly stake: number }>;
}

const FRESH_BOOK = { epoch: 1, isOpen: true, standing: null };
const APPLICATION = 'story';
const OPTIONS = { batchMax: 25, mailboxMax: 60, mailboxMaxPerOrigin: 40, remembered: 1, walletsMax: 6 };

/** Lives through a script, and looks at the books between one burst and the next. */
export class Story {
  readonly sent: Sent[] = [];
  readonly players: readonly UserId[] = Array.from({ length: 4 }, newUser);
  readonly game = `story${randomUUID()}`;
  readonly stakeOrder: StakeOrder;
  readonly #url: string;
  readonly #admin: Client;
  #books: KnownBook[] = [];
  #holds: readonly { readonly id: number; readonly owner: UserId }[] = [];
  #grants: readonly { readonly id: number; readonly owner: UserId }[] = [];
  #nextBook: number;
  readonly #wallets: TestWallet[] = [];
  #owner = 0;

  constructor(url: string, admin: Client, firstBook: number) {
    this.#url = `${url}?application_name=${APPLICATION}`;
    this.#admin = admin;
    this.#nextBook = firstBook;
    this.stakeOrder = firstBook % 2_000 === 0 ? 'real-first' : 'bonus-first';
  }

  async begin(): Promise<void> {
    const wallet = await this.#open();
    const credits = this.players.flatMap((player) => [credit(player, 300), credit(player, 30, 'bonus')]);
    await Promise.all(credits.map((command) => this.#send(wallet, command, 0)));
  }

  async live(burst: Burst, number: number): Promise<void> {
    let current = this.#current();
    if (current.actor.stats.phase === 'stopped') current = await this.#open();
    await this.#learn();
    await Promise.all([this.#learnHolds(), this.#learnGrants()]);
    const waiting: Promise<unknown>[] = this.#openBooks().map((command) => this.#send(current, command, number));
    const [early, late] = [false, true].map((isLate) => burst.intents.filter((intent) => intent.isLate === isLate));
    waiting.push(...this.#sendAll([current], early ?? [], number));
    if (burst.fault !== 'none') {
      await sleep(burst.afterMs);
      const wallets = this.#suffer(burst.fault, current);
      if (burst.fault === 'restart') waiting.push(wallets);
      else waiting.push(...this.#sendAll([current], (late ?? []).slice(0, 3), number));
      current = (await wallets) ?? current;
    }
    const both = burst.fault === 'takeover' ? this.#wallets.slice(-2) : [current];
    waiting.push(...this.#sendAll(both, late ?? [], number));
    await Promise.all(waiting);
  }

  async end(): Promise<void> {
    await Promise.all(this.#wallets.map((wallet) => wallet.end()));
  }

  #current(): TestWallet {
    const wallet = this.#wallets.at(-1);
    if (wallet === undefined) throw new Error('the story has not begun');
    return wallet;
  }

  /** The last one opened is the owner; who was it before may not come back. */
  async #open(): Promise<TestWallet> {
    const owner = ++this.#owner;
    const stillOwner = () => Promise.resolve(owner === this.#owner);
    const wallet = await openWallet(this.#url, { ...OPTIONS, stillOwner, stakeOrder: this.stakeOrder });
    this.#wallets.push(wallet);
    return wallet;
  }

  async #suffer(fault: Burst['fault'], current: TestWallet): Promise<TestWallet | undefined> {
    if (fault === 'terminate' || fault === 'crash') {
      await this.#admin.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
          where application_name = $1 and datname = current_database()`,
        [APPLICATION],
      );
    }
    if (fault === 'restart') await current.actor.close();
    return fault === 'terminate' ? undefined : this.#open();
  }

  #sendAll(wallets: readonly TestWallet[], intents: readonly Intent[], burst: number): Promise<unknown>[] {
    return intents.flatMap((intent) => {
      const command = this.#commandFor(intent);
      return command === null ? [] : wallets.map((wallet) => this.#send(wallet, command, burst));
    });
  }

  async #send(wallet: TestWallet, wish: Command, burst: number): Promise<void> {
    const command = { ...wish, request: contentOf(wish) };
    const sent: Sent = { command, burst, wallet, outcome: null };
    this.sent.push(sent);
    sent.outcome = await wallet.actor.execute(command).catch((error: Error) => error);
  }

  #openBooks(): Command[] {
    const openings: Command[] = [];
    while (this.#books.length < 3) {
      const id = this.#nextBook++;
      const pooled = id % 5 === 0;
      const standing = id % 5 === 2 ? 'stake' : 'margin';
      const kind = id % 5 === 2 || id % 5 === 4 ? { pooled, standing } : { pooled };
      this.#books.push({
        ...FRESH_BOOK,
        id,
        window: pooled ? POOL_WINDOW : 1,
        positions: new Map(),
        ...kind,
      } as KnownBook);
      // Every other book has a cap on what one player may have at stake.
      const playerCap = id % 2 === 0 ? minor(150) : null;
      const more = { game: this.game, playerCap, marketSizes: [0, 2], outcomes: OUTCOMES, ...kind };
      openings.push({ ...(openBook(id, minor(400)) as OpenBook), ...more } as OpenBook);
    }
    return openings;
  }

  /** What anybody could look up: where the books stand, and what is at stake on them. */
  async #learn(): Promise<void> {
    const books = await this.#admin.query<KnownBook & { state: string }>(
      'select id::int, epoch::int, "window", pooled, standing, state from book where id = any($1) order by id',
      [this.#books.map(({ id }) => id)],
    );
    this.#books = books.rows.flatMap(({ state, ...book }) => {
      if (state === 'settled' || state === 'voided') return [];
      return [{ ...book, isOpen: state === 'open', positions: new Map() }];
    });
    for (const { id, positions } of this.#books) {
      const { rows } = await this.#admin.query<{ id: number; wallet: number; owner: UserId; stake: number }>(
        `select p.id::int, p.wallet::int, w.owner, p.stake::int from position p join wallet w on w.id = p.wallet
          where p.book = $1 and p.outcome is null order by p.id`,
        [id],
      );
      for (const { id: position, ...bet } of rows) positions.set(position, bet);
    }
  }

  async #learnHolds(): Promise<void> {
    const { rows } = await this.#admin.query<{ id: number; owner: UserId }>(
      `select h.id::int, w.owner from hold h join wallet w on w.id = h.wallet
        where h.status = 'open' and w.owner = any($1) order by h.id`,
      [this.players],
    );
    this.#holds = rows;
  }

  async #learnGrants(): Promise<void> {
    const { rows } = await this.#admin.query<{ id: number; owner: UserId }>(
      `select g.id::int, w.owner from bonus_grant g join wallet w on w.id = g.wallet
        where g.status = 0 and w.owner = any($1) order by g.id`,
      [this.players],
    );
    this.#grants = rows;
  }

  #commandFor(intent: Intent): Command | null {
    const made = this.#make(intent);
    const isOfOld = intent.what === 'again' || intent.what === 'reuse' || intent.what === 'steal';
    return made === null || isOfOld ? made : { ...made, key: keyOf(intent) };
  }

  #make(intent: Intent): Command | null {
    const { what, player: who, book: which, amount, lines, pick, luck } = intent;
    const player = this.players[who % this.players.length];
    const book = this.#books[which % this.#books.length];
    if (player === undefined || book === undefined) return null;
    const epoch = luck === 0 ? book.epoch - 1 : book.epoch;
    const [position, bet] = [...book.positions][pick % Math.max(1, book.positions.size)] ?? [1, null];
    const chosen = [...book.positions].slice(0, 1 + (pick % 8));
    const isAll = chosen.length === book.positions.size;
    const old = this.sent[pick % Math.max(1, this.sent.length)]?.command;
    switch (what) {
      case 'credit':
        if (luck < 3) return deposit(player, Math.abs(amount) + 1, pick % 200);
        return credit(player, amount === 0 ? 1 : amount);
      case 'bonus':
        return bonusFor(player, this.game, intent);
      case 'endBonus': {
        const given = this.#grants[pick % Math.max(1, this.#grants.length)] ?? { id: 1, owner: player };
        const how = (['expired', 'cancelled', 'declined'] as const)[luck % 3] ?? 'expired';
        return endBonus(luck === 0 ? player : given.owner, given.id, how);
      }
      case 'hold':
        return holdFor(player, intent);
      case 'capture':
      case 'release': {
        const held = this.#holds[pick % Math.max(1, this.#holds.length)] ?? { id: 1, owner: player };
        return endHold(what, luck === 0 ? player : held.owner, held.id);
      }
      case 'limit': {
        const kinds = ['deposit', 'loss', 'wager'] as const;
        const days = [1, 7, 30] as const;
        const wanted = luck === 0 ? null : minor(Math.abs(amount) * 8);
        return setLimit(player, kinds[pick % 3] ?? 'loss', days[luck % 3] ?? 1, wanted);
      }
      case 'exclude':
        return exclude(player, luck === 3 && pick < 60 ? FAR_FUTURE : pick);
      case 'deposit':
        return luck < 3
          ? uncountDeposit(player, Math.abs(amount) + 1, Date.now())
          : countDeposit(player, Math.abs(amount) + 1);
      case 'stake': {
        const priced = lines.map(({ selection, amount: stakes, pays }) => {
          return { selection, amount: minor(stakes), liability: minor(stakes * pays) };
        });
        if (book.pooled) return linesFor(player, book.id, intent);
        const ruling = luck === 0 ? { ruling: 'BELOW_MINIMUM' as const } : {};
        return stake(player, book.id, 0, { lines: priced, window: luck === 1 ? 7 : book.window, ...ruling });
      }
      case 'cancel':
        if (book.pooled && luck > 2) {
          const some = chosen.slice(0, 3).map(([id]) => id);
          return cancelLines(book.id, some, epoch);
        }
        return cancel(luck === 0 || bet === null ? player : bet.owner, book.id, position);
      case 'window':
        if (book.isOpen) return window('closeWindow', book.id, book.window, epoch);
        return window('openWindow', book.id, book.window + 1, epoch);
      case 'claim':
        return claim(book.id);
      case 'settle':
        if (book.pooled && luck > 4)
          return closePool(book.id, [...new Set(chosen.map(([, { wallet }]) => wallet))], isAll, epoch);
        return settle(book.id, endsOf(chosen, pick, book.standing), isAll && mayFinish(book), epoch);
      case 'void':
        return voidBook(book.id, [...new Map(chosen).keys()], isAll, epoch);
      case 'again':
        return old ?? null;
      case 'reuse':
        return old === undefined ? null : this.#reused(old);
      case 'steal':
        return old?.kind === 'stake' ? { ...old, origin: player } : null;
      default:
        return what satisfies never;
    }
  }

  /** Another request under the key of an earlier one. */
  #reused(old: Command): Command | null {
    if (old.kind === 'stake') return stake(old.origin, old.book, 3, { key: old.key });
    return old.origin === SYSTEM ? { ...credit(this.players[0] ?? newUser(), 9), key: old.key } : null;
  }
}
