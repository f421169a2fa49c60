import type { Client } from '@colyseus/core';

/** What the connection is, underneath. */
export interface Socket {
  readonly bufferedAmount?: number;
  on(event: 'message', listener: (frame: Uint8Array) => void): void;
  on(event: 'ping', listener: () => void): void;
  terminate(): void;
}

export function socketOf(client: Client): Socket {
  return client.ref as unknown as Socket;
}
