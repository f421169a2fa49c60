import { Client } from 'pg';
import { pino } from 'pino';
import { clientConfig, openAppPool, openWalletPool } from '../db/pool.ts';
import { systemClock } from '../src/clock.ts';
import { NUMBERS, selectionOf } from '../src/games/lottery/number.ts';
import { DEFAULT_MULTIPLIERS, liabilityOf } from '../src/games/lottery/payout.ts';
import { riskFigures } from '../src/games/lottery/risk.ts';
import { parseSlip } from '../src/games/lottery/slip/parse-slip.ts';
import { deterministicKey, type Key, type UserId, uuid7 } from '../src/ids.ts';
import { INR, type Minor, minor } from '../src/money.ts';
import { WalletActor } from '../src/wallet/actor.ts';
import { type Answer, type BookId, type Command, LINES_MAX, type Stake, SYSTEM } from '../src/wallet/command.ts';
import { POOL_WINDOW } from '../src/wallet/pool.ts';
import { openLinesOn, poolPlayers } from '../src/wallet/pool-reads.ts';

const GAME = 'lottery';
const LIMIT = minor(5_000_000_000);
const LIMITS = { globalLimit: LIMIT, ofNumbers: new Map<never, Minor>() };

/** A phase of the lottery in the wallet, with funded collectors. */
export async function openPhase(url: string, collectors: number) {
  const walletPool = await openWalletPool(url);
  const database = await openAppPool(url);
  const actor = await WalletActor.open({ pool: walletPool, clock: systemClock, log: pino({ level: 'silent' }) });
  const users = Array.from({ length: collectors }, () => uuid7<UserId>(Date.now()));
  const book = 1 as BookId;
  let commands = 0;
  const system = (more: Omit<Command, 'origin' | 'key' | 'request'>) => {
    const key = deterministicKey('bench', commands++);
    return done(actor.execute({ ...more, origin: SYSTEM, key, request: key } as unknown as Command));
  };
  for (const owner of users) {
    await system({ kind: 'adjust', owner, currency: INR, amount: minor(10n ** 13n) } as never);
  }
  const ref = deterministicKey('bench', 'phase');
  const opened = { kind: 'openBook', book, ref, game: GAME, currency: INR, cap: minor(10n ** 17n), pooled: true };
  await system(opened as never);
  let slips = 0;

  return {
    database,
    /** One slip, as text, read and taken: every line under its number's limit. Resolves with how many lines it had. */
    async take(text: string): Promise<number> {
      const { lines, errors } = parseSlip(text);
      if (errors.length > 0) throw new Error(errors[0]?.message);
      const command: Stake = {
        ...{ kind: 'stake', origin: users[slips++ % collectors] ?? SYSTEM, key: uuid7<Key>(Date.now()), request: text },
        ...{ book, window: POOL_WINDOW },
        lines: lines.map(({ number, amount }) => {
          const liability = liabilityOf(amount, DEFAULT_MULTIPLIERS);
          return { selection: selectionOf(number), amount, liability, limit: LIMIT };
        }),
      };
      await done(actor.execute(command));
      return lines.length;
    },
    /** The whole board from what the wallet has in memory. */
    board() {
      const totals = actor.totalsOn(book);
      const stakes = NUMBERS.map((number) => {
        return [number, (totals?.get(selectionOf(number))?.stake ?? 0n) as Minor] as const;
      });
      return riskFigures(new Map(stakes), LIMITS, DEFAULT_MULTIPLIERS);
    },
    /** Closes the phase, pays the winners and ends it; how many there were. */
    async settle(winning: number): Promise<number> {
      await system({ kind: 'closeWindow', book, epoch: 1, window: POOL_WINDOW } as never);
      let winners = 0;
      for (let after = 0; ; ) {
        const lines = await openLinesOn(database, book, winning, { after, limit: LINES_MAX });
        if (lines.length === 0) break;
        const closes = lines.map(({ id, stake }) => {
          return { position: id, payout: liabilityOf(stake, DEFAULT_MULTIPLIERS), outcome: 'won' as const };
        });
        await system({ kind: 'settle', book, epoch: 1, closes, last: false } as never);
        winners += lines.length;
        after = lines.at(-1)?.id ?? after;
      }
      const players = await poolPlayers(database, book, { after: 0, limit: LINES_MAX });
      const wallets = players.map(({ wallet }) => wallet);
      await system({ kind: 'closePool', book, epoch: 1, wallets, last: true } as never);
      return winners;
    },
    async close(): Promise<void> {
      await actor.close();
      await walletPool.end();
      await database.end();
    },
  };
}

/** The documents' query for the risk (S3-07), over the lines themselves; how long it takes. */
export async function groupByMs(url: string): Promise<number> {
  const client = new Client(clientConfig(url));
  await client.connect();
  const query = `
    select selection, sum(amount) as total_bet, sum(amount) * 80 as potential_payout
      from transfer where book = 1 and "window" < 0 group by selection order by total_bet desc`;
  await client.query('vacuum analyze transfer');
  await client.query(query);
  const startedAt = performance.now();
  await client.query(query);
  const took = performance.now() - startedAt;
  await client.end();
  return took;
}

async function done(answer: Promise<Answer>): Promise<void> {
  const said = await answer;
  if (!said.ok) throw new Error(`refused: ${said.code}`);
}
