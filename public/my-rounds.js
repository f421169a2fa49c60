import { accessToken } from './account.js';
import { count, make, setText } from './dom.js';
import { call } from './http.js';
import { formatRupees } from './money.js';
import { Refused } from './refusals.js';
import { roundEntry } from './round-entry.js';

const PAGE = 10;
/** The figures follow a result a moment later; several tables may have one at once. */
const REFRESH_AFTER_MS = 1_200;
const AGAIN_AFTER_MS = 3_000;

/** The signed-in player's own last rounds and figures. It asks only while it is open. */
export class MyRounds {
  #root;
  #tableName;
  /** Their lines by round id, which begins with the time: sorted downwards, the newest is first. */
  #shown = new Map();
  #cursor = null;
  #refresh;
  #asked = 0;

  /** `root` is the `<details>` of the page, `tableName(tableId)` what a table is called. */
  constructor(root, tableName) {
    this.#root = root;
    this.#tableName = tableName;
    root.addEventListener('toggle', () => root.open && this.#read());
    this.#part('older').addEventListener('click', () => this.#readOlder());
  }

  /** Somebody logged in or out: nothing of anybody before stays. */
  showFor(user) {
    this.#asked += 1;
    this.#root.hidden = user?.role !== 'PLAYER';
    this.#clear();
    this.#part('figures').replaceChildren();
    if (this.#root.hidden) this.#root.open = false;
    else if (this.#root.open) void this.#read();
  }

  /** A round of this player has come to its end. */
  resultIsIn() {
    this.#readAfter(REFRESH_AFTER_MS);
  }

  #readAfter(ms) {
    clearTimeout(this.#refresh);
    this.#refresh = setTimeout(() => this.#root.open && this.#read(), ms);
  }

  async #read() {
    const asked = ++this.#asked;
    setText(this.#part('state'), this.#shown.size === 0 ? 'Looking …' : '');
    try {
      const [page, figures] = await Promise.all([ask(`/rounds/me?limit=${PAGE}`), ask('/statistics/me')]);
      if (asked !== this.#asked) return;
      this.#takeNewest(page);
      this.#part('figures').replaceChildren(...figuresOf(figures));
      setText(this.#part('state'), page.items.length === 0 ? 'No rounds yet. Place a bet, and it will be here.' : '');
    } catch (error) {
      if (asked !== this.#asked) return;
      setText(this.#part('state'), 'Your rounds cannot be read at the moment.');
      if (!(error instanceof Refused) || error.isPassing) this.#readAfter(AGAIN_AFTER_MS);
    }
  }

  async #readOlder() {
    const asked = ++this.#asked;
    try {
      const page = await ask(`/rounds/me?limit=${PAGE}&cursor=${encodeURIComponent(this.#cursor)}`);
      if (asked !== this.#asked) return;
      this.#add(page.items);
      this.#showCursor(page.nextCursor);
    } catch {
      setText(this.#part('state'), 'Older rounds cannot be read at the moment.');
    }
  }

  /** What is open stays open, and what was paged to stays; where rounds would be missing between, it begins anew. */
  #takeNewest({ items, nextCursor }) {
    const goesOn = items.some(({ roundId }) => this.#shown.has(roundId));
    if (!goesOn) {
      this.#clear();
      this.#showCursor(nextCursor);
    }
    this.#add(items);
  }

  /** A round of a slow table may end after newer ones of other tables: each finds its place. */
  #add(rounds) {
    for (const round of rounds) {
      if (this.#shown.has(round.roundId)) continue;
      const entry = roundEntry(round, this.#tableName(round.tableId));
      const before = [...this.#shown.keys()].filter((id) => id < round.roundId).sort().at(-1);
      this.#part('rounds').insertBefore(entry, this.#shown.get(before) ?? null);
      this.#shown.set(round.roundId, entry);
    }
    this.#part('aside').hidden = this.#shown.size === 0;
  }

  #clear() {
    this.#shown.clear();
    this.#part('rounds').replaceChildren();
    this.#part('aside').hidden = true;
    this.#showCursor(null);
  }

  #showCursor(cursor) {
    this.#cursor = cursor;
    this.#part('older').hidden = cursor === null;
  }

  #part(name) {
    return this.#root.querySelector(`[data-${name}]`);
  }
}

async function ask(path) {
  return call('GET', path, { token: await accessToken() });
}

function figuresOf({ totalBets, totalWins, biggestWin, currentStreak, longestStreak }) {
  const figures = [
    ['Bets', String(totalBets)],
    ['Won', totalBets > 0 ? `${totalWins} of ${totalBets}` : '0'],
    ['Biggest win', formatRupees(biggestWin)],
    ['Streak now', streakText(currentStreak)],
    ['Longest streak', count(longestStreak, 'win')],
  ];
  return figures.map(([name, value]) => make('div', '', make('dt', '', name), make('dd', '', value)));
}

/** Wins count upwards from 1, losses down from −1. */
function streakText(streak) {
  if (streak === 0) return 'none';
  return streak > 0 ? count(streak, 'win') : `${-streak} ${streak === -1 ? 'loss' : 'losses'}`;
}
