import { randomBytes } from 'node:crypto';
import { migrate } from '../db/migrate.ts';
import { openAppPool, openWalletPool } from '../db/pool.ts';
import { createAccounts } from '../src/accounts/accounts.ts';
import { systemClock } from '../src/clock.ts';
import type { Config } from '../src/config.ts';
import { deterministicKey, type UserId } from '../src/ids.ts';
import { createLogger } from '../src/log.ts';
import { INR, minor } from '../src/money.ts';
import { isRefusal } from '../src/refusal.ts';
import { WalletActor } from '../src/wallet/actor.ts';
import { SYSTEM } from '../src/wallet/command.ts';
import { acquireShard, type ShardOwnership } from '../src/wallet/ownership.ts';
import type { Credential } from './credentials.ts';
import { credentialOf } from './credentials.ts';
import { forEach } from './crew.ts';
import { Mistake } from './mistake.ts';
import { loadPlayerName } from './names.ts';

/** Their passwords are long random texts that nobody knows: making them dear to guess protects nothing. */
const CHEAP = { cost: { memoryKib: 8, passes: 1, parallelism: 1 } };
const CLIENT = { ip: '127.0.0.1', userAgent: 'croupier load test' };
const AT_ONCE = 10;

interface SeedTask {
  readonly databaseUrl: string;
  readonly config: Config;
  readonly count: number;
  /** Minor units. */
  readonly balance: number;
}

/**
 * Makes players on a database that no server runs on: takes the ledger as its owner for as long as it takes, and moves
 * the money by the wallet's own commands. Throws a Mistake where a server owns the ledger; nothing is done then.
 */
export async function seedDatabase(task: SeedTask, keep: (credential: Credential) => void): Promise<void> {
  const { databaseUrl, config, count, balance } = task;
  const log = createLogger('silent');
  await migrate(databaseUrl, log);
  const closing = new AsyncDisposableStack();
  try {
    const ownership = await own(databaseUrl);
    closing.defer(() => ownership.release());
    const pool = await openWalletPool(databaseUrl);
    closing.defer(() => pool.end());
    const database = await openAppPool(databaseUrl);
    closing.defer(() => database.end());
    const wallet = await WalletActor.open({ pool, clock: systemClock, log });
    closing.defer(() => wallet.close());
    const accounts = createAccounts({ database, config, clock: systemClock, log, passwords: CHEAP });
    const numbers = Array.from({ length: count }, (_, index) => index);
    await forEach(numbers, AT_ONCE, async (number) => {
      const person = { username: loadPlayerName(number), password: randomBytes(24).toString('base64url') };
      const answer = await accounts.register(person, CLIENT);
      if (isRefusal(answer)) throw new Error(`${person.username} was refused: ${answer.code}`);
      await credit(wallet, answer.user.id, balance);
      keep(credentialOf(answer));
    });
  } finally {
    await closing.disposeAsync();
  }
}

async function own(databaseUrl: string): Promise<ShardOwnership> {
  // Ended before it begins: an owner is neither waited for nor, should it be frozen, overruled.
  const signal = AbortSignal.abort();
  try {
    return await acquireShard({ databaseUrl, shard: 0, log: createLogger('silent'), signal });
  } catch (error) {
    if (error !== signal.reason) throw error;
    throw new Mistake(
      'A server runs on this database, and only it may move money. Stop it, seed, and start it again; ' +
        'or, if it is a demo, seed through it with --endpoint. Nothing was done.',
    );
  }
}

async function credit(wallet: WalletActor, owner: UserId, balance: number): Promise<void> {
  const answer = await wallet.execute({
    ...{ kind: 'adjust', origin: SYSTEM, key: deterministicKey('loadtest', owner), request: `${owner} ${balance}` },
    ...{ owner, currency: INR, bucket: 'real', amount: minor(balance) },
  });
  if (!answer.ok) throw new Error(`the credit of ${owner} was refused: ${answer.code}`);
}
