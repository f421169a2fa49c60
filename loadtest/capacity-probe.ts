import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type Room } from '@colyseus/sdk';
import type { AndarBaharState } from '../schema/andar-bahar.ts';
import { type TableId, uuid7 } from '../src/ids.ts';
import type { Credential } from './credentials.ts';

export const TABLE = 'capacity' as TableId;

/** Amounts of the probe are above this; what is left of one is a time of day in milliseconds, modulo this. */
const BASE = 1_000_000;
export const AMOUNT_MAX = 2 * BASE;
/** Below the twenty a second from which on the table tells of sums. */
export const PROBES_PER_SECOND = 10;
const LAST_MS = 100;

/** An amount that says when its bet was sent. */
export function amountAt(nowMs: number): number {
  return BASE + (nowMs % BASE);
}

/** How long ago a bet of this amount was sent, in milliseconds; undefined for anybody else's bets. */
export function ageOf(amount: number, nowMs: number): number | undefined {
  return amount < BASE ? undefined : (nowMs - amount + 2 * BASE) % BASE;
}

/**
 * A player whose every bet tells those who hear of it when it was sent. It bets on a side of its own, so that a table
 * that tells of sums does not add others' bets to it. The answer ends it.
 */
export async function startProbe(endpoint: string, { accessToken }: Credential): Promise<() => Promise<void>> {
  const client = new Client(endpoint);
  client.auth.token = accessToken;
  const room: Room<unknown, AndarBaharState> = await client.joinById<AndarBaharState>(TABLE);
  room.reconnection.enabled = false;
  room.onMessage('*', () => undefined);
  const over = new AbortController();
  const probing = (async () => {
    while (!over.signal.aborted) {
      const { phase, roundId, bettingEndsAt } = room.state;
      const now = Date.now();
      if (phase === 'betting' && bettingEndsAt - now > LAST_MS) {
        const bet = { key: uuid7<string>(now), roundId, betSide: 'bahar', amount: amountAt(now) };
        // One that is lost or refused is heard of by nobody: the next one tells as much.
        room.request('place-bet', bet).catch(() => undefined);
      }
      await sleep(1_000 / PROBES_PER_SECOND);
    }
  })();
  return async () => {
    over.abort();
    await probing;
    await Promise.race([room.leave(), sleep(1_000)]);
  };
}
