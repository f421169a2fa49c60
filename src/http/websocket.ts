import { type TransportOptions, WebSocketTransport } from '@colyseus/ws-transport';
import type { Logger } from '../log.ts';

type Socket = Parameters<WebSocketTransport['onConnection']>[0];

/** The framework's transport, but a connection it fails at ends that connection: there nobody waits for its promise. */
export class SturdyTransport extends WebSocketTransport {
  constructor(options: TransportOptions, log: Logger) {
    super(options);
    this.wss.removeAllListeners('connection');
    this.wss.on('connection', (socket: Socket, request) => {
      this.onConnection(socket, request).catch((error: unknown) => {
        log.warn({ err: error }, 'a connection failed');
        socket.terminate();
      });
    });
  }
}
