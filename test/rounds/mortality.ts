import type { Database } from '../../db/pool.ts';
import type { Wallet } from '../../src/rounds/insist.ts';

/** A process that dies at its n-th effect on the world, before or after it; nothing it does later has an effect. */
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
    return new Proxy(database, {
      get: (target, name: keyof Database) => {
        const method = target[name];
        if (typeof method !== 'function') return method;
        return (...args: unknown[]) =>
          this.live(() => (method as (...args: unknown[]) => Promise<unknown>).apply(target, args));
      },
    });
  }

  #die(): never {
    this.dead = true;
    throw new Error('killed');
  }
}
