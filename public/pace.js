/** The server takes so many requests a second; here is what to do about it. */

const GAP_MS = 500;
const SECOND_MS = 1_000;
const ATTEMPTS = 5;
/** Less than the server takes: it counts seconds of its own, and there may be another tab. */
const REQUESTS_PER_SECOND = 8;
let turn = Promise.resolve();
let gate = Promise.resolve();
const lately = [];

/** Resolves when another request may be made, in the order in which it was asked for: mostly at once. */
export function allowed() {
  gate = gate.then(async () => {
    const leftMs = lately.length < REQUESTS_PER_SECOND ? 0 : lately.shift() + SECOND_MS - performance.now();
    if (leftMs > 0) await pause(leftMs);
    lately.push(performance.now());
  });
  return gate;
}

/**
 * Runs `ask` when it is its turn, and answers what it answers. What nobody waits for is asked one by one and slowly: the
 * allowance is for clicks and seats.
 */
export function calmly(ask) {
  const asked = turn.then(() => pause(GAP_MS)).then(ask);
  turn = asked.catch(() => undefined);
  return asked;
}

/** For a moment: what is allowed again only in a minute is for the person to ask again. */
const isTooFast = ({ code, retryAfter = 1 }) => code === 'RATE_LIMITED' && retryAfter <= 1;

/**
 * Asks, and again a second later where that was too fast: nothing was done then. `isWorthIt(error)` may say so of more,
 * such as for what has a key and counts once. For what a person has clicked on.
 */
export async function patiently(ask, isWorthIt = isTooFast) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask();
    } catch (error) {
      if (!isWorthIt(error) || attempt === ATTEMPTS) throw error;
    }
    await pause(SECOND_MS);
  }
}

export function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
