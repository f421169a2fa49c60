import { enabledGames, type Game } from '../games/andar-bahar/store.ts';
import type { TableId } from '../ids.ts';
import type { RoundDeps } from './live-round.ts';
import { Table } from './table.ts';

/** Where tables are shown: made for each when it opens, removed when it has closed. */
export interface Rooms {
  open(tableId: TableId): Promise<void>;
  /** Says goodbye to everybody who is there. */
  close(tableId: TableId): Promise<void>;
}

/** How soon a change made straight in the database is seen. */
const LOOK_EVERY_MS = 2_000;

/**
 * The tables that are open: as many as are enabled in the database. One that appears there is opened, one that is
 * disabled plays its round to the end and is closed; both soon after, or at once by `look`.
 */
export class Tables {
  readonly #deps: RoundDeps;
  readonly #open = new Map<TableId, Table>();
  readonly #closing = new Map<TableId, Promise<void>>();
  #rooms: Rooms | null = null;
  #looking: Promise<void> = Promise.resolve();
  #cancel: () => void = () => undefined;
  #stopped = false;
  /** Why a table could not be opened, so that it is not said every time. */
  readonly #broken = new Map<TableId, string>();

  constructor(deps: RoundDeps) {
    this.#deps = deps;
  }

  /** Those that have a room, those that are about to close among them. */
  get all(): ReadonlyMap<TableId, Table> {
    return this.#open;
  }

  /** Opens every enabled table, and looks again from time to time. */
  async start(rooms: Rooms): Promise<void> {
    this.#rooms = rooms;
    await this.#look();
    this.#lookLater();
  }

  /** Brings what is open in line with the database; what has opened can be joined when this resolves. Never rejects. */
  look(): Promise<void> {
    this.#looking = this.#looking
      .then(() => this.#look())
      .catch((error: unknown) => this.#deps.log.error({ err: error }, 'looking after the tables failed'));
    return this.#looking;
  }

  /** The same for one table that was paused or goes on: its room shows it when this resolves. Never rejects. */
  async refresh(tableId: TableId): Promise<void> {
    await this.#open
      .get(tableId)
      ?.refresh()
      .catch((error: unknown) => this.#deps.log.error({ err: error, tableId }, 'looking after a table failed'));
  }

  /** Tables take no more bets, deal their rounds to the end, settle them, and stop; rooms stay as they are. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    const stopAll = () => Promise.all([...this.#open.values()].map((table) => table.stop()));
    // Those that are open do not wait for a look under way; one that it has just opened is stopped after it.
    await Promise.all([this.#looking, stopAll()]);
    await stopAll();
    await Promise.all(this.#closing.values());
  }

  #lookLater(): void {
    if (this.#stopped) return;
    this.#cancel = this.#deps.clock.after(LOOK_EVERY_MS, () => {
      void this.look().then(() => this.#lookLater());
    });
  }

  async #look(): Promise<void> {
    const rooms = this.#rooms;
    if (rooms === null || this.#stopped) return;
    const games = await enabledGames(this.#deps.database);
    const enabled = new Set(games.map(({ tableId }) => tableId));
    for (const game of games) if (!this.#open.has(game.tableId)) await this.#openTable(rooms, game);
    for (const [tableId, table] of this.#open) {
      if (this.#closing.has(tableId)) continue;
      if (enabled.has(tableId)) await table.refresh();
      else this.#closing.set(tableId, this.#closeTable(rooms, table));
    }
  }

  /** One that cannot be opened keeps no other from it, and is tried again. */
  async #openTable(rooms: Rooms, game: Game): Promise<void> {
    const { tableId } = game;
    const { log } = this.#deps;
    if (this.#stopped) return;
    try {
      this.#open.set(tableId, new Table(this.#deps, game));
      await rooms.open(tableId);
      this.#broken.delete(tableId);
      log.info({ tableId }, 'table open');
    } catch (error) {
      this.#open.delete(tableId);
      if (this.#broken.get(tableId) !== String(error)) log.error({ err: error, tableId }, 'a table cannot be opened');
      this.#broken.set(tableId, String(error));
    }
  }

  async #closeTable(rooms: Rooms, table: Table): Promise<void> {
    const { tableId } = table;
    const { log } = this.#deps;
    try {
      await table.retire();
      if (!this.#stopped) await rooms.close(tableId);
      log.info({ tableId }, 'table closed');
    } catch (error) {
      log.error({ err: error, tableId }, 'a table did not close well');
    } finally {
      this.#open.delete(tableId);
      this.#closing.delete(tableId);
      // It may have been enabled again meanwhile.
      void this.look();
    }
  }
}
