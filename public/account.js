import { call } from './http.js';
import { patiently } from './pace.js';
import { Refused } from './refusals.js';

/** Who is logged in here, with which tokens and which balance. Nobody is, at first. */

const STORED = 'croupier-refresh-token';
/** A token that ends this soon is renewed before it is used. */
const RENEW_BEFORE_MS = 60_000;

let user;
let tokens;
let balance;
let renewing;
let reading;
const listeners = new Set();

/** `{id, username, role}`, or undefined. */
export function currentUser() {
  return user;
}

/** `{real, bonus, held, total, version}` in minor units, or undefined until it is known. */
export function currentBalance() {
  return balance;
}

/** Calls back after every change of person or balance. */
export function onAccountChange(callback) {
  listeners.add(callback);
}

/** A balance from the server; one that is older than what is shown is left alone. */
export function takeBalance(next) {
  if (!user || next?.total === undefined) return;
  if (balance && next.version !== undefined && next.version < balance.version) return;
  balance = { ...balance, ...next };
  changed();
}

export async function login(username, password) {
  await begin(await patiently(() => call('POST', '/auth/login', { body: { username, password } })));
}

export async function register(username, password) {
  await begin(await patiently(() => call('POST', '/auth/register', { body: { username, password } })));
}

/** Goes on with the login of this tab, if there was one before the page was loaded. */
export async function resume() {
  const refreshToken = sessionStorage.getItem(STORED);
  if (refreshToken === null) return;
  try {
    await begin(await call('POST', '/auth/refresh', { body: { refreshToken } }));
  } catch (error) {
    if (error instanceof Refused && !error.isPassing) sessionStorage.removeItem(STORED);
  }
}

export async function logout() {
  const token = tokens?.accessToken;
  // Asked first: as nobody, one takes a seat at every table, and that uses up what may be asked for in a second.
  const ended = patiently(() => call('POST', '/auth/logout', { token })).catch(() => undefined);
  forget();
  await ended;
}

/** A token that is good for a while yet; undefined when nobody is logged in. */
export async function accessToken() {
  if (!tokens) return undefined;
  if (Date.now() > tokens.endsAt - RENEW_BEFORE_MS) {
    renewing ??= renew().finally(() => {
      renewing = undefined;
    });
    await renewing;
  }
  return tokens?.accessToken;
}

/** Asks for the balance, such as after a reconnection. */
export async function readBalance() {
  const token = await accessToken();
  if (token === undefined) return;
  // Every table asks after a reconnection; one answer serves them all.
  reading ??= call('GET', '/wallets/me', { token }).finally(() => {
    reading = undefined;
  });
  const asked = user;
  const answer = await reading;
  if (user === asked) takeBalance(answer);
}

/** Asks whether the login still holds, when a table did not let it in; forgets it if not. */
export async function checkLogin() {
  const token = await accessToken();
  if (token === undefined) return;
  try {
    await call('GET', '/auth/me', { token });
  } catch (error) {
    if (error instanceof Refused && !error.isPassing) forget();
  }
}

async function begin(signedIn) {
  hold(signedIn);
  user = signedIn.user;
  balance = undefined;
  changed();
  await readBalance().catch(() => undefined);
}

async function renew() {
  try {
    hold(await call('POST', '/auth/refresh', { body: { refreshToken: tokens.refreshToken } }));
  } catch (error) {
    if (error instanceof Refused && !error.isPassing) forget();
  }
}

function hold({ accessToken, refreshToken, expiresIn }) {
  tokens = { accessToken, refreshToken, endsAt: Date.now() + expiresIn * 1000 };
  // For this tab only, so that a reload does not log out; it is good for one use and ends with the tab.
  sessionStorage.setItem(STORED, refreshToken);
}

function forget() {
  user = undefined;
  tokens = undefined;
  balance = undefined;
  reading = undefined;
  sessionStorage.removeItem(STORED);
  changed();
}

function changed() {
  for (const callback of listeners) callback();
}
