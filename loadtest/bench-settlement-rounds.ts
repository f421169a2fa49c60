import { pino } from 'pino';
import { openAppPool, openWalletPool } from '../db/pool.ts';
import { systemClock } from '../src/clock.ts';
import { sealingKey } from '../src/fairness/sealed-seed.ts';
import { commitmentOf, newServerSeed } from '../src/fairness/seed.ts';
import type { Card } from '../src/games/andar-bahar/cards.ts';
import type { Outcome } from '../src/games/andar-bahar/deal.ts';
import { THREE_WINDOW } from '../src/games/andar-bahar/pay-tables.ts';
import { deterministicKey, type RoundId, type TableId, type UserId, uuid7 } from '../src/ids.ts';
import { INR, minor } from '../src/money.ts';
import type { LiveRound, RoundDeps } from '../src/rounds/live-round.ts';
import { payPositions } from '../src/rounds/payouts.ts';
import { WalletActor } from '../src/wallet/actor.ts';
import { type BookId, type Command, SYSTEM } from '../src/wallet/command.ts';
import { balancesOf } from '../src/wallet/reads.ts';
import { bet, fund } from './bench-wallet-kernel.ts';

const FIRST_BOOK = 1_000;
const ANDAR_WINS: Outcome = { winner: 'andar', decidingCard: 2, joker: 0 as Card, firstSide: 'bahar' };
/** Bets of the load go on a book of their own. */
const LOAD_BOOK = 1;

export interface BettingLoad {
  /** The times in milliseconds of the bets that were answered while `work` ran, ascending. */
  during(work: () => Promise<unknown>): Promise<Float64Array>;
  stop(): Promise<void>;
}

export interface Rounds {
  /** A round with this many bets, its window closed. */
  prepare(bets: number): Promise<LiveRound>;
  /** Pays it out and reads the balances; resolves with the milliseconds it took. */
  settle(live: LiveRound): Promise<number>;
  betting(outstanding: number): BettingLoad;
  close(): Promise<void>;
}

/** Rounds as the rooms have them, on a wallet with funded players. */
export async function openRounds(url: string, players: number): Promise<Rounds> {
  const log = pino({ level: 'silent' });
  const database = await openAppPool(url);
  const pool = await openWalletPool(url);
  const wallet = await WalletActor.open({ pool, clock: systemClock, log, mailboxMaxPerOrigin: 20_000 });
  const users = Array.from({ length: players }, () => uuid7<UserId>(Date.now()));
  await fund(wallet, users);
  const signal = new AbortController().signal;
  const deps: RoundDeps = { database, wallet, clock: systemClock, log, signal, sealingKey: sealingKey('bench') };
  let nextBook = FIRST_BOOK;
  return {
    prepare: (bets) => prepare(wallet, users, nextBook++ as BookId, bets),
    settle: async (live) => {
      const startedAt = performance.now();
      await payPositions(deps, live, ANDAR_WINS);
      await balancesOf(database, INR, users);
      return performance.now() - startedAt;
    },
    betting: (outstanding) => startBetting(wallet, users, outstanding),
    close: async () => {
      await wallet.close();
      await Promise.all([pool.end(), database.end()]);
    },
  };
}

async function prepare(wallet: WalletActor, users: readonly UserId[], book: BookId, bets: number): Promise<LiveRound> {
  const roundId = uuid7<RoundId>(Date.now());
  const game = { game: 'bench', currency: INR, cap: minor(10n ** 15n), ref: roundId };
  await system(wallet, {
    kind: 'openBook',
    origin: SYSTEM,
    key: deterministicKey(book, 'open'),
    request: '',
    book,
    ...game,
  });
  const answers = Array.from({ length: bets }, (_, i) =>
    wallet.execute(bet(users[i % users.length] ?? SYSTEM, book, 1 + (i & 1))),
  );
  for (const answer of await Promise.all(answers)) if (!answer.ok) throw new Error(`a bet was refused: ${answer.code}`);
  const key = deterministicKey(book, 'close');
  await system(wallet, { kind: 'closeWindow', origin: SYSTEM, key, request: '', book, epoch: 1, window: 1 });
  const seed = newServerSeed((length) => Buffer.alloc(length, 7));
  const live = { roundId, tableId: 'bench' as TableId, roundNumber: book, book, epoch: 1, roots: [] };
  return { ...live, table: THREE_WINDOW, seed, commitment: commitmentOf(seed) };
}

async function system(wallet: WalletActor, command: Command): Promise<void> {
  const answer = await wallet.execute(command);
  if (!answer.ok) throw new Error(`${command.kind} was refused: ${answer.code}`);
}

function startBetting(wallet: WalletActor, users: readonly UserId[], outstanding: number): BettingLoad {
  let stopped = false;
  let times: number[] | null = null;
  const worker = async (number: number): Promise<void> => {
    const user = users[number % users.length] ?? SYSTEM;
    while (!stopped) {
      const startedAt = performance.now();
      const answer = await wallet.execute(bet(user, LOAD_BOOK, 1 + (number & 1)));
      if (!answer.ok) throw new Error(`a bet was refused: ${answer.code}`);
      times?.push(performance.now() - startedAt);
    }
  };
  const workers = Array.from({ length: outstanding }, (_, number) => worker(number));
  return {
    during: async (work) => {
      const collected: number[] = [];
      times = collected;
      await work();
      times = null;
      return Float64Array.from(collected).sort();
    },
    stop: async () => {
      stopped = true;
      await Promise.all(workers);
    },
  };
}
