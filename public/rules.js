import { isRed } from './cards.js';
import { call } from './http.js';
import { calmly } from './pace.js';

/** By pay table: its name means the same rules for good, at every table. */
const known = new Map();

/** The rules of this pay table, as the server publishes them with a table that is played under it. */
export function readRules(payTable, tableId) {
  if (!known.has(payTable)) known.set(payTable, ask(payTable, tableId).catch((error) => forget(payTable, error)));
  return known.get(payTable);
}

async function ask(payTable, tableId) {
  const table = await calmly(() => call('GET', `/tables/${encodeURIComponent(tableId)}`));
  if (table.payTable !== payTable) throw new Error(`the table is played under ${table.payTable} by now`);
  return new Rules(table);
}

function forget(payTable, error) {
  known.delete(payTable);
  throw error;
}

/**
 * Which bets a table takes in which of its windows, and what they pay and return. `table` is the server's description;
 * the short one of the list has no `windows`, but the returns name every bet.
 */
export class Rules {
  constructor(table) {
    this.table = table;
    this.windows = windowsOf(table).filter(({ bets }) => bets.length > 0);
  }

  /** Every bet that is taken in any window, each once. */
  get betSides() {
    return [...new Set(this.windows.flatMap(({ bets }) => bets.map(({ betSide }) => betSide)))];
  }

  /** Whether this window closes before the joker is turned. */
  isBeforeJoker(bettingWindow) {
    return this.windows.some((window) => window.bettingWindow === bettingWindow && window.opensBeforeStep === 0);
  }

  /** Who gets the first card, where the joker decides that and is known; empty anywhere else. */
  firstUnder(jokerCard) {
    if (this.table.firstSide !== 'joker-colour' || jokerCard === '') return '';
    return isRed(jokerCard) ? 'bahar' : 'andar';
  }

  takes(betSide, bettingWindow) {
    return this.windowsFor(betSide).includes(bettingWindow);
  }

  /** The windows of a round in which this bet is taken: `[1, 2]`. */
  windowsFor(betSide) {
    const taking = this.windows.filter(({ bets }) => bets.some((bet) => bet.betSide === betSide));
    return taking.map(({ bettingWindow }) => bettingWindow);
  }

  /** What one bet can pay in this window, or in the first that takes it. */
  paysFor(betSide, bettingWindow) {
    const window = this.takes(betSide, bettingWindow) ? bettingWindow : this.windowsFor(betSide)[0];
    const bets = this.windows.find((each) => each.bettingWindow === window)?.bets ?? [];
    return bets.find((bet) => bet.betSide === betSide)?.pays ?? [];
  }
}

function windowsOf({ windows, rtp = [] }) {
  if (windows) return windows;
  const byWindow = Map.groupBy(rtp, ({ bettingWindow }) => bettingWindow);
  return [...byWindow].map(([bettingWindow, bets]) => ({
    bettingWindow,
    bets: bets.map((bet) => ({ ...bet, pays: [] })),
  }));
}
