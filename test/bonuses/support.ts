import assert from 'node:assert/strict';
import { sql } from 'slonik';
import { z } from 'zod';
import type { Database } from '../../db/pool.ts';
import type { Identity } from '../../src/accounts/identity.ts';
import { createBackoffice } from '../../src/backoffice/backoffice.ts';
import { auditBonuses } from '../../src/bonuses/audit.ts';
import { Bonuses, type BonusesDeps } from '../../src/bonuses/bonuses.ts';
import type { Campaign } from '../../src/bonuses/campaign.ts';
import { insertCampaign } from '../../src/bonuses/campaign-store.ts';
import { type Bonus, newestBonuses } from '../../src/bonuses/reads.ts';
import { insertTransaction, recordCount, recordDecision, recordMove } from '../../src/cashier/store.ts';
import type { TransactionId } from '../../src/cashier/transaction.ts';
import { Channels } from '../../src/channels.ts';
import { systemClock } from '../../src/clock.ts';
import { type UserId, uuid7 } from '../../src/ids.ts';
import { INR, minor } from '../../src/money.ts';
import type { Wallet } from '../../src/rounds/insist.ts';
import { newAdmins } from '../cashier/support.ts';
import { assertBooks } from '../journeys/support.ts';
import type { TestDatabase } from '../support/database.ts';
import { newKey, silent } from '../wallet/fixture.ts';
import { campaign } from './examples.ts';

const Nothing = z.strictObject({});

/** Fails where awards, bonuses and the ledger say different things. */
export async function assertBonuses(database: TestDatabase): Promise<void> {
  const findings = await auditBonuses(database.pool());
  assert.deepEqual(
    findings.filter(({ broken }) => broken.length > 0),
    [],
  );
  await assertBooks(database);
}

export function newBonuses(database: Database, wallet: Wallet, more: Partial<BonusesDeps> = {}): Bonuses {
  const common = { database, clock: systemClock, log: silent };
  const signal = new AbortController().signal;
  return new Bonuses({
    ...common,
    ...{ wallet, channels: new Channels(silent), backoffice: createBackoffice(common), giftBudget: minor(5_000_000) },
    signal,
    ...more,
  });
}

interface Person {
  readonly referredBy?: UserId;
  readonly atMs?: number;
  readonly role?: Identity['role'];
}

/** A player, without a way to sign in. */
export async function addPlayer(
  database: Database,
  { referredBy, atMs, role = 'PLAYER' }: Person = {},
): Promise<UserId> {
  const at = atMs ?? Date.now();
  const id = uuid7<UserId>(at);
  const name = `player-${id}`;
  await database.query(sql.type(Nothing)`
    insert into users (id, username, display_name, password_hash, role, referred_by, created_at)
    values (${id}::uuid, ${name}, ${name}, '', ${role}, ${referredBy ?? null}::uuid, ${sql.timestamp(new Date(at))})`);
  return id;
}

/** A campaign that has run for an hour, set up by somebody. */
export async function addCampaign(
  database: Database,
  kind: Campaign['kind'],
  more: Partial<Campaign> = {},
): Promise<Campaign> {
  const [maker] = (await newAdmins(database, 1)) as [Identity];
  const since = new Date(Date.now() - 3_600_000);
  const times = { enabledAt: since, startsAt: since, createdAt: since, changedAt: since };
  const made = campaign(kind, { ...times, changedBy: maker.userId, ...more });
  await insertCampaign(database, made);
  return made;
}

let moved = 0;

/** A deposit as it stands once it was credited; no money moves. */
export async function addDeposit(
  database: Database,
  userId: UserId,
  amount: number,
  at: Date = new Date(),
): Promise<TransactionId> {
  const id = uuid7<TransactionId>(at.getTime());
  const row = { id, userId, key: newKey(), type: 'DEPOSIT', method: 'upi', provider: null, reference: null } as const;
  const money = { amount: minor(amount), currency: INR, createdAt: at };
  await insertTransaction(database, { ...row, ...money, status: 'REQUESTED', refusal: null });
  await recordCount(database, id, null);
  const [admin] = (await newAdmins(database, 1)) as [Identity];
  await recordDecision(database, id, { status: 'APPROVED', by: admin.userId, reason: null, at });
  moved += 1;
  await recordMove(database, id, 1_000_000_000 + moved, at);
  return id;
}

/** Everything a player has been awarded, oldest first. */
export async function bonusesOf(database: Database, userId: UserId, nowMs = Date.now()): Promise<readonly Bonus[]> {
  const all = await newestBonuses(database, { userId, refused: true }, { limit: 100, nowMs });
  return all.toReversed();
}

/** `ACTIVE 5000/150000`: status, amount and what has to be staked; with what became of it, where something has. */
export function shown({ status, amount, requirement, outcome }: Bonus): string {
  return `${status} ${amount}/${requirement}${outcome === null ? '' : ` ${outcome}`}`;
}
