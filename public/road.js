import { betName } from './bet-names.js';
import { make, unseen } from './dom.js';
import { call } from './http.js';
import { calmly } from './pace.js';

/** The winners of the last rounds as a bead plate: six down, then the next column; a screen reader hears a list. */

const ROUNDS = 60;

export class Road {
  #tableId;
  #list;
  #counts;
  /** Winners by round number: a round that is known from two sides counts once. */
  #winners = new Map();

  constructor(tableId, list, counts) {
    this.#tableId = tableId;
    this.#list = list;
    this.#counts = counts;
  }

  /** Asks what was played before this page looked on, or while it was away. */
  async read() {
    const path = `/tables/${encodeURIComponent(this.#tableId)}/history?limit=${ROUNDS}`;
    const { items } = await calmly(() => call('GET', path));
    for (const { roundNumber, winningSide } of items) this.#winners.set(roundNumber, winningSide);
    this.#show();
  }

  add(roundNumber, winner) {
    if (this.#winners.has(roundNumber)) return;
    this.#winners.set(roundNumber, winner);
    this.#show();
  }

  #show() {
    const rounds = [...this.#winners].sort(([one], [other]) => one - other).slice(-ROUNDS);
    this.#winners = new Map(rounds);
    this.#counts.replaceChildren(...countsOf(rounds.map(([, winner]) => winner)));
    this.#list.replaceChildren(...rounds.map(([number, winner]) => bead(number, winner)));
    this.#list.scrollLeft = this.#list.scrollWidth;
  }
}

/** `Andar 31`, `Bahar 29`. */
function countsOf(winners) {
  return ['andar', 'bahar'].map((side) => {
    const wins = winners.filter((winner) => winner === side).length;
    return make('span', `wins ${side}`, `${betName(side)} ${wins}`);
  });
}

function bead(number, winner) {
  const letter = make('span', '', betName(winner).charAt(0));
  letter.ariaHidden = 'true';
  const item = make('li', winner, letter, unseen(betName(winner)));
  item.title = `Round ${number}: ${betName(winner)}`;
  return item;
}
