import { sql } from 'slonik';
import { z } from 'zod';
import type { Database, Queries } from '../../db/pool.ts';
import { type Currency, type Minor, ZERO } from '../money.ts';
import { compareLastHead } from '../wallet/chain-heads.ts';
import { BONUS_COST, CASHIER, COMMISSION, PARTNER_COMMISSION } from '../wallet/decision.ts';
import type { AuditedPlace } from './audit-all.ts';
import { compareLastLogHead } from './log-heads.ts';
import {
  type AtStake,
  atStakeIn,
  type BonusSum,
  bonusSums,
  type CashierSum,
  cashierSums,
  chainHead,
  correctionSums,
  openHolds,
  type UnfinishedBook,
  unfinishedBooks,
  type WalletSum,
  walletSums,
} from './reconciliation-store.ts';
import { newestLines } from './store.ts';

export interface Buckets {
  readonly real: Minor;
  readonly bonus: Minor;
  readonly held: Minor;
}

/** Of one game: a table, a phase or a desk. */
export interface GameFigures {
  readonly game: string;
  /** What the house has won on it so far, less what it has lost. */
  readonly house: Minor;
  readonly escrow: Buckets;
  /** What is open in its unfinished rounds; but for margins, held, the same as what lies in escrow, in right books. */
  readonly atStake: Buckets;
  readonly bets: number;
  readonly unfinished: number;
  /** The oldest round with money in it. */
  readonly oldest: (UnfinishedBook & { readonly bets: number; readonly stakes: Minor }) | null;
}

export interface CurrencyFigures {
  readonly currency: Currency;
  /** All wallets together: nothing, in right books. */
  readonly trialBalance: Minor;
  readonly players: Buckets & { readonly wallets: number };
  /** What open holds say is held; margins are held besides. */
  readonly holds: { readonly holds: number; readonly amount: Minor };
  /** What bonuses have: the same as what players have in theirs, in right books. */
  readonly bonuses: Omit<BonusSum, 'currency'>;
  /** Given so far, less what was forfeited. */
  readonly bonusCost: Minor;
  /** Paid so far to partners and to collectors of the lottery; it comes off what games have won. */
  readonly commissions: Minor;
  readonly games: readonly GameFigures[];
  /** What has come from outside and what has gone there: below zero by what is inside. */
  readonly cashier: Minor;
  readonly deposits: CashierSum | undefined;
  readonly withdrawals: CashierSum | undefined;
  /** What corrections by hand have brought players, less what they have taken. */
  readonly corrections: Minor;
  /** What lies in system wallets that none of the other figures is of: so that all of them add up, whatever comes. */
  readonly others: Minor;
}

/**
 * What there is and what there should be, all of one moment, and the ends of both chains with the last of their heads
 * on file. Reads each wallet, deposit and withdrawal once, and of the ledger only what belongs to unfinished rounds.
 */
export async function reconcile(database: Database, place: Omit<AuditedPlace, 'databaseUrl'>) {
  const { dataDir, secret } = place;
  const figures = await database.transaction(async (snapshot) => {
    await snapshot.query(sql.type(z.strictObject({}))`set transaction isolation level repeatable read, read only`);
    return figuresOf(snapshot);
  });
  // Outside the snapshot: a head that has just been written may be of a batch that it does not see.
  const chainOnFile = await compareLastHead(database, dataDir, secret);
  const auditLogOnFile = await compareLastLogHead(database, dataDir, secret);
  const right =
    figures.currencies.every(isRight) &&
    (figures.chain.batch === 0 || figures.chain.linkSeq === figures.chain.seq) &&
    [chainOnFile, auditLogOnFile].every((last) => !last?.broken);
  return { ...figures, chainOnFile, auditLogOnFile, right };
}
export type Reconciliation = Awaited<ReturnType<typeof reconcile>>;

async function figuresOf(snapshot: Queries) {
  const sums = await walletSums(snapshot);
  const holds = await openHolds(snapshot);
  const books = await unfinishedBooks(snapshot);
  const stakes = await atStakeIn(snapshot, books);
  const moved = await cashierSums(snapshot);
  const corrected = await correctionSums(snapshot);
  const bonuses = await bonusSums(snapshot);
  const chain = await chainHead(snapshot);
  const [auditLog = null] = await newestLines(snapshot, {}, 1);
  const codes = [...new Set([...sums, ...holds, ...books, ...moved].map(({ currency }) => currency))].sort();
  const currencies = codes.map((currency): CurrencyFigures => {
    const own = <T extends { readonly currency: Currency }>(rows: readonly T[]) =>
      rows.filter((row) => row.currency === currency);
    const wallets = own(sums);
    const players = wallets.find(({ name }) => name === null);
    const named = (name: string) => totalOf(bucketsOf(wallets.find((each) => each.name === name)));
    return {
      currency,
      trialBalance: add(...wallets.map(totalOf)),
      players: { ...bucketsOf(players), wallets: players?.wallets ?? 0 },
      holds: own(holds)[0] ?? { holds: 0, amount: ZERO },
      bonuses: own(bonuses)[0] ?? { active: 0, balance: ZERO, atStake: ZERO },
      bonusCost: less(named(BONUS_COST)),
      commissions: less(add(named(COMMISSION), named(PARTNER_COMMISSION))),
      games: gamesOf(wallets, own(books), stakes),
      cashier: named(CASHIER),
      deposits: own(moved).find(({ type }) => type === 'DEPOSIT'),
      withdrawals: own(moved).find(({ type }) => type === 'WITHDRAWAL'),
      corrections: own(corrected)[0]?.amount ?? ZERO,
      others: add(...wallets.filter(({ name }) => name !== null && !isShown(name)).map(totalOf)),
    };
  });
  return { currencies, chain, auditLog };
}

function isShown(name: string): boolean {
  return [BONUS_COST, COMMISSION, PARTNER_COMMISSION, CASHIER].includes(name) || OF_GAME.test(name);
}

const OF_GAME = /^(?:house|escrow):(.+)$/;

function gamesOf(
  wallets: readonly WalletSum[],
  books: readonly UnfinishedBook[],
  stakes: readonly AtStake[],
): readonly GameFigures[] {
  const named = wallets.flatMap(({ name }) => OF_GAME.exec(name ?? '')?.[1] ?? []);
  const games = [...new Set([...named, ...books.map(({ game }) => game)])].sort();
  return games.map((game) => {
    const walletOf = (kind: string) => bucketsOf(wallets.find(({ name }) => name === `${kind}:${game}`));
    const own = books.filter((book) => book.game === game);
    const open = own.flatMap((book) => {
      const found = stakes.find((each) => each.book === book.book);
      return found ? [{ ...book, ...found, stakes: add(found.real, found.bonus, found.held) }] : [];
    });
    const sumOf = (bucket: keyof Buckets) => add(...open.map((each) => each[bucket]));
    return {
      game,
      house: totalOf(walletOf('house')),
      escrow: walletOf('escrow'),
      atStake: { real: sumOf('real'), bonus: sumOf('bonus'), held: sumOf('held') },
      bets: open.reduce((sum, { bets }) => sum + bets, 0),
      unfinished: own.length,
      oldest: open[0] ?? null,
    };
  });
}

/** Whether what there is is what there should be. */
function isRight({ trialBalance, players, holds, bonuses, games }: CurrencyFigures): boolean {
  const matches = ({ escrow, atStake }: GameFigures) =>
    escrow.real === atStake.real && escrow.bonus === atStake.bonus && escrow.held === ZERO;
  const atStake = add(...games.map((game) => game.atStake.bonus));
  const areBonuses = players.bonus === bonuses.balance && atStake === bonuses.atStake;
  const held = add(holds.amount, marginsIn(games));
  return trialBalance === ZERO && players.held === held && areBonuses && games.every(matches);
}

/** What of the players' held money is margin. */
export function marginsIn(games: readonly GameFigures[]): Minor {
  return add(...games.map(({ atStake }) => atStake.held));
}

function bucketsOf(sum: Buckets | undefined): Buckets {
  const { real = ZERO, bonus = ZERO, held = ZERO } = sum ?? {};
  return { real, bonus, held };
}

export function totalOf({ real, bonus, held }: Buckets): Minor {
  return add(real, bonus, held);
}

function less(amount: Minor): Minor {
  return -amount as Minor;
}

function add(...amounts: readonly Minor[]): Minor {
  return amounts.reduce((sum, amount) => (sum + amount) as Minor, ZERO);
}
