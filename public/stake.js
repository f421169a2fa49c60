import { make } from './dom.js';
import { formatRupeesShort, parseRupees } from './money.js';

const CHIPS = [1_000n, 5_000n, 10_000n, 50_000n, 100_000n];

/** How much the next click stakes: a chip, or an amount of one's own. */
export class Stake {
  #chips;
  #other;
  #name;
  #limits = '';

  /** `name` is what the chips of one table have in common. */
  constructor(chips, other, name) {
    this.#chips = chips;
    this.#other = other;
    this.#name = name;
  }

  /** In minor units; undefined when what was typed is no amount. */
  get amount() {
    const typed = this.#other.value.trim();
    if (typed !== '') return parseRupees(typed);
    const chip = this.#chips.querySelector('input:checked');
    return chip ? BigInt(chip.value) : undefined;
  }

  /** Offers the chips that the table takes; the one that was chosen stays chosen while it is one of them. */
  offer(minBet, maxBet) {
    const limits = `${minBet} ${maxBet}`;
    if (limits === this.#limits) return;
    this.#limits = limits;
    const chosen = this.#chips.querySelector('input:checked')?.value;
    const values = CHIPS.filter((value) => value >= minBet && value <= maxBet);
    const kept = values.find((value) => String(value) === chosen) ?? values[0];
    this.#chips.replaceChildren(...values.map((value) => this.#chip(value, value === kept)));
  }

  #chip(value, isChosen) {
    const input = Object.assign(make('input'), { type: 'radio', name: this.#name, value: String(value) });
    input.checked = isChosen;
    input.addEventListener('change', () => {
      this.#other.value = '';
    });
    return make('label', 'chip', input, make('span', '', formatRupeesShort(value)));
  }
}
