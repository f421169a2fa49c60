import { type Client, ClientState } from '@colyseus/core';
import type { Clock } from '../src/clock.ts';

/** Who takes a new seat, and who comes back to one by a reconnection token. */
const ARRIVING: readonly number[] = [ClientState.JOINING, ClientState.RECONNECTING];
const POLL_MS = 10;
const POLLS_MAX = 500;

/**
 * True once the client has answered the handshake, false where it never does: until then what is sent waits in a queue
 * that may never be emptied.
 */
export async function hasJoined(client: Client, clock: Clock): Promise<boolean> {
  for (let polls = 0; polls < POLLS_MAX && ARRIVING.includes(client.state); polls++) {
    await new Promise<void>((resolve) => clock.after(POLL_MS, resolve));
  }
  return isHere(client);
}

/** Hears what is said to it now. */
export function isHere(client: Client): boolean {
  return client.state === ClientState.JOINED;
}
