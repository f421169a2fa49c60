import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { removeDirectory, temporaryDirectory } from '../support/server.ts';

/**
 * What becomes of a COMMIT: it passes, it is lost on its way there together with the connection, it arrives but the
 * connection is lost before the answer, or it is held up until `release`.
 */
export type Fate = 'pass' | 'lose-request' | 'lose-reply' | 'hold';

const COMMIT = Buffer.from('COMMIT');
const SOCKET = '.s.PGSQL.5432';

/** A bad line to the database: a socket of its own, which forwards until it is told otherwise. */
export class DatabaseProxy {
  readonly #server: Server;
  readonly #directory = temporaryDirectory();
  readonly #target: string;
  readonly #url: string;
  readonly #sockets = new Set<Socket>();
  readonly #held: (() => void)[] = [];
  /** Commits seen so far. */
  commits = 0;
  /** The fate of each COMMIT, by its number; from 1. */
  fateOf: (commit: number) => Fate = () => 'pass';
  /** New connections are turned away while it is true. */
  isAway = false;

  private constructor(url: string) {
    const host = decodeURIComponent(/@([^:/]+)/.exec(url)?.[1] ?? '');
    this.#target = join(host, SOCKET);
    this.#url = url.replace(/@[^:/]+/, `@${encodeURIComponent(this.#directory)}`);
    this.#server = createServer((client) => this.#forward(client));
  }

  static async open(url: string): Promise<DatabaseProxy> {
    const proxy = new DatabaseProxy(url);
    proxy.#server.listen(join(proxy.#directory, SOCKET));
    await once(proxy.#server, 'listening');
    return proxy;
  }

  /** The database's URL through this line. */
  get url(): string {
    return this.#url;
  }

  /** Cuts the connections there are. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** What was held up arrives now. */
  release(): void {
    for (const send of this.#held.splice(0)) send();
  }

  async close(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
    removeDirectory(this.#directory);
  }

  #forward(client: Socket): void {
    if (this.isAway) {
      client.destroy();
      return;
    }
    const server = connect(this.#target);
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => this.#sockets.delete(socket));
    }
    client.on('data', (bytes: Buffer) => this.#send(client, server, bytes));
    server.on('data', (bytes) => client.write(bytes));
    client.on('close', () => server.end());
    server.on('close', () => client.destroy());
  }

  #send(client: Socket, server: Socket, bytes: Buffer): void {
    const fate = bytes.includes(COMMIT) ? this.fateOf(++this.commits) : 'pass';
    if (fate === 'hold') {
      this.#held.push(() => server.write(bytes));
      return;
    }
    if (fate !== 'lose-request') server.write(bytes);
    if (fate === 'lose-request') server.destroy();
    if (fate !== 'pass') client.destroy();
  }
}
