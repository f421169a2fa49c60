/** The server's clock, as well as one can tell from here: deadlines are judged by it, so countdowns must show it. */

let offsetMs = 0;

/** Epoch milliseconds on the server, now; a whole number. */
export function serverNow() {
  return Date.now() + offsetMs;
}

/** Takes one reading: asked at `sentAt`, answered at `receivedAt` (both ours), saying `serverTime`. */
export function setServerTime(serverTime, sentAt, receivedAt) {
  offsetMs = Math.round(serverTime - (sentAt + receivedAt) / 2);
}
