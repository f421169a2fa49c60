import { currentUser, readBalance, takeBalance } from './account.js';
import { judge, recordAddress } from './fairness.js';
import { uuid7 } from './ids.js';
import { formatRupees } from './money.js';
import { serverNow } from './server-time.js';
import { TableConnection } from './table-connection.js';
import { sideName, TableView } from './table-view.js';

/** One table on the page: what the server says, what this person has on it, and what a click does. */
export class Table {
  #connection;
  #view;
  #page;
  #name;
  #state;
  #roundId = '';
  #phase = '';
  #hasJustJoined = false;
  /** Of the round that is on: bets by id, those on their way by key, and the keys of all placed here. */
  #bets = new Map();
  #onTheWay = new Map();
  #keys = [];
  #judged = '';

  /** `page` holds `notice(text)` for what went wrong and `announce(text)` for those who listen. */
  constructor(info, page) {
    this.#page = page;
    this.#name = info.name;
    this.#view = new TableView(info, {
      bet: (side) => this.#bet(side),
      undo: (betId) => this.#act('undo-bet', { betId }),
      repeat: (kind) => this.#act(kind, { roundId: this.#roundId }),
    });
    this.#connection = new TableConnection(info.tableId, {
      state: (state) => this.#takeState(state),
      message: (type, payload) => this.#takeMessage(type, payload),
      connected: (isConnected) => this.#takeConnection(isConnected),
    });
  }

  get element() {
    return this.#view.element;
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

  tick() {
    this.#view.tick();
    this.#view.showBettingOpen(this.#isBettingOpen());
  }

  #isBettingOpen() {
    const { phase, paused, bettingEndsAt } = this.#state ?? {};
    return this.#connection.isConnected && phase === 'betting' && !paused && serverNow() < bettingEndsAt;
  }

  #showSeat() {
    const user = currentUser();
    const mayBet = user?.role === 'PLAYER';
    const why = user ? `You are logged in as ${user.role}: only players bet.` : 'You are watching. Log in to bet.';
    this.#view.showSeat({ mayBet, why: mayBet ? '' : why });
  }

  #takeConnection(isConnected) {
    this.#view.showConnection(isConnected);
    if (!isConnected) return;
    this.#hasJustJoined = true;
  }

  #takeState(state) {
    this.#state = state;
    if (state.roundId !== this.#roundId) this.#beginRound(state.roundId);
    this.#view.showState(state);
    if (this.#hasJustJoined) this.#catchUp();
    if (state.phase !== this.#phase) {
      this.#phase = state.phase;
      this.#takePhase(state);
    }
    if (state.serverSeed !== '' && this.#judged !== state.roundId) void this.#judge(state);
  }

  /** What happened before this seat was taken: bets of this round, and payouts. */
  #catchUp() {
    this.#hasJustJoined = false;
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

  #takePhase({ phase, winningSide, bettingWindow }) {
    this.#showBets();
    // Several tables at once would never be silent: only the one that this person is at is read out.
    if (!this.#view.hasFocus && this.#bets.size === 0) return;
    if (phase === 'betting') this.#page.announce(`${this.#name}: betting is open, window ${bettingWindow}`);
    if (phase === 'dealing') this.#page.announce(`${this.#name}: betting is closed`);
    if (phase === 'settled') this.#page.announce(`${this.#name}: ${sideName(winningSide)} wins`);
  }

  #takeMessage(type, payload) {
    if (type === 'game_complete') this.#takeResult(payload);
    if (type === 'balance-update') takeBalance(balanceOf(payload));
  }

  #takeResult({ roundId, winner, userPayout, newBalance: total, version }) {
    if (userPayout.totalBet === 0) return;
    takeBalance({ total, version });
    const { amount, totalBet, netProfit, result } = userPayout;
    const round = roundId === this.#roundId ? `Round ${this.#state.roundNumber}` : 'While you were away';
    const money = `You staked ${formatRupees(totalBet)} and got ${formatRupees(amount)} back.`;
    this.#view.showResult(`${round}: ${sideName(winner)} won. ${money}`, netProfit > 0 ? 'good' : result);
    this.#page.announce(`${this.#name}: ${sideName(winner)} won. ${money}`);
    if (roundId === this.#roundId) void this.#readBets();
    void readBalance().catch(() => undefined);
  }

  async #bet(betSide) {
    if (!this.#isBettingOpen()) return this.#page.notice('Betting is closed at the moment.');
    const amount = this.#view.stake;
    if (amount === undefined) return this.#page.notice('Please enter a stake such as 25 or 12.50.');
    const { roundId, bettingWindow } = this.#state;
    const bet = { betSide, amount: Number(amount), bettingWindow };
    await this.#act('place-bet', { roundId, ...bet }, bet);
  }

  /** One click is one key, however often it has to be sent. `bet` is shown until the server has answered. */
  async #act(type, asked, bet) {
    if (!this.#isBettingOpen()) return this.#page.notice('Betting is closed at the moment.');
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
    const openWindow = this.#state?.phase === 'betting' ? this.#state.bettingWindow : 0;
    this.#view.showBets([...this.#bets.values(), ...this.#onTheWay.values()], openWindow);
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
