/** The server takes so many requests a second; here is what to do about it. */

const GAP_MS = 500;
const SECOND_MS = 1_000;
const ATTEMPTS = 4;
let turn = Promise.resolve();

/**
 * Runs `ask` when it is its turn, and answers what it answers. What nobody waits for is asked one by one and slowly: the
 * allowance is for clicks and seats.
 */
export function calmly(ask) {
  const asked = turn.then(() => new Promise((resolve) => setTimeout(resolve, GAP_MS))).then(ask);
  turn = asked.catch(() => undefined);
  return asked;
}

/** Asks, and again a second later where that was too fast: nothing was done then. For what a person has clicked on. */
export async function patiently(ask) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask();
    } catch (error) {
      if (error?.code !== 'RATE_LIMITED' || attempt === ATTEMPTS) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, SECOND_MS));
  }
}
