import { BetBoard, heldText } from './bet-board.js';
import { betName } from './bet-names.js';
import { cardElement, dealInto } from './cards.js';
import { setText } from './dom.js';
import { formatRupees, formatRupeesShort } from './money.js';
import { betElement } from './my-bets.js';
import { Road } from './road.js';
import { showRules } from './rules-panel.js';
import { serverNow } from './server-time.js';
import { Stake } from './stake.js';
import { phaseText } from './windows.js';

/** How one table looks. It shows what it is told and tells what was clicked; it knows no rule. */

const SIDES = { andar: 'totalAndarBets', bahar: 'totalBaharBets' };
let tables = 0;

export class TableView {
  #root;
  #board;
  #stake;
  #road;
  #rules;
  #deadline = { endsAt: 0, totalMs: 1 };
  #joker;

  /** `on` holds `bet(side)`, `undo(betId)` and `repeat(kind)`. */
  constructor(info, on) {
    const template = document.getElementById('table-template');
    this.#root = template.content.firstElementChild.cloneNode(true);
    const id = `table-${++tables}`;
    this.#root.id = id;
    this.#root.setAttribute('aria-labelledby', `${id}-name`);
    this.#part('name').id = `${id}-name`;
    this.showName(info.name);
    this.#board = new BetBoard(this.#part('board'), id, on.bet);
    this.#stake = new Stake(this.#part('chips'), this.#part('other'), id);
    this.#road = new Road(info.tableId, this.#part('road'), this.#part('wins'));
    for (const button of this.#all('repeat')) button.addEventListener('click', () => on.repeat(button.dataset.repeat));
    this.#part('betting').addEventListener('submit', (event) => event.preventDefault());
    this.#part('my-bets').addEventListener('click', ({ target }) => {
      if (target.dataset.undo) on.undo(target.dataset.undo);
    });
  }

  get element() {
    return this.#root;
  }

  get hasFocus() {
    return this.#root.contains(document.activeElement);
  }

  /** The chosen stake in minor units; undefined when what was typed is no amount. */
  get stake() {
    return this.#stake.amount;
  }

  showName(name) {
    this.#text('name', name);
  }

  /** The bets and returns of these rules; to be called before any state is shown. */
  showRules(rules) {
    this.#rules = rules;
    this.#board.lay(rules);
    showRules(this.#part('rules'), rules);
  }

  showState(state) {
    const { phase, roundId, roundNumber, winningSide } = state;
    this.#root.dataset.phase = phase;
    this.#root.dataset.winner = winningSide;
    this.#text('round', roundNumber > 0 ? `Round ${roundNumber}` : '');
    this.#text('limits', ` · bets ${formatRupeesShort(state.minBet)} to ${formatRupeesShort(state.maxBet)}`);
    this.#text('stakes', stakesText(state));
    this.#stake.offer(state.minBet, state.maxBet);
    this.#text('phase', phaseText(this.#rules, state));
    this.#showJoker(state);
    for (const [side, total] of Object.entries(SIDES)) {
      dealInto(this.#named('cards', side), [...state[`${side}Cards`]]);
      setText(this.#named('total', side), totalText(state.sides?.get(side), state[total]));
    }
    this.#text('side-total', sideTotalText(state));
    this.#board.showSides(state.sides);
    if (phase === 'settled') this.#road.add(roundNumber, winningSide);
    this.#text('round-id', roundId);
    this.#text('commitment', state.commitment);
    this.#text('seed', state.serverSeed || 'shown with the result');
    this.#setDeadline(phase === 'betting' ? state.bettingEndsAt : 0);
  }

  showConnection(isConnected) {
    this.#root.classList.toggle('away', !isConnected);
    if (isConnected) this.#road.read().catch(() => undefined);
    else this.#text('phase', 'Connecting again …');
  }

  /** Who sits here: a player may bet; anybody else reads why not. */
  showSeat({ mayBet, why }) {
    this.#part('betting').hidden = !mayBet;
    this.#text('spectator', why);
  }

  /** The buttons stay in their place and in the order of the keyboard; they only say that they do nothing now. */
  showBettingOpen(openWindow) {
    this.#board.showWindow(openWindow);
    for (const button of [...this.#all('repeat'), ...this.#all('undo')]) button.ariaDisabled = String(openWindow === 0);
  }

  /** Why this bet is not taken in this window; empty when it is. */
  whyNot(side, openWindow) {
    return this.#board.whyNot(side, openWindow);
  }

  /** `bets` as the server describes them, and those on their way, which have no `betId` yet. */
  showBets(bets, round) {
    this.#part('mine').hidden = bets.length === 0;
    this.#part('my-bets').replaceChildren(...bets.map((bet) => betElement(bet, round)));
  }

  showResult(text, tone) {
    const result = this.#part('result');
    result.hidden = text === '';
    result.textContent = text;
    result.dataset.tone = tone ?? '';
  }

  showProof(roundId, address, sentence) {
    this.#part('last-proof').hidden = false;
    this.#text('check', sentence);
    this.#text('verify', `npm run verify -- ${roundId} --server ${location.origin}`);
    this.#part('proof-link').href = address;
  }

  /** Moves the countdown on; called several times a second. */
  tick() {
    const leftMs = Math.max(0, this.#deadline.endsAt - serverNow());
    this.#part('progress').value = leftMs / this.#deadline.totalMs;
    this.#text('countdown', this.#deadline.endsAt > 0 ? `${Math.ceil(leftMs / 1000)} s` : '');
  }

  #setDeadline(endsAt) {
    if (endsAt === this.#deadline.endsAt) return;
    this.#deadline = { endsAt, totalMs: Math.max(1000, endsAt - serverNow()) };
    this.tick();
  }

  #showJoker({ jokerCard, phase, bettingWindow }) {
    const isBetOn = phase === 'betting' && jokerCard === '' && this.#rules.isBeforeJoker(bettingWindow);
    const first = this.#rules.firstUnder(jokerCard);
    const note = first === '' ? '' : `${betName(first)} gets the first card`;
    this.#text('joker-note', isBetOn ? 'Turned when these bets close' : note);
    if (jokerCard === this.#joker) return;
    this.#joker = jokerCard;
    this.#part('joker').replaceChildren(cardElement(jokerCard, 'div'));
  }

  #part(name) {
    return this.#root.querySelector(`[data-${name}]`);
  }

  #named(name, value) {
    return this.#root.querySelector(`[data-${name}="${value}"]`);
  }

  #all(name) {
    return this.#root.querySelectorAll(`[data-${name}]`);
  }

  #text(name, text) {
    setText(this.#part(name), text);
  }
}

function stakesText({ minBet, maxBet, maxPlayerStake = 0n }) {
  const single = `One bet is ${formatRupeesShort(minBet)} to ${formatRupeesShort(maxBet)}`;
  if (maxPlayerStake === 0n) return `${single}.`;
  return `${single}, all that you have at stake in a round up to ${formatRupeesShort(maxPlayerStake)}.`;
}

function totalText(on, total) {
  return on && on.bets > 0 ? heldText(on) : formatRupees(total);
}

/** Everything that lies on neither Andar nor Bahar. */
function sideTotalText({ totalBetAmount, totalAndarBets, totalBaharBets }) {
  const amount = totalBetAmount - totalAndarBets - totalBaharBets;
  return amount > 0n ? `On side bets: ${formatRupeesShort(amount)}` : '';
}
