import { currentUser, readBalance, takeBalance } from './account.js';
import { betName } from './bet-names.js';
import { judge, recordAddress } from './fairness.js';
import { call } from './http.js';
import { uuid7 } from './ids.js';
import { reminderText } from './limits.js';
import { formatRupees } from './money.js';
import { readRules, Rules } from './rules.js';
import { serverNow } from './server-time.js';
import { TableConnection } from './table-connection.js';
import { TableView } from './table-view.js';
import { windowName } from './windows.js';

/** One table on the page: what the server says, what this person has on it, and what a click does. */
export class Table {
  #tableId;
  #connection;
  #view;
  #page;
  #name;
  #state;
  #rules;
  /** The pay table of the rules that are shown, and the round they were last asked for in. */
  #variant;
  #rulesAsked;
  #roundId = '';
  #phase = '';
  #hasJustJoined = false;
  /** Of the round that is on: bets by id, those on their way by key, and the keys of all placed here. */
  #bets = new Map();
  #onTheWay = new Map();
  #keys = [];
  #judged = '';
  /** The round that the line about a void speaks of. */
  #voided = '';

  /**
   * `page` holds `notice(text)` for what went wrong, `announce(text)` for those who listen, `resultIsIn()` for whoever
   * shows results, and `tableIsAway()` for whoever knows whether there is such a table at all.
   */
  constructor(info, page) {
    this.#tableId = info.tableId;
    this.#page = page;
    this.#name = info.name;
    this.#view = new TableView(info, {
      bet: (side) => this.#bet(side),
      undo: (betId) => this.#act('undo-bet', { betId }),
      repeat: (kind) => this.#act(kind, { roundId: this.#roundId }),
    });
    this.#takeRules(new Rules(info));
    this.#connection = new TableConnection(info.tableId, {
      state: (state) => this.#takeState(state),
      message: (type, payload) => this.#takeMessage(type, payload),
      connected: (isConnected) => this.#takeConnection(isConnected),
    });
  }

  get element() {
    return this.#view.element;
  }

  get name() {
    return this.#name;
  }

  get hasFocus() {
    return this.#view.hasFocus;
  }

  get isConnected() {
    return this.#connection.isConnected;
  }

  /** Sits down as whoever is logged in now. */
  async open() {
    this.#bets.clear();
    this.#keys = [];
    this.#view.showResult('');
    this.#showSeat();
    this.#showBets();
    await this.#connection.open();
  }

  rename(name) {
    this.#name = name;
    this.#view.showName(name);
  }

  /** Leaves for good. */
  close() {
    this.#connection.close();
  }

  tick() {
    this.#view.tick();
    this.#view.showBettingOpen(this.#openWindow());
  }

  /** The window that takes bets at this moment; 0 when there is none. */
  #openWindow() {
    const { phase, paused, bettingEndsAt, bettingWindow } = this.#state ?? {};
    const isOpen = this.#connection.isConnected && phase === 'betting' && !paused && serverNow() < bettingEndsAt;
    return isOpen ? bettingWindow : 0;
  }

  #showSeat() {
    const user = currentUser();
    const mayBet = user?.role === 'PLAYER';
    const why = user ? `You are logged in as ${user.role}: only players bet.` : 'You are watching. Log in to bet.';
    this.#view.showSeat({ mayBet, why: mayBet ? '' : why });
  }

  #takeRules(rules) {
    this.#rules = rules;
    this.#view.showRules(rules);
    if (this.#state) this.#view.showState(this.#state);
  }

  /** Read once for every pay table that the table is played under; asked for again in the next round if need be. */
  async #readRules({ variant, roundId }) {
    if (variant === this.#variant || roundId === this.#rulesAsked) return;
    this.#rulesAsked = roundId;
    try {
      this.#takeRules(await readRules(variant, this.#tableId));
      this.#variant = variant;
    } catch {
      // What the list of tables says about the bets is enough to bet.
    }
  }

  #takeConnection(isConnected) {
    this.#view.showConnection(isConnected);
    if (isConnected) this.#hasJustJoined = true;
    else this.#page.tableIsAway();
  }

  #takeState(state) {
    this.#state = state;
    void this.#readRules(state);
    if (state.roundId !== this.#roundId) this.#beginRound(state.roundId);
    this.#view.showState(state);
    if (this.#hasJustJoined) this.#catchUp(state);
    if (state.phase !== this.#phase) {
      this.#phase = state.phase;
      this.#takePhase(state);
    }
    if (state.serverSeed !== '' && this.#judged !== state.roundId) void this.#judge(state);
  }

  /** What happened before this seat was taken: bets of this round, payouts, a void. */
  #catchUp({ phase, roundId }) {
    this.#hasJustJoined = false;
    if (phase === 'voided') void this.#readVoid(roundId);
    if (currentUser()?.role !== 'PLAYER') return;
    void this.#readBets();
    void readBalance().catch(() => undefined);
  }

  #beginRound(roundId) {
    this.#roundId = roundId;
    this.#bets.clear();
    this.#keys = [];
    this.#showBets();
  }

  #takePhase({ phase, roundId, winningSide, bettingWindow }) {
    this.#showBets();
    // What was said about a void stands until the next round is dealt: there was little time to read it.
    if (phase === 'dealing' && this.#voided !== '' && this.#voided !== roundId) this.#showVoid('', '');
    // Several tables at once would never be silent: only the one that this person is at is read out.
    if (!this.#view.hasFocus && this.#bets.size === 0) return;
    const name = windowName(this.#rules, bettingWindow);
    if (phase === 'betting') this.#announce(`${name}, window ${bettingWindow} is open`);
    if (phase === 'dealing') this.#announce('betting is closed');
    if (phase === 'settled') this.#announce(`${betName(winningSide)} wins`);
  }

  #announce(text) {
    this.#page.announce(`${this.#name}: ${text}`);
  }

  #takeMessage(type, payload) {
    if (type === 'game_complete') this.#takeResult(payload);
    if (type === 'balance-update') takeBalance(balanceOf(payload));
    if (type === 'round-voided') this.#takeVoid(payload);
    if (type === 'session-reminder') this.#page.notice(reminderText(payload));
  }

  #takeResult({ roundId, winner, userPayout, newBalance: total, version }) {
    if (userPayout.totalBet === 0) return;
    takeBalance({ total, version });
    const { amount, totalBet, netProfit, result } = userPayout;
    const round = roundId === this.#roundId ? `Round ${this.#state.roundNumber}` : 'While you were away';
    const money = `You staked ${formatRupees(totalBet)} and got ${formatRupees(amount)} back.`;
    this.#voided = '';
    this.#view.showResult(`${round}: ${betName(winner)} won. ${money}`, netProfit > 0 ? 'good' : result);
    this.#announce(`${betName(winner)} won. ${money}`);
    if (roundId === this.#roundId) void this.#readBets();
    void readBalance().catch(() => undefined);
    this.#page.resultIsIn();
  }

  #takeVoid({ roundId, reason }) {
    this.#showVoid(roundId, reason);
    if (this.#view.hasFocus || this.#bets.size > 0) this.#announce(`Voided: ${reason}, all stakes are back.`);
    if (this.#bets.size === 0) return;
    if (roundId === this.#roundId) void this.#readBets();
    void readBalance().catch(() => undefined);
    this.#page.resultIsIn();
  }

  async #readVoid(roundId) {
    const round = await call('GET', `/rounds/${encodeURIComponent(roundId)}`).catch(() => ({}));
    if (round.void && roundId === this.#roundId) this.#showVoid(roundId, round.void.reason);
  }

  #showVoid(roundId, reason) {
    this.#voided = roundId;
    this.#view.showResult(roundId === '' ? '' : `Voided: ${reason}, all stakes are back.`, 'voided');
  }

  async #bet(betSide) {
    const openWindow = this.#openWindow();
    const whyNot = this.#view.whyNot(betSide, openWindow);
    if (whyNot !== '') return this.#page.notice(whyNot);
    const amount = this.#view.stake;
    if (amount === undefined) return this.#page.notice('Please enter a stake such as 25 or 12.50.');
    const { roundId, bettingWindow } = this.#state;
    const bet = { betSide, amount: Number(amount), bettingWindow };
    await this.#act('place-bet', { roundId, ...bet }, bet);
  }

  /** One click is one key, however often it has to be sent. `bet` is shown until the server has answered. */
  async #act(type, asked, bet) {
    if (this.#openWindow() === 0) return this.#page.notice('Betting is closed at the moment.');
    const key = uuid7(serverNow());
    const { roundId, bettingWindow } = this.#state;
    if (bet) this.#onTheWay.set(key, { ...bet, status: 'pending' });
    this.#showBets();
    try {
      const answer = await this.#connection.request(type, { key, bettingWindow, ...asked });
      takeBalance(answer.balance);
      if (roundId !== this.#roundId) return;
      if (bet) this.#takePlaced(key, answer.bet);
      else await this.#readBets();
    } catch (error) {
      this.#page.notice(error.message);
    } finally {
      this.#onTheWay.delete(key);
      this.#showBets();
    }
  }

  #takePlaced(key, placed) {
    this.#keys.push(key);
    this.#voided = '';
    this.#view.showResult('');
    this.#bets.set(placed.betId, { status: 'pending', ...placed });
  }

  /** The server's list is the truth, above all after a connection was lost. */
  async #readBets() {
    const roundId = this.#roundId;
    try {
      const { bets } = await this.#connection.request('my-bets');
      if (roundId !== this.#roundId) return;
      const ofRound = bets.filter((bet) => (bet.roundId ?? roundId) === roundId);
      this.#bets = new Map(ofRound.map((bet) => [bet.betId, { status: 'pending', ...bet }]));
      this.#showBets();
    } catch (error) {
      this.#page.notice(error.message);
    }
  }

  #showBets() {
    const { phase, bettingWindow } = this.#state ?? {};
    const round = { openWindow: phase === 'betting' ? bettingWindow : 0, isVoided: phase === 'voided' };
    this.#view.showBets([...this.#bets.values(), ...this.#onTheWay.values()], round);
  }

  async #judge({ roundId, commitment, serverSeed: seed }) {
    this.#judged = roundId;
    const sentence = await judge({ roundId, commitment, seed, keys: this.#keys }).catch(() => '');
    this.#view.showProof(roundId, recordAddress(roundId), sentence);
  }
}

/** `balance-update` says what can be spent, what is bonus and what both are with what is held back. */
function balanceOf({ balance: real, bonusBalance: bonus, total, version }) {
  return { real, bonus, held: total - real - bonus, total, version };
}
