import { betName, sectionsOf, shortName } from './bet-names.js';
import { count, make, setText } from './dom.js';
import { formatRupeesShort } from './money.js';
import { returnsText } from './returns.js';

/**
 * The bets of a table as buttons, and what is on each. Every bet of the rules keeps its place for the whole round, and
 * of the keyboard; what is not taken now says so. It knows no rule.
 */
export class BetBoard {
  #root;
  #id;
  #rules;
  #buttons = new Map();
  #notes = [];
  #shownWindow;

  constructor(root, id, onBet) {
    this.#root = root;
    this.#id = id;
    root.addEventListener('click', ({ target }) => {
      const button = target.closest('[data-bet]');
      if (button) onBet(button.dataset.bet);
    });
  }

  /** Lays out the bets that these rules take. What was unfolded stays so, and the focus stays on its bet. */
  lay(rules) {
    const folds = new Map(Array.from(this.#root.querySelectorAll('details'), ({ id, open }) => [id, open]));
    const focused = this.#root.contains(document.activeElement) ? document.activeElement.dataset.bet : undefined;
    this.#rules = rules;
    this.#buttons.clear();
    this.#notes = [];
    this.#shownWindow = undefined;
    const sections = sectionsOf(rules.betSides);
    // Where the first window takes nothing but side bets, they are what the table is about.
    const opening = sections.find(({ id }) => id !== 'sides' && !rules.takes('andar', 1));
    this.#root.replaceChildren(...sections.map((section) => this.#section(section, section === opening)));
    for (const details of this.#root.querySelectorAll('details')) details.open = folds.get(details.id) ?? details.open;
    this.#buttons.get(focused)?.button.focus();
  }

  /** `bettingWindow` is the one that takes bets at this moment; 0 when there is none. */
  showWindow(bettingWindow) {
    if (bettingWindow === this.#shownWindow) return;
    this.#shownWindow = bettingWindow;
    for (const [side, { button, pays }] of this.#buttons) {
      button.ariaDisabled = String(!this.#rules.takes(side, bettingWindow));
      const text = returnsText(this.#rules.paysFor(side, bettingWindow));
      if (pays) setText(pays, text);
      const label = [betName(side), text].filter(Boolean).join(', ');
      if (button.ariaLabel !== label) button.ariaLabel = label;
    }
    for (const { note, sides } of this.#notes) setText(note, this.#when(sides, bettingWindow));
  }

  /** `sides` is the state's map: `{amount, bets, players}` by bet. */
  showSides(sides) {
    for (const [side, { held }] of this.#buttons) {
      const on = sides?.get(side);
      if (held) setText(held, on && on.bets > 0 ? `${shortName(side)}: ${heldText(on)}` : '');
    }
  }

  /** Why a bet is not taken now, for whoever clicked on it all the same; empty when its window is open. */
  whyNot(side, bettingWindow) {
    if (this.#rules.takes(side, bettingWindow)) return '';
    const windows = this.#rules.windowsFor(side);
    if (bettingWindow === 0 || windows.length === 0) return 'Betting is closed at the moment.';
    return `${betName(side)} is not taken now: only in window ${windows.join(' and ')} of a round.`;
  }

  #section({ id, title, groups }, isOpen) {
    const note = make('span', 'when');
    this.#notes.push({ note, sides: groups.flatMap(({ sides }) => sides) });
    if (id === 'sides') return make('div', 'bet-sides', ...groups[0].sides.map((side) => this.#button(side)), note);
    const section = make('details', 'side-bets');
    section.id = `${this.#id}-${id}`;
    section.open = isOpen;
    section.append(make('summary', '', make('span', '', title), ' ', note));
    for (const group of groups) section.append(this.#group(group, groups.length > 1));
    return section;
  }

  /** Where all of a group pay the same, it is said once. */
  #group({ id, title, sides }, isTitled) {
    const texts = new Set(sides.map((side) => returnsText(this.#rules.paysFor(side, 0))));
    const [same] = texts.size === 1 && sides.length > 1 ? texts : [];
    const legend = make('legend', isTitled || same ? '' : 'visually-hidden', title, same ? `, each ${same}` : '');
    const group = make('fieldset', `bet-group of-${id}`, legend);
    const buttons = sides.map((side) => this.#button(side, same === undefined));
    // Below the buttons, which keep their size when somebody bets.
    const held = make('p', 'bet-held', ...sides.map((side) => this.#held(side)));
    group.append(make('div', 'bet-grid', ...buttons), held);
    return group;
  }

  #button(side, showsPays = true) {
    const button = make('button', `bet ${side}`, make('span', 'bet-name', shortName(side)));
    button.type = 'button';
    button.dataset.bet = side;
    const pays = showsPays ? make('span', 'bet-pays') : undefined;
    if (pays) button.append(pays);
    this.#buttons.set(side, { button, pays });
    return button;
  }

  /** What is on a side bet; what is on Andar and on Bahar stands with their cards. */
  #held(side) {
    const held = make('span', '');
    held.id = `${this.#id}-${side}`;
    const bet = this.#buttons.get(side);
    bet.held = held;
    bet.button.setAttribute('aria-describedby', held.id);
    return held;
  }

  #when(sides, bettingWindow) {
    if (sides.some((side) => this.#rules.takes(side, bettingWindow))) return 'open now';
    if (bettingWindow === 0) return 'closed at the moment';
    const windows = [...new Set(sides.flatMap((side) => this.#rules.windowsFor(side)))];
    return `closed now, taken in window ${windows.join(' and ')}`;
  }
}

/** `₹120 · 3 bets · 2 players`, spelled so that it reads well aloud too. */
export function heldText({ amount, bets, players }) {
  return `${formatRupeesShort(amount)} · ${count(bets, 'bet')} · ${count(players, 'player')}`;
}
