/** Replies per turn of the event loop: sockets and the next write must not wait behind a thousand of them. */
const PER_TURN = 16;

/** `act` with every item in order, the first few at once, a few more in every turn after. */
export function inSlices<Item>(items: readonly Item[], act: (item: Item) => void, from = 0): void {
  const end = Math.min(items.length, from + PER_TURN);
  for (const item of items.slice(from, end)) act(item);
  if (end < items.length) setImmediate(() => inSlices(items, act, end));
}
