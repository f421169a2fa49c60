import { make } from './dom.js';
import { call } from './http.js';
import { calmly } from './pace.js';
import { Table } from './table.js';

const EVERY_MS = 15_000;

/** The tables on the page, kept as the server has them: one that appears is shown, one that is gone is taken away. */
export class Lobby {
  #main;
  #jump;
  #waiting;
  #page;
  #tables = new Map();
  #looking;

  /**
   * `jump` is the list of links to the tables, `waiting` says why there is no table where there is none. `page` is what
   * every table is given.
   */
  constructor({ main, jump, waiting }, page) {
    this.#main = main;
    this.#jump = jump;
    this.#waiting = waiting;
    this.#page = { ...page, tableIsAway: () => this.#look() };
  }

  nameOf(tableId) {
    return this.#tables.get(tableId)?.name ?? tableId;
  }

  /** Shows the tables that there are, and from now on looks again now and then. Throws when nobody answers. */
  async start() {
    this.#show(await readTables());
    setInterval(() => this.#look(), EVERY_MS);
  }

  /** Everybody sits down anew, as whoever is logged in now. */
  reopen() {
    for (const table of this.#tables.values()) void table.open();
  }

  tick() {
    for (const table of this.#tables.values()) table.tick();
  }

  /** Several tables may lose their room at the same moment; one question serves them all. */
  #look() {
    this.#looking ??= calmly(readTables)
      .then((tables) => this.#show(tables))
      .catch(() => undefined)
      .finally(() => {
        this.#looking = undefined;
      });
  }

  #show(items) {
    const listed = new Set(items.map(({ tableId }) => tableId));
    // A table that is about to close is no longer listed, but plays its last round to the end for who sits there.
    for (const [tableId, table] of this.#tables) {
      if (!listed.has(tableId) && !table.isConnected) this.#remove(tableId, table);
    }
    // From the last to the first, so that a new one finds its place before one that is there.
    let next = null;
    for (const info of items.toReversed()) {
      const known = this.#tables.get(info.tableId);
      known?.rename(info.name);
      next = known?.element ?? this.#add(info, next);
    }
    this.#showLinks(items);
    this.#waiting.hidden = items.length > 0;
    this.#waiting.textContent = 'There is no table at the moment.';
  }

  #showLinks(items) {
    const wanted = items.map(({ tableId, name }) => `${tableId} ${name}`).join();
    // Links that are right stay, with the focus that may be on one of them.
    if (this.#jump.dataset.shown === wanted) return;
    this.#jump.dataset.shown = wanted;
    this.#jump.replaceChildren(...items.map((info) => this.#linkTo(info)));
  }

  #linkTo({ tableId, name }) {
    const link = make('a', '', name);
    link.href = `#${this.#tables.get(tableId).element.id}`;
    return make('li', '', link);
  }

  #add(info, next) {
    const table = new Table(info, this.#page);
    this.#tables.set(info.tableId, table);
    this.#main.insertBefore(table.element, next);
    void table.open();
    return table.element;
  }

  #remove(tableId, table) {
    this.#tables.delete(tableId);
    if (table.hasFocus) this.#main.focus({ preventScroll: true });
    table.close();
    table.element.remove();
    this.#page.announce(`${table.name} has closed.`);
  }
}

async function readTables() {
  return (await call('GET', '/tables')).items;
}
