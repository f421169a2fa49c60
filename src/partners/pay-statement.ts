import type { Database, Queries } from '../../db/pool.ts';
import { lockUsers, type User } from '../accounts/store.ts';
import type { Done } from '../backoffice/backoffice.ts';
import { counts } from '../backoffice/house.ts';
import { tellBalance } from '../balance-telling.ts';
import type { Channels } from '../channels.ts';
import type { Clock } from '../clock.ts';
import { deterministicKey, type UserId } from '../ids.ts';
import { toWire } from '../money.ts';
import { isRefusal, type Refusal, refuse } from '../refusal.ts';
import { insist, type Wallet } from '../rounds/insist.ts';
import { type Adjust, SYSTEM } from '../wallet/command.ts';
import { balancesOf } from '../wallet/reads.ts';
import { targetOf } from './acts.ts';
import type { PartnerId } from './commission.ts';
import { lockPartner, type Partner } from './partner.ts';
import type { StatementId } from './statement.ts';
import {
  findStatement,
  lockStatement,
  recordApproval,
  recordPaid,
  recordPaying,
  type Statement,
  settleRounds,
} from './statement-store.ts';

export interface PayAct {
  readonly partner: PartnerId;
  readonly id: StatementId;
  readonly by: UserId;
  readonly at: Date;
  readonly reason?: string | undefined;
}

/**
 * The first of two people, also in place of one who may not act for the house any more. Refuses NOT_FOUND, SAME_PERSON
 * for the partner, NOT_OPEN where nothing is due, and while the partner is suspended or the account frozen or no
 * partner's, ALREADY_DECIDED.
 */
export async function approveStatement(tx: Queries, act: PayAct): Promise<Done<Statement> | Refusal> {
  const statement = await lockDue(tx, act);
  if (isRefusal(statement)) return statement;
  if (statement.status !== 'CLOSED' && !(await isLapsed(tx, statement))) return refuse('ALREADY_DECIDED');
  await recordApproval(tx, act.id, act.by, act.at);
  return done(tx, statement, 'partner.statement.approve', act.reason);
}

/**
 * The second of two people; the money follows. Refuses as above, NOT_OPEN where nobody has approved it who may act for
 * the house still, SAME_PERSON for who has.
 */
export async function payStatement(tx: Queries, act: PayAct): Promise<Done<Statement> | Refusal> {
  const statement = await lockDue(tx, act);
  if (isRefusal(statement)) return statement;
  if (statement.status === 'CLOSED') return refuse('NOT_OPEN', 'Another person has to approve it first.');
  if (statement.status !== 'APPROVED') return refuse('ALREADY_DECIDED');
  if (statement.approvedBy === act.by) return refuse('SAME_PERSON', 'A second person has to pay this.');
  if (await isLapsed(tx, statement)) {
    return refuse('NOT_OPEN', 'Who has approved it may not any more; another person has to approve it first.');
  }
  await recordPaying(tx, act.id, act.by, act.at);
  return done(tx, statement, 'partner.statement.pay', act.reason);
}

/** Approved by somebody who may not approve it now: then it wants another first person. */
async function isLapsed(tx: Queries, { status, approvedBy: by, approvedAt: at }: Statement): Promise<boolean> {
  return status === 'APPROVED' && by !== null && at !== null && !(await counts(tx, { by, at }));
}

async function lockDue(tx: Queries, { partner: id, id: statementId, by }: PayAct): Promise<Statement | Refusal> {
  const partner = await lockPartner(tx, id);
  const statement = await lockStatement(tx, statementId);
  if (partner === null || statement?.partnerId !== id) return refuse('NOT_FOUND');
  if (partner.userId === by) return refuse('SAME_PERSON');
  if (statement.status === 'NOTHING_DUE') return refuse('NOT_OPEN', 'There is nothing to be paid.');
  // Both at once: whoever freezes or gives roles locks two people, too.
  const found = await lockUsers(tx, [partner.userId, ...(statement.approvedBy ? [statement.approvedBy] : [])]);
  const obstacle = obstacleTo(partner, found.get(partner.userId));
  return obstacle === null ? statement : refuse('NOT_OPEN', obstacle);
}

/** Why this partner is not paid just now; what is due stays so. */
function obstacleTo(partner: Partner, owner: User | undefined): string | null {
  if (partner.status !== 'active') return 'The partner is suspended.';
  if (owner?.status !== 'active') return 'The account of the partner is frozen.';
  return owner.role === 'PARTNER' ? null : 'The account is no partner’s any more.';
}

async function done(
  tx: Queries,
  before: Statement,
  action: string,
  reason: string | undefined,
): Promise<Done<Statement>> {
  const answer = await findStatement(tx, before.id);
  if (answer === null) throw new Error(`statement ${before.id} is gone`);
  const { period, status } = before;
  return {
    answer,
    entry: {
      ...{ action, target: targetOf(before.partnerId), before: { period, status } },
      ...{ after: { period, status: answer.status }, amount: toWire(before.due) },
      ...(reason !== undefined && { reason }),
    },
  };
}

export interface PayDeps {
  readonly database: Database;
  readonly wallet: Wallet;
  readonly clock: Clock;
  readonly channels: Channels;
  readonly signal: AbortSignal;
}

const PATIENCE_MS = 3_000;

/**
 * Credits what two people have decided, from `partner-commission` to the partner's own wallet, under a key that follows
 * from the statement: once, whoever asks and wherever it is cut off. They take it out by the cashier, as anybody does.
 */
export async function finishStatement(deps: PayDeps, id: StatementId): Promise<void> {
  const { database, wallet, clock } = deps;
  const statement = await findStatement(database, id);
  if (statement?.status !== 'PAYING') return;
  const signal = AbortSignal.any([deps.signal, AbortSignal.timeout(PATIENCE_MS)]);
  const { seq } = await insist(wallet, clock, creditOf(statement), signal);
  const at = new Date(clock.now());
  const isFirst = await database.transaction(async (tx) => {
    await lockPartner(tx, statement.partnerId);
    if (!(await recordPaid(tx, id, seq, at))) return false;
    await settleRounds(tx, statement, 'paid', at);
    return true;
  });
  if (isFirst) await tellPaid(deps, statement);
}

function creditOf({ id, userId: owner, currency, due: amount }: Statement): Adjust {
  const key = deterministicKey('partner statement', id);
  const request = `statement ${id} ${owner} ${amount}`;
  return { kind: 'adjust', origin: SYSTEM, key, request, owner, currency, amount, from: 'partner-commission' };
}

async function tellPaid({ database, channels }: PayDeps, { userId, currency, due }: Statement): Promise<void> {
  const balance = (await balancesOf(database, currency, [userId])).get(userId);
  if (balance !== undefined) tellBalance(channels, userId, balance, { change: due, reason: 'COMMISSION_PAID' });
}
