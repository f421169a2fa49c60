import type { Client } from '@colyseus/core';

/** What the connection is, underneath. */
export interface Socket {
  readonly bufferedAmount?: number;
  on(event: 'message', listener: (frame: Uint8Array) => void): void;
  on(event: 'ping', listener: () => void): void;
  terminate(): void;
}

/** What the WebSocket library holds the length of a message against. It has no setting for a single connection. */
interface Receiving {
  readonly _receiver?: { _maxPayload: number };
}

/** Longer messages than others may send, for this connection alone. */
export function takeLongMessages(client: Client, bytesMax: number): void {
  const { _receiver } = client.ref as unknown as Receiving;
  if (_receiver !== undefined) _receiver._maxPayload = bytesMax;
}

export function socketOf(client: Client): Socket {
  return client.ref as unknown as Socket;
}
