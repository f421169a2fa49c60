import { z } from 'zod';
import {
  type Buckets,
  type CurrencyFigures,
  type GameFigures,
  marginsIn,
  type Reconciliation,
  totalOf,
} from '../backoffice/reconciliation.ts';
import type { CashierSum } from '../backoffice/reconciliation-store.ts';
import { type Minor, toWire, ZERO } from '../money.ts';
import type { Finding } from '../wallet/audit.ts';

const WireBuckets = z.strictObject({ real: z.int(), bonus: z.int(), held: z.int(), total: z.int() });
const WireSum = z.strictObject({ count: z.int(), amount: z.int() });
const WireMovements = z.strictObject({
  pending: WireSum,
  approved: WireSum.describe('by whoever had to, and not moved yet'),
  moved: WireSum.describe('approved, and the money has moved'),
});

const WireGame = z.strictObject({
  game: z.string().describe('the table, phase or desk'),
  house: z.int().describe('won by the house since ever; below zero where it lost'),
  escrow: WireBuckets.describe('what lies there'),
  atStake: WireBuckets.describe('what is open in unfinished rounds'),
  difference: z.int().describe('of the two, margins left out, which are held; 0 in right books'),
  bets: z.int().describe('that are open'),
  unfinished: z.int().describe('rounds'),
  oldest: z
    .strictObject({
      roundId: z.string(),
      roundNumber: z.int().nullable(),
      state: z.string().describe('of its book: open, closed, settling, voiding'),
      since: z.iso.datetime().nullable(),
      bets: z.int(),
      stakes: z.int(),
    })
    .nullable()
    .describe('unfinished round with money in it'),
});

const WireCurrency = z.strictObject({
  currency: z.string(),
  trialBalance: z.int().describe('all wallets together; 0 in right books'),
  players: WireBuckets.extend({ wallets: z.int() }),
  holds: z.strictObject({
    count: z.int().describe('that are open'),
    amount: z.int(),
    margins: z.int().describe('held for open trades'),
    difference: z.int().describe('of what players have held and both of these; 0 in right books'),
  }),
  bonuses: z.strictObject({
    active: z.int(),
    balance: z.int().describe('what they have'),
    atStake: z.int().describe('what open bets have taken from them'),
    difference: z.int().describe('of what players have as bonus; 0 in right books'),
    cost: z.int().describe('given since ever, less what was forfeited'),
  }),
  games: z.array(WireGame),
  house: z.int().describe('of all games, before commissions'),
  escrow: z.int().describe('of all games'),
  cashier: z.strictObject({
    balance: z.int().describe('the outside world: below zero by what has come in and not gone out'),
    deposits: WireMovements,
    withdrawals: WireMovements.extend({ unpaid: WireSum.describe('moved, and the provider has not paid them out') }),
    otherwise: z.int().describe('came in, less what went out, by neither of them: corrections, play money'),
    corrections: z.int().describe('of otherwise: by hand, by two people'),
    unexplained: z.int().describe('of otherwise: by nothing on record; play money, and 0 where there is none'),
  }),
  commissions: z.int().describe('paid since ever to partners and to collectors of the lottery'),
  others: z.int().describe('in wallets of the system that no other figure is of'),
});

const lastSigned = z
  .strictObject({
    at: z.string().nullable(),
    seq: z.int().nullable(),
    hash: z.string().nullable(),
    matches: z.boolean(),
    problem: z.string().nullable(),
  })
  .nullable()
  .describe('the last head on file; null where there is none');

export const WireReconciliation = z.strictObject({
  at: z.iso.datetime(),
  right: z.boolean().describe('no difference in any figure, every head on file matches, and the audit found nothing'),
  currencies: z.array(WireCurrency),
  chain: z.strictObject({
    batch: z.int(),
    seq: z.int(),
    hash: z.string().nullable(),
    at: z.iso.datetime().nullable(),
    lastSigned,
  }),
  auditLog: z.strictObject({
    seq: z.int().describe('0 while it is empty'),
    hash: z.string().nullable(),
    at: z.iso.datetime().nullable(),
    lastSigned,
  }),
  audit: z
    .strictObject({
      right: z.boolean(),
      tookMs: z.int(),
      findings: z.array(z.strictObject({ check: z.string(), broken: z.array(z.string()) })),
    })
    .nullable()
    .describe('of everything, where it was asked for'),
});

export interface WholeAudit {
  readonly findings: readonly Finding[];
  readonly right: boolean;
  readonly tookMs: number;
}

export function wireReconciliation(
  found: Reconciliation,
  now: number,
  audit: WholeAudit | null,
): z.input<typeof WireReconciliation> {
  const { chain, auditLog, chainOnFile, auditLogOnFile } = found;
  const ledgerHead = chainOnFile && { ...chainOnFile, head: chainOnFile.head && numbered(chainOnFile.head) };
  return {
    at: new Date(now).toISOString(),
    right: found.right && (audit?.right ?? true),
    currencies: found.currencies.map(wireCurrency),
    chain: {
      ...{ batch: chain.batch, seq: chain.seq, hash: chain.hash?.toString('hex') ?? null },
      ...{ at: chain.at?.toISOString() ?? null, lastSigned: wireLast(ledgerHead) },
    },
    auditLog: {
      ...{ seq: auditLog?.seq ?? 0, hash: auditLog?.hash.toString('hex') ?? null, at: auditLog?.at ?? null },
      lastSigned: wireLast(auditLogOnFile),
    },
    audit: audit && {
      ...audit,
      findings: audit.findings.map(({ check, broken }) => ({ check, broken: [...broken] })),
    },
  };
}

function wireCurrency(figures: CurrencyFigures): z.input<typeof WireCurrency> {
  const { currency, trialBalance, players, holds, bonuses, games, cashier, deposits, withdrawals } = figures;
  const net = (deposits?.movedAmount ?? ZERO) - (withdrawals?.movedAmount ?? ZERO);
  return {
    currency,
    trialBalance: toWire(trialBalance),
    players: { ...wireBuckets(players), wallets: players.wallets },
    holds: {
      count: holds.holds,
      amount: toWire(holds.amount),
      margins: toWire(marginsIn(games)),
      difference: toWire((players.held - holds.amount - marginsIn(games)) as Minor),
    },
    bonuses: {
      active: bonuses.active,
      balance: toWire(bonuses.balance),
      atStake: toWire(bonuses.atStake),
      difference: toWire((players.bonus - bonuses.balance) as Minor),
      cost: toWire(figures.bonusCost),
    },
    games: games.map(wireGame),
    house: sum(games.map(({ house }) => house)),
    escrow: sum(games.map(({ escrow }) => totalOf(escrow))),
    cashier: {
      balance: toWire(cashier),
      deposits: wireMovements(deposits),
      withdrawals: {
        ...wireMovements(withdrawals),
        unpaid: wireSum(withdrawals?.unpaid, withdrawals?.unpaidAmount),
      },
      otherwise: toWire((-cashier - net) as Minor),
      corrections: toWire(figures.corrections),
      unexplained: toWire((-cashier - net - figures.corrections) as Minor),
    },
    commissions: toWire(figures.commissions),
    others: toWire(figures.others),
  };
}

function wireGame({ game, house, escrow, atStake, bets, unfinished, oldest }: GameFigures): z.input<typeof WireGame> {
  return {
    game,
    house: toWire(house),
    escrow: wireBuckets(escrow),
    atStake: wireBuckets(atStake),
    difference: toWire((totalOf(escrow) - totalOf({ ...atStake, held: ZERO })) as Minor),
    bets,
    unfinished,
    oldest: oldest && {
      ...{ roundId: oldest.ref, roundNumber: oldest.roundNumber, state: oldest.state, bets: oldest.bets },
      ...{ since: oldest.since?.toISOString() ?? null, stakes: toWire(oldest.stakes) },
    },
  };
}

function wireMovements(sums: CashierSum | undefined) {
  return {
    pending: wireSum(sums?.pending, sums?.pendingAmount),
    approved: wireSum(sums?.approved, sums?.approvedAmount),
    moved: wireSum(sums?.moved, sums?.movedAmount),
  };
}

function wireSum(count = 0, amount: Minor = ZERO) {
  return { count, amount: toWire(amount) };
}

function wireBuckets(buckets: Buckets) {
  const { real, bonus, held } = buckets;
  return { real: toWire(real), bonus: toWire(bonus), held: toWire(held), total: toWire(totalOf(buckets)) };
}

function sum(amounts: readonly Minor[]): number {
  return toWire(amounts.reduce((total, amount) => (total + amount) as Minor, ZERO));
}

interface OnFile {
  readonly head: { readonly at: string; readonly seq: number; readonly hash: string } | null;
  readonly broken: string | null;
}

function wireLast(last: OnFile | null) {
  if (last === null) return null;
  const { at = null, seq = null, hash = null } = last.head ?? {};
  return { at, seq, hash, matches: last.broken === null, problem: last.broken };
}

function numbered({ at, seq, hash }: { readonly at: string; readonly seq: string; readonly hash: string }) {
  return { at, seq: Number(seq), hash };
}
