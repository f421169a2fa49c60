import * as account from './account.js';
import { readPageFacts } from './http.js';
import { Limits } from './limits.js';
import { Lobby } from './lobby.js';
import { formatRupees } from './money.js';
import { MyRounds } from './my-rounds.js';

/** The page: who is logged in, this person's own rounds, and every table there is. */

const TICK_MS = 200;
const NOTICE_MS = 8_000;
const SERVER_TIME_EVERY_MS = 60_000;
const RETRY_MS = 2_000;

const byId = (id) => document.getElementById(id);
let seatedAs;

const page = {
  /** For everybody to see, and read out; goes away by itself. */
  notice(text) {
    for (const shown of byId('notices').children) if (shown.textContent === text) shown.remove();
    const line = Object.assign(document.createElement('p'), { textContent: text });
    byId('notices').append(line);
    setTimeout(() => line.remove(), NOTICE_MS);
  },
  /** Read out only. */
  announce(text) {
    byId('announcements').textContent = text;
  },
  /** A round of this person has ended, at whatever table. */
  resultIsIn() {
    myRounds.resultIsIn();
  },
};

const lobby = new Lobby({ main: byId('tables'), jump: byId('jump'), waiting: byId('waiting') }, page);
const myRounds = new MyRounds(byId('my-rounds'), (tableId) => lobby.nameOf(tableId));
const limits = new Limits(byId('limits'), page);

account.onAccountChange(() => {
  showAccount();
  if (seatedAs === account.currentUser()?.id) return;
  seatedAs = account.currentUser()?.id;
  myRounds.showFor(account.currentUser());
  limits.showFor(account.currentUser());
  lobby.reopen();
});

byId('sign-in').addEventListener('submit', async (event) => {
  event.preventDefault();
  const form = event.currentTarget;
  const { username, password } = form.elements;
  const enter = event.submitter?.value === 'register' ? account.register : account.login;
  form.ariaBusy = 'true';
  try {
    await enter(username.value, password.value);
    page.announce(`Logged in as ${username.value}`);
    byId('tables').focus({ preventScroll: true });
  } catch (error) {
    page.notice(entryProblem(error));
  } finally {
    form.ariaBusy = 'false';
  }
});

byId('sign-out').addEventListener('click', () => account.logout());

function entryProblem({ code, message }) {
  if (code === 'UNAUTHORIZED') return 'The username or the password is wrong.';
  if (code === 'INVALID_REQUEST') return 'This name is taken, or is not one: 3 to 32 letters, digits, dots or dashes.';
  return code === undefined ? 'The server cannot be reached.' : message;
}

function showAccount() {
  const user = account.currentUser();
  byId('sign-in').hidden = user !== undefined;
  byId('account').hidden = user === undefined;
  byId('account-name').textContent = user ? user.username : '';
  const balance = account.currentBalance();
  byId('balance').textContent = balance ? formatRupees(balance.total) : '';
  const parts = balance && (balance.bonus > 0 || balance.held > 0);
  byId('balance-parts').textContent = parts
    ? `${formatRupees(balance.real)} real, ${formatRupees(balance.bonus)} bonus, ${formatRupees(balance.held)} held`
    : '';
}

function showDemo(demo) {
  if (!demo) return;
  const { username, password } = byId('sign-in').elements;
  username.value = demo.username;
  password.value = demo.password;
  byId('sign-in-hint').hidden = false;
  byId('sign-in-hint').textContent = `A demo: log in as ${demo.accounts} with the password ${demo.password}.`;
  byId('disclosure').hidden = false;
  byId('disclosure').textContent = disclosure(demo);
}

function disclosure({ bots, welcome }) {
  const players = bots > 0 ? ` ${bots} of the players, those whose names begin with “bot”, are programs.` : '';
  const money = `This is a demo with play money: a new account begins with ${formatRupees(welcome)}, worth nothing.`;
  return money + players;
}

async function start() {
  try {
    showDemo((await readPageFacts()).demo);
    await account.resume();
    showAccount();
    await lobby.start();
  } catch {
    byId('waiting').textContent = 'The server does not answer; trying again …';
    setTimeout(start, RETRY_MS);
  }
}

setInterval(() => lobby.tick(), TICK_MS);
setInterval(() => readPageFacts().catch(() => undefined), SERVER_TIME_EVERY_MS);
await start();
