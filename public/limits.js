import { accessToken } from './account.js';
import { make, setText } from './dom.js';
import { call } from './http.js';
import { uuid7 } from './ids.js';
import { formatRupees, parseRupees } from './money.js';
import { calmly, patiently } from './pace.js';

const KINDS = [
  ['deposit', 'Deposits'],
  ['loss', 'Losses'],
  ['wager', 'Stakes'],
];
const PERIODS = [
  ['24h', '24 hours'],
  ['7d', '7 days'],
  ['30d', '30 days'],
];

/** Where a refusal means something else here than at a table. */
const PROBLEMS = {
  NOT_OPEN: 'You have excluded yourself for longer than that already.',
  UNKNOWN_OUTCOME: 'It is not known yet whether this was done. Please click again: it counts once.',
};

/** What somebody who has been playing for a while is told. */
export function reminderText({ minutes, staked, net }) {
  const outcome = net < 0 ? `lost ${formatRupees(-net)}` : `won ${formatRupees(net)} more than you staked`;
  return `You have been playing for ${minutes} minutes. Today you staked ${formatRupees(staked)} and ${outcome}.`;
}

/** The signed-in player's own limits: what is used of them, and forms to set them. It asks only while it is open. */
export class Limits {
  #root;
  #page;
  #asked = 0;
  /** The last wish whose outcome is not known: the same click again is sent with the same key. */
  #unsure;

  /** `root` is the `<details>` of the page; `page` holds `notice(text)`. */
  constructor(root, page) {
    this.#root = root;
    this.#page = page;
    root.addEventListener('toggle', () => root.open && this.#read());
    this.#serve('limit', 'PUT', '/wallets/me/limits', ({ kind, period, amount }) => ({
      limits: [{ kind: kind.value, period: period.value, amount: amountOf(amount.value) }],
    }));
    this.#serve('reminder', 'PUT', '/wallets/me/limits', ({ minutes }) => ({
      sessionMinutes: minutes.value === '' ? null : Number(minutes.value),
    }));
    this.#serve('time-out', 'POST', '/wallets/me/exclusion', ({ until }) => {
      const [kind, number] = until.value.split(' ');
      return kind === 'time-out' ? { kind, hours: Number(number) } : { kind, months: Number(number) };
    });
  }

  /** Somebody logged in or out: nothing of anybody before stays. */
  showFor(user) {
    this.#asked += 1;
    this.#unsure = undefined;
    this.#root.hidden = user?.role !== 'PLAYER';
    this.#part('rows').replaceChildren();
    setText(this.#part('excluded'), '');
    setText(this.#part('state'), '');
    for (const form of this.#root.querySelectorAll('form')) form.reset();
    if (this.#root.hidden) this.#root.open = false;
    else if (this.#root.open) void this.#read();
  }

  #serve(name, method, path, bodyOf) {
    const form = this.#part(name);
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      const body = bodyOf(form.elements);
      if (body.limits?.some(({ amount }) => amount === undefined)) {
        this.#page.notice('An amount is in rupees, such as 500 or 12.50; an empty one takes the limit off.');
        return;
      }
      const wish = `${path} ${JSON.stringify(body)}`;
      const key = this.#unsure?.wish === wish ? this.#unsure.key : uuid7();
      this.#unsure = { wish, key };
      const asked = ++this.#asked;
      try {
        const ask = async () => call(method, path, { body, key, token: await accessToken() });
        const answer = await patiently(ask, ({ isPassing }) => isPassing);
        this.#unsure = undefined;
        if (asked !== this.#asked) return;
        this.#show(answer);
        form.reset();
        if (name === 'reminder') form.elements.minutes.value = body.sessionMinutes ?? '';
      } catch (error) {
        if (error.code !== undefined && !error.isPassing) this.#unsure = undefined;
        const offline = 'The server cannot be reached. Please click again: it counts once.';
        this.#page.notice(error.code === undefined ? offline : (PROBLEMS[error.code] ?? error.message));
      }
    });
  }

  async #read() {
    const asked = ++this.#asked;
    try {
      const answer = await calmly(async () => call('GET', '/wallets/me/limits', { token: await accessToken() }));
      if (asked === this.#asked) this.#show(answer);
    } catch {
      if (asked === this.#asked) setText(this.#part('state'), 'Your limits cannot be read at the moment.');
    }
  }

  #show({ limits, excludedUntil, sessionMinutes }) {
    const of = (kind, period) => limits.find((limit) => limit.kind === kind && limit.period === period);
    this.#part('rows').replaceChildren(
      ...KINDS.map(([kind, name]) => {
        const heading = make('th', '', name);
        heading.scope = 'row';
        return make('tr', '', heading, ...PERIODS.map(([period, label]) => cellOf(of(kind, period), label)));
      }),
    );
    this.#part('reminder').elements.minutes.value = sessionMinutes ?? '';
    const until = excludedUntil === null ? '' : `You are excluded from play until ${timeText(excludedUntil)}.`;
    setText(this.#part('excluded'), until);
    setText(this.#part('state'), '');
  }

  #part(name) {
    return this.#root.querySelector(`[data-${name}]`);
  }
}

/** Null for none, undefined for what is no amount. */
function amountOf(text) {
  if (text.trim() === '') return null;
  if (/^0+$/.test(text.trim())) return 0;
  const amount = parseRupees(text);
  return amount === undefined ? undefined : Number(amount);
}

function cellOf({ amount, used, next }, label) {
  const most = amount === null ? 'no limit' : `of ${formatRupees(amount)}`;
  const cell = make('td', '', make('span', '', `${formatRupees(used)} ${most}`));
  cell.dataset.label = label;
  if (next !== null) {
    const change = next.amount === null ? 'no limit' : formatRupees(next.amount);
    cell.append(make('span', 'hint', `${change} from ${timeText(next.from)}`));
  }
  return cell;
}

function timeText(iso) {
  return new Date(iso).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
}
