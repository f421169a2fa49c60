import { setTimeout as sleep } from 'node:timers/promises';

const TIMEOUT_MS = 10_000;
/** A server takes so many requests a second; a day is more pages than that. */
const PATIENCE = 20;
const LONGEST_WAIT_S = 60;

/** The JSON of an answer. Throws an Error, fit for a person, where there is none or the server refuses. */
export async function fetchJson(address: URL): Promise<unknown> {
  const found = await fetchIfThere(address);
  if (found.answer === undefined) throw new Error(found.refusal);
  return found.answer;
}

/** The same, but of what is not there the answer is undefined, and `refusal` has the server's words. */
export async function fetchIfThere(address: URL): Promise<{ readonly answer?: unknown; readonly refusal?: string }> {
  const response = await patiently(address);
  const answer: unknown = await response.json().catch(() => undefined);
  if (response.ok && answer !== undefined) return { answer };
  const refusal = `${address.origin} answered ${response.status}: ${JSON.stringify(answer)}`;
  if (response.status === 404) return { refusal };
  throw new Error(refusal);
}

/** Asks again, when the server says how long to wait before. */
async function patiently(address: URL): Promise<Response> {
  for (let attempt = 1; ; attempt += 1) {
    const response = await fetch(address, { signal: AbortSignal.timeout(TIMEOUT_MS) }).catch((cause: unknown) => {
      throw new Error(`no answer from ${address.origin}`, { cause });
    });
    const wait = Number(response.headers.get('Retry-After') ?? Number.NaN);
    if (response.status !== 429 || !(wait <= LONGEST_WAIT_S) || attempt === PATIENCE) return response;
    await response.body?.cancel();
    await sleep(Math.max(wait, 0) * 1_000);
  }
}
