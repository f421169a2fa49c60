import type { Database } from '../../db/pool.ts';

/** What a transaction took. */
interface Counted {
  statements: number;
  tookMs: number;
}

/** The same database, and what each transaction on it has taken so far. */
export function countTransactions(pool: Database) {
  const transactions: Counted[] = [];
  const database = new Proxy(pool, {
    get(target, name: keyof Database) {
      if (name !== 'transaction') return target[name];
      return async (handler: Parameters<Database['transaction']>[0]) => {
        const counted = { statements: 0, tookMs: 0 };
        transactions.push(counted);
        const startedAt = performance.now();
        const result = await target.transaction((tx) => handler(telling(tx, () => (counted.statements += 1))));
        counted.tookMs = performance.now() - startedAt;
        return result;
      };
    },
  });
  return { database, transactions };
}

/** The same, saying so whenever it is asked for something. */
function telling<Asked extends object>(asked: Asked, tell: () => void): Asked {
  return new Proxy(asked, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      return (...args: readonly unknown[]): unknown => {
        tell();
        return Reflect.apply(method, target, args);
      };
    },
  });
}
