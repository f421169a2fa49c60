/** What nobody waits for is asked one by one and slowly: the server's allowance per second is for clicks and seats. */

const GAP_MS = 500;
let turn = Promise.resolve();

/** Runs `ask` when it is its turn, and answers what it answers. */
export function calmly(ask) {
  const asked = turn.then(() => new Promise((resolve) => setTimeout(resolve, GAP_MS))).then(ask);
  turn = asked.catch(() => undefined);
  return asked;
}
