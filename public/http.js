import { allowed } from './pace.js';
import { Refused } from './refusals.js';
import { setServerTime } from './server-time.js';

/**
 * One request to the API, with a `key` where it counts once. Answers the parsed JSON; throws Refused with the server's
 * code, TypeError when offline.
 */
export async function call(method, path, sent) {
  await allowed();
  return send(method, path, sent);
}

async function send(method, path, { body, token, key } = {}) {
  const headers = {};
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  if (key !== undefined) headers['Idempotency-Key'] = key;
  if (token !== undefined) headers.Authorization = `Bearer ${token}`;
  const response = await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(answer.error);
  return answer;
}

/** What this page is told about the server it came from: its time, and the demo's accounts if it is a demo. */
export async function readPageFacts() {
  await allowed();
  const sentAt = Date.now();
  const facts = await send('GET', '/page.json');
  setServerTime(facts.serverTime, sentAt, Date.now());
  return facts;
}
