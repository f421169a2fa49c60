import type { Duplex } from 'node:stream';
import { type TransportOptions, WebSocketTransport } from '@colyseus/ws-transport';
import type { Logger } from '../log.ts';
import { refuseRaw } from './gate.ts';

type Socket = Parameters<WebSocketTransport['onConnection']>[0];

/** The framework's transport, but a connection it fails at ends that connection: there nobody waits for its promise. */
export class SturdyTransport extends WebSocketTransport {
  constructor(options: TransportOptions, log: Logger) {
    super(options);
    // An upgrade to something else, or without its key.
    this.wss.on('wsClientError', (_error: Error, socket: Duplex) => refuseRaw(socket));
    this.wss.removeAllListeners('connection');
    this.wss.on('connection', (socket: Socket, request) => {
      this.onConnection(socket, request).catch((error: unknown) => {
        log.warn({ err: error }, 'a connection failed');
        socket.terminate();
      });
    });
  }
}
