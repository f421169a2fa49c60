import { cardElement, dealInto } from './cards.js';
import { formatRupees, formatRupeesShort, parseRupees } from './money.js';
import { serverNow } from './server-time.js';

/** How one table looks. It shows what it is told and tells what was clicked; it knows no rule. */

const CHIPS = [1_000n, 5_000n, 10_000n, 50_000n, 100_000n];
const ROAD_LENGTH = 24;
const SIDES = { andar: 'Andar', bahar: 'Bahar' };
const PHASES = { idle: 'Waiting for the next round', dealing: 'Dealing', voided: 'Voided, stakes returned' };
const STATUSES = { pending: '', won: 'won', lost: 'lost', refunded: 'stake back', cancelled: 'undone' };
let tables = 0;

/** `andar` → `Andar`; a side bet speaks for itself. */
export function sideName(side) {
  return SIDES[side] ?? side;
}

export class TableView {
  #root;
  #deadline = { endsAt: 0, totalMs: 1 };
  #joker;

  /** `on` holds `bet(side)`, `undo(betId)` and `repeat(kind)`. */
  constructor(info, on) {
    const template = document.getElementById('table-template');
    this.#root = template.content.firstElementChild.cloneNode(true);
    const id = `table-${++tables}`;
    this.#root.setAttribute('aria-labelledby', id);
    this.#part('name').id = id;
    this.#part('name').textContent = info.name;
    this.#fillChips(id, BigInt(info.minBet), BigInt(info.maxBet));
    for (const button of this.#all('bet')) button.addEventListener('click', () => on.bet(button.dataset.bet));
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
    const typed = this.#part('other').value.trim();
    if (typed !== '') return parseRupees(typed);
    const chip = this.#root.querySelector('[data-chips] input:checked');
    return chip ? BigInt(chip.value) : undefined;
  }

  showState(state) {
    const { phase, roundId, winningSide } = state;
    this.#root.dataset.phase = phase;
    this.#root.dataset.winner = winningSide;
    this.#text('round', state.roundNumber > 0 ? `Round ${state.roundNumber}` : '');
    this.#text('limits', ` · bets ${formatRupeesShort(state.minBet)} to ${formatRupeesShort(state.maxBet)}`);
    this.#text('phase', phaseText(state));
    this.#showJoker(state.jokerCard);
    for (const side of Object.keys(SIDES)) {
      dealInto(this.#named('cards', side), [...state[`${side}Cards`]]);
      this.#named('total', side).textContent = formatRupees(state[`total${SIDES[side]}Bets`]);
    }
    this.#showRoad([...state.recentWinners].slice(-ROAD_LENGTH));
    this.#text('round-id', roundId);
    this.#text('commitment', state.commitment);
    this.#text('seed', state.serverSeed || 'shown with the result');
    this.#setDeadline(phase === 'betting' ? state.bettingEndsAt : 0);
  }

  showConnection(isConnected) {
    this.#root.classList.toggle('away', !isConnected);
    if (!isConnected) this.#text('phase', 'Connecting again …');
  }

  /** Who sits here: a player may bet; anybody else reads why not. */
  showSeat({ mayBet, why }) {
    this.#part('betting').hidden = !mayBet;
    this.#text('spectator', why);
  }

  /** The buttons stay in their place and in the order of the keyboard; they only say that they do nothing now. */
  showBettingOpen(isOpen) {
    for (const button of [...this.#all('bet'), ...this.#all('repeat'), ...this.#all('undo')]) {
      button.ariaDisabled = String(!isOpen);
    }
  }

  /** `bets` as the server describes them, and those on their way, which have no `betId` yet. */
  showBets(bets, openWindow) {
    this.#part('mine').hidden = bets.length === 0;
    this.#part('my-bets').replaceChildren(...bets.map((bet) => betElement(bet, openWindow)));
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

  #showJoker(card) {
    if (card === this.#joker) return;
    this.#joker = card;
    this.#part('joker').replaceChildren(cardElement(card, 'div'));
  }

  #showRoad(winners) {
    const road = this.#part('road');
    const wanted = winners.join();
    if (road.dataset.shown === wanted) return;
    road.dataset.shown = wanted;
    road.replaceChildren(...winners.map(winnerElement));
  }

  #fillChips(name, minBet, maxBet) {
    const values = CHIPS.filter((value) => value >= minBet && value <= maxBet);
    const chips = values.map((value, index) => {
      const label = document.createElement('label');
      label.className = 'chip';
      const input = Object.assign(document.createElement('input'), { type: 'radio', name, value: String(value) });
      input.checked = index === 0;
      input.addEventListener('change', () => {
        this.#part('other').value = '';
      });
      const face = document.createElement('span');
      face.textContent = formatRupeesShort(value);
      label.append(input, face);
      return label;
    });
    this.#part('chips').replaceChildren(...chips);
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
    const part = this.#part(name);
    if (part.textContent !== text) part.textContent = text;
  }
}

function phaseText({ phase, paused, bettingWindow, winningSide }) {
  if (paused) return 'Paused';
  if (phase === 'betting') return bettingWindow > 1 ? `Bet again · window ${bettingWindow}` : 'Place your bets';
  if (phase === 'settled') return `${sideName(winningSide)} wins`;
  return PHASES[phase] ?? phase;
}

function betElement({ betId, betSide, amount, bettingWindow, payout, status }, openWindow) {
  const item = document.createElement('li');
  item.dataset.status = status;
  const paid = payout > 0 && status !== 'cancelled' ? ` ${formatRupees(payout)}` : '';
  const what = `${formatRupees(amount)} on ${sideName(betSide)}`;
  const how = betId === undefined ? 'on its way …' : `${STATUSES[status] ?? status}${paid}`;
  item.append(what, ' ', Object.assign(document.createElement('span'), { className: 'status', textContent: how }));
  if (betId !== undefined && status === 'pending' && bettingWindow === openWindow) {
    const undo = Object.assign(document.createElement('button'), { type: 'button', textContent: 'Undo' });
    undo.dataset.undo = betId;
    undo.ariaLabel = `Undo ${what}`;
    item.append(undo);
  }
  return item;
}

function winnerElement(side) {
  const item = document.createElement('li');
  item.className = side;
  const letter = Object.assign(document.createElement('span'), { textContent: sideName(side).charAt(0) });
  letter.ariaHidden = 'true';
  const word = Object.assign(document.createElement('span'), { textContent: sideName(side) });
  word.className = 'visually-hidden';
  item.append(letter, word);
  return item;
}
