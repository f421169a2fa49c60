import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

/** A local exchange that says what a test wants it to say, in the format of the combined trade streams. */
export class ExchangeServer {
  readonly #server: WebSocketServer;
  readonly #sockets: WebSocket[] = [];
  /** The path and query of every connection so far. */
  readonly paths: string[] = [];

  private constructor(server: WebSocketServer) {
    this.#server = server;
    server.on('connection', (socket, request) => {
      this.#sockets.push(socket);
      this.paths.push(request.url ?? '');
    });
  }

  static async listen(port = 0): Promise<ExchangeServer> {
    const server = new WebSocketServer({ host: '127.0.0.1', port });
    await once(server, 'listening');
    return new ExchangeServer(server);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}`;
  }

  get connections(): number {
    return this.#sockets.length;
  }

  /** Over the newest connection. */
  say(message: string): void {
    this.#sockets.at(-1)?.send(message);
  }

  trade(tradeId: number, price: string, at: number, symbol = 'BTCUSDT'): void {
    const data = { e: 'trade', E: at + 3, s: symbol, t: tradeId, p: price, q: '0.01000000', T: at, m: false, M: true };
    this.say(JSON.stringify({ stream: `${symbol.toLowerCase()}@trade`, data }));
  }

  /** Cuts the newest connection, without a word. */
  drop(): void {
    this.#sockets.at(-1)?.terminate();
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.terminate();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
