import { createHash } from 'node:crypto';
import type { Client, Room } from '@colyseus/core';
import { identityOf } from './seats.ts';

/** What the framework knows of a client and does not tell. */
interface Joined {
  readonly _joinedAt?: number;
}

type Inspected = Pick<Room, 'roomId' | 'maxClients' | 'metadata' | 'locked' | 'clock' | 'state' | 'clients'>;

/**
 * A room for the eyes of an administrator: its state, which its players see as well, and who is here. Another process
 * may ask, so it is nothing but JSON: money as text. What the framework knows a connection by is half of what it takes
 * to come back in its place, so only a name made from it is shown.
 */
export function inspect(room: Inspected): object {
  const { roomId, maxClients, metadata, locked, clock } = room;
  const state = JSON.stringify(room.state ?? {}, (_key, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
  const clients = [...room.clients].map((client) => ({
    sessionId: nameOf(client),
    userId: identityOf(client)?.userId ?? null,
    elapsedTime: clock.elapsedTime - ((client as unknown as Joined)._joinedAt ?? 0),
  }));
  const shown = { roomId, maxClients: String(maxClients), metadata: metadata ?? null, locked, clients };
  return { ...shown, state: JSON.parse(state) as object, stateSize: Buffer.byteLength(state) };
}

function nameOf({ sessionId }: Client): string {
  return createHash('sha256').update(sessionId).digest('base64url').slice(0, 9);
}
