import type { Database } from '../../db/pool.ts';
import type { Wallet } from '../../src/rounds/insist.ts';

/**
 * A process that dies at its n-th effect on the world, before or after it; nothing it does later has an effect. A
 * transaction is one, and so is every statement in it: who dies in the middle leaves nothing of it.
 */
export class Mortality {
  readonly #diesAt: number;
  readonly #after: boolean;
  #effects = 0;
  dead = false;

  constructor(diesAt: number, after: boolean) {
    this.#diesAt = diesAt;
    this.#after = after;
  }

  async live<T>(effect: () => Promise<T>): Promise<T> {
    this.#effects += 1;
    const last = this.#effects === this.#diesAt;
    if (this.dead || (last && !this.#after)) return this.#die();
    const result = await effect();
    return last ? this.#die() : result;
  }

  wallet(wallet: Wallet): Wallet {
    return { execute: (command) => this.live(() => wallet.execute(command)) };
  }

  database(database: Database): Database {
    return this.#mortal(database);
  }

  #mortal<Connection extends object>(connection: Connection): Connection {
    return new Proxy(connection, {
      get: (target, name: string & keyof Connection) => {
        const method = target[name];
        if (typeof method !== 'function') return method;
        return (...args: unknown[]) =>
          this.live(() =>
            method.apply(
              target,
              args.map((arg) => this.#handler(arg)),
            ),
          );
      },
    });
  }

  /** What a transaction runs gets a connection that is as mortal. */
  #handler(argument: unknown): unknown {
    if (typeof argument !== 'function') return argument;
    return (connection: object) => argument(this.#mortal(connection));
  }

  #die(): never {
    this.dead = true;
    throw new Error('killed');
  }
}
