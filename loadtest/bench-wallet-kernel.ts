import { Client } from 'pg';
import { pino } from 'pino';
import { clientConfig, openWalletPool } from '../db/pool.ts';
import { systemClock } from '../src/clock.ts';
import { deterministicKey, type Key, type UserId, uuid7 } from '../src/ids.ts';
import { INR, minor, type Percentage } from '../src/money.ts';
import { WalletActor } from '../src/wallet/actor.ts';
import { type Answer, type BookId, type Stake, SYSTEM } from '../src/wallet/command.ts';
import { LIMIT_KINDS } from '../src/wallet/limits.ts';
import { walBytes } from './bench-database.ts';
import type { Load } from './measure.ts';

const BOOKS = 10;
const STAKE = minor(100);
/** Every hundredth bet is sent again with its key, as clients on bad networks do. */
const DUPLICATES = 100;
/** Statements of a batch that holds bets: begin, one for all tables, commit. */
const STATEMENTS_PER_BATCH = 3;

export interface KernelOptions {
  /** Of history that is there before. */
  readonly rows?: number;
  /** Every player has limits and an active bonus; every other one has nothing else to stake. */
  readonly bound?: boolean;
}

/** The wallet actor with funded players and open books. */
export async function openKernel(
  url: string,
  players: number,
  { rows = 0, bound = false }: KernelOptions = {},
): Promise<Load> {
  const client = new Client(clientConfig(url));
  await client.connect();
  const users = Array.from({ length: players }, () => uuid7<UserId>(Date.now()));
  if (rows > 0) await seedHistory(client, users, rows);
  const pool = await openWalletPool(url);
  const actor = await WalletActor.open({
    pool,
    clock: systemClock,
    log: pino({ level: 'silent' }),
    mailboxMaxPerOrigin: 20_000,
  });
  await fund(actor, bound ? users.filter((_, index) => index % 2 === 0) : users);
  if (bound) await bind(actor, users);
  await client.query('vacuum analyze wallet, bonus_grant');
  const last = new Map<number, Stake>();
  let count = 0;
  return {
    name: nameOf(rows, bound),
    once: async (worker) => {
      const repeated = ++count % DUPLICATES === 0 ? last.get(worker) : undefined;
      const command = repeated ?? bet(users[worker % players] ?? SYSTEM, 1 + (worker % BOOKS), 1 + (worker & 1));
      const answer = await actor.execute(command);
      if (!answer.ok) throw new Error(`a bet was refused: ${answer.code}`);
      last.set(worker, command);
    },
    walBytes: () => walBytes(client),
    statements: () => actor.stats.batches * STATEMENTS_PER_BATCH,
    close: async () => {
      await actor.close();
      await pool.end();
      await client.end();
    },
  };
}

function nameOf(rows: number, bound: boolean): string {
  if (bound) return 'wallet actor with limits and bonuses';
  return rows > 0 ? `wallet actor on ${rows} rows` : 'wallet actor';
}

export function bet(origin: UserId, book: number, selection: number): Stake {
  const lines = [{ selection, amount: STAKE, liability: minor(2n * STAKE) }];
  const request = `${book}|${selection}|${STAKE}`;
  return { kind: 'stake', origin, key: uuid7<Key>(Date.now()), request, book: book as BookId, window: 1, lines };
}

/** Money for everybody, and books that take any amount. */
export async function fund(actor: WalletActor, users: readonly UserId[]): Promise<void> {
  await Promise.all(
    users.map((owner) => {
      const key = deterministicKey('fund', owner);
      const amount = minor(1_000_000_000_000);
      return actor.execute({
        kind: 'adjust',
        origin: SYSTEM,
        key,
        request: owner,
        owner,
        currency: INR,
        amount,
      });
    }),
  );
  for (let book = 1; book <= BOOKS; book++) {
    const key = deterministicKey('book', book);
    const ref = deterministicKey('ref', book);
    const cap = minor(10n ** 17n);
    await actor.execute({
      kind: 'openBook',
      origin: SYSTEM,
      key,
      request: `${book}`,
      book: book as BookId,
      ref,
      game: 'bench',
      currency: INR,
      cap,
    });
  }
}

/** Limits of all kinds, and a bonus that nobody plays through. */
async function bind(actor: WalletActor, users: readonly UserId[]): Promise<void> {
  const much = minor(10n ** 14n);
  const terms = {
    ...{ requirement: much, expiresAt: Date.now() + 86_400_000, maxStake: much },
    contributions: new Map([['*', 10_000 as Percentage]]),
  };
  for (const owner of users) {
    const player = { origin: SYSTEM, owner, currency: INR, request: owner };
    const key = deterministicKey('bonus', owner);
    await done(actor.execute({ kind: 'grantBonus', ...player, key, amount: minor(10n ** 12n), terms }));
    for (const kind of LIMIT_KINDS) {
      const limit = { kind, days: 30, amount: much } as const;
      await done(actor.execute({ kind: 'setLimit', ...player, key: deterministicKey(kind, owner), limit }));
    }
  }
}

async function done(answer: Promise<Answer>): Promise<void> {
  const { ok } = await answer;
  if (!ok) throw new Error('a player could not be made ready');
}

/** History written by the server itself: consistent to the unit, but without chain links. */
async function seedHistory(client: Client, users: readonly UserId[], rows: number): Promise<void> {
  const share = Math.floor(rows / users.length);
  await client.query(`insert into wallet (name, currency, overdraft) values ('cashier', 'INR', true)`);
  await client.query(`insert into wallet (owner, currency) select unnest($1::uuid[]), 'INR'`, [users]);
  await client.query(`
    insert into transfer (seq, debit, credit, amount, position, shard, debit_bucket, credit_bucket, reason, debit_prev,
                          credit_prev)
    select i, c.id, p.ids[1 + i % ${users.length}], 1, 0, 0, 0, 0, 5, i - 1, greatest(i - ${users.length}, 0)
      from (select id from wallet where name = 'cashier') c,
           (select array_agg(id) ids from wallet where owner is not null) p,
           generate_series(1, ${share * users.length}) i`);
  await client.query(`
    insert into command (hash, seq, batch, version, real, bonus, held, key, origin, moves, verdict, ord, shard)
    select i, i, 1 + i / 1000, 0, 0, 0, 0, uuidv7(interval '-1 day'), '${SYSTEM}', 1, 0, i % 1000, 0
      from generate_series(1, ${share * users.length}) i`);
  await client.query(`update wallet set real = ${share}, version = ${share} where owner is not null`);
  await client.query(
    `update wallet set real = -${share * users.length}, version = ${share * users.length} where name = 'cashier'`,
  );
  await client.query(`
    update wallet w set last_seq = l.seq
      from (select debit as wallet, max(seq) as seq from transfer group by 1
            union all select credit, max(seq) from transfer group by 1) l
     where l.wallet = w.id`);
  await client.query(`update shard set seq = ${share * users.length}`);
  await client.query('vacuum analyze');
  await client.query('checkpoint');
}
