import type { Database } from '../../db/pool.ts';
import type { Channels } from '../channels.ts';
import type { Clock } from '../clock.ts';
import { deterministicKey } from '../ids.ts';
import type { Logger } from '../log.ts';
import { type Percentage, percentageOf } from '../money.ts';
import type { RefusalCode } from '../refusal.ts';
import { askUntilKnown, insist, type Wallet } from '../rounds/insist.ts';
import {
  type Adjust,
  type BonusOnHold,
  type CountDeposit,
  type EndHold,
  type Hold,
  SYSTEM,
} from '../wallet/command.ts';
import { type Providers, providerCalled } from './providers.ts';
import { forfeitedBy, mayStake } from './reads.ts';
import {
  findTransaction,
  recordCount,
  recordHold,
  recordMove,
  recordPayout,
  recordProviderReference,
  recordReturned,
  recordUncount,
} from './store.ts';
import { tellMoney, tellNew, tellReturned } from './telling.ts';
import { nextStep, type Step, type Transaction, type TransactionId } from './transaction.ts';

export interface FinishDeps {
  readonly database: Database;
  readonly wallet: Wallet;
  readonly clock: Clock;
  readonly log: Logger;
  readonly channels: Channels;
  readonly providers: Providers;
  /** What becomes of active bonuses when a withdrawal is asked for (S2-34). */
  readonly withdrawalWithBonus: BonusOnHold;
  /** How much of a deposit has to be staked before as much can be withdrawn (S2-34). */
  readonly depositWagering: Percentage;
  /** Hears of every deposit that was credited, after that is on record. Must not throw. */
  readonly onCredited?: (id: TransactionId) => Promise<void>;
  /** Aborted when the process stops: what is not finished then is finished by the next. */
  readonly signal: AbortSignal;
}

/** How long one step waits for the wallet; the next sweep goes on. */
const PATIENCE_MS = 3_000;

type Act = (deps: FinishDeps, transaction: Transaction) => Promise<void>;
const STEPS: Readonly<Record<Step, Act>> = {
  count: countDeposit,
  uncount: uncountDeposit,
  hold: holdMoney,
  register,
  move,
  payOut,
  giveBack,
};

/**
 * Takes every step of a transaction that needs nobody's decision. Each is durable before the next, asks under a key
 * that follows from the row, and is recorded only where it was not yet: so it may be stopped anywhere, and be repeated.
 */
export async function finish(deps: FinishDeps, id: TransactionId): Promise<void> {
  for (;;) {
    const transaction = await findTransaction(deps.database, id);
    const step = transaction && nextStep(transaction);
    if (!step) return;
    await STEPS[step](deps, transaction);
  }
}

/**
 * Under the player's own key: the wallet then knows of it, too, when the key comes again for something else. Of who can
 * stake nowhere (any more) nothing has to be staked first: a partner's commission would be locked in for good.
 */
async function holdMoney(deps: FinishDeps, transaction: Transaction): Promise<void> {
  const { id, userId, key, amount, currency } = transaction;
  const identified = { origin: userId, key, request: `withdrawal ${id} ${amount}` };
  const bonuses = deps.withdrawalWithBonus;
  const playThrough = (await mayStake(deps.database, userId)) ? 'binds' : 'waived';
  const command: Hold = { kind: 'hold', ...identified, owner: userId, currency, amount, bonuses, playThrough };
  const answer = await askUntilKnown(deps.wallet, deps.clock, command, patience(deps));
  if (!answer.ok) {
    await recordHold(deps.database, id, { refusal: answer.code as RefusalCode });
    return;
  }
  const hold = answer.seq as NonNullable<Transaction['hold']>;
  const forfeited = await forfeitedBy(deps.database, answer);
  if (!(await recordHold(deps.database, id, { hold, forfeited }))) return;
  tellMoney(deps.channels, { ...transaction, forfeitedBonus: forfeited }, answer.balance);
  tellNew(deps.channels, transaction);
}

/** Under the player's own key, as above. */
async function countDeposit(deps: FinishDeps, transaction: Transaction): Promise<void> {
  const { id, userId, key, amount, currency } = transaction;
  const identified = { origin: userId, key, request: `deposit ${id} ${amount}` };
  const command: CountDeposit = { kind: 'countDeposit', ...identified, owner: userId, currency, amount };
  const answer = await askUntilKnown(deps.wallet, deps.clock, command, patience(deps));
  const isFirst = await recordCount(deps.database, id, answer.ok ? null : (answer.code as RefusalCode));
  if (isFirst && answer.ok) tellNew(deps.channels, transaction);
}

/** What came to nothing counts no more: out of the hour it was asked for in. */
async function uncountDeposit(deps: FinishDeps, transaction: Transaction): Promise<void> {
  const { id, userId, amount, currency, createdAt } = transaction;
  const identified = { origin: SYSTEM, key: deterministicKey('no deposit', id), request: `no deposit ${id} ${amount}` };
  const owner = { owner: userId, currency, amount, countedAt: createdAt.getTime() };
  await insist(deps.wallet, deps.clock, { kind: 'uncountDeposit', ...identified, ...owner }, patience(deps));
  await recordUncount(deps.database, id);
}

async function register({ database, providers }: FinishDeps, deposit: Transaction): Promise<void> {
  const { reference } = await called(providers, deposit).createPayment(deposit);
  await recordProviderReference(database, deposit.id, reference);
}

async function move(deps: FinishDeps, transaction: Transaction): Promise<void> {
  const { seq, balance } = await insist(
    deps.wallet,
    deps.clock,
    moveOf(transaction, deps.depositWagering),
    patience(deps),
  );
  const isFirst = await recordMove(deps.database, transaction.id, seq, new Date(deps.clock.now()));
  if (isFirst) tellMoney(deps.channels, transaction, balance);
  if (isFirst && transaction.type === 'DEPOSIT') await deps.onCredited?.(transaction.id);
}

/** What a decided transaction does to the books. Its key follows from its id: it is done once, whoever asks. */
function moveOf(
  { id, type, status, userId, amount, currency, hold }: Transaction,
  depositWagering: Percentage,
): Adjust | EndHold {
  const owner = { origin: SYSTEM, owner: userId, currency };
  if (type === 'DEPOSIT') {
    const identified = { key: deterministicKey('deposit', id), request: `deposit ${id} ${amount}` };
    return { kind: 'adjust', ...owner, ...identified, amount, playThrough: percentageOf(amount, depositWagering) };
  }
  if (hold === null) throw new Error(`withdrawal ${id} was decided without a hold`);
  const kind = status === 'APPROVED' ? 'capture' : 'release';
  return { kind, ...owner, key: deterministicKey('withdrawal', id), request: `${kind} ${id}`, hold };
}

async function payOut({ database, providers, clock, log }: FinishDeps, withdrawal: Transaction): Promise<void> {
  const payout = await called(providers, withdrawal).payOut(withdrawal);
  const isFirst = await recordPayout(database, withdrawal.id, payout, new Date(clock.now()));
  if (isFirst && payout.status === 'FAILED') logFailedPayout(log, withdrawal);
}

/** Nothing of it has to be staked again: it was the player's to take. */
async function giveBack(deps: FinishDeps, withdrawal: Transaction): Promise<void> {
  const { id, userId, amount, currency } = withdrawal;
  const identified = {
    origin: SYSTEM,
    key: deterministicKey('payout returned', id),
    request: `returned ${id} ${amount}`,
  };
  const command: Adjust = { kind: 'adjust', ...identified, owner: userId, currency, amount };
  const { seq, balance } = await insist(deps.wallet, deps.clock, command, patience(deps));
  if (await recordReturned(deps.database, id, seq)) tellReturned(deps.channels, withdrawal, balance);
}

/** The money has left the player and has not arrived: somebody has to look. */
export function logFailedPayout(log: Logger, { id, provider, amount }: Transaction): void {
  log.error({ transaction: id, provider, amount: String(amount) }, 'a payout has failed');
}

function called(providers: Providers, { id, provider: name }: Transaction) {
  const provider = providerCalled(providers, name);
  if (provider === undefined) throw new Error(`transaction ${id} is with ${name}, which is not set up any more`);
  return provider;
}

function patience({ signal }: FinishDeps): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
}
