import assert from 'node:assert/strict';
import { sql } from 'slonik';
import { z } from 'zod';
import type { Database } from '../../db/pool.ts';
import type { Role } from '../../src/accounts/identity.ts';
import { type Clock, systemClock } from '../../src/clock.ts';
import { sealingKey } from '../../src/fairness/sealed-seed.ts';
import { type TableId, type UserId, uuid7 } from '../../src/ids.ts';
import { INR, minor } from '../../src/money.ts';
import { type Betted, placeBet } from '../../src/rounds/betting.ts';
import type { RoundDeps } from '../../src/rounds/live-round.ts';
import type { Table } from '../../src/rounds/table.ts';
import { balancesOf } from '../../src/wallet/reads.ts';
import { accepted } from '../accounts/support.ts';
import { credit, newKey, newUser, silent, type TestWallet } from '../wallet/fixture.ts';

export const SEALING_KEY = sealingKey('a key of the tests, long enough to seal seeds');

export function roundDeps(database: Database, wallet: TestWallet, more: Partial<RoundDeps> = {}): RoundDeps {
  const signal = new AbortController().signal;
  return { database, wallet: wallet.actor, clock: systemClock, log: silent, sealingKey: SEALING_KEY, signal, ...more };
}

/** Time that stands still until the test moves it. */
export class ManualClock implements Clock {
  #now = Date.now();
  #timers: { at: number; callback: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { at: this.#now + delayMs, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer);
    };
  }

  get waiting(): number {
    return this.#timers.length;
  }

  /** Moves on to the next timer, if there is one. */
  tick(): void {
    const next = this.#timers.toSorted((one, other) => one.at - other.at)[0];
    if (next === undefined) return;
    this.#timers = this.#timers.filter((each) => each !== next);
    this.#now = Math.max(this.#now, next.at);
    next.callback();
  }
}

export async function newPlayer(wallet: TestWallet, balance: number): Promise<UserId> {
  const userId = newUser();
  assert.ok((await wallet.actor.execute(credit(userId, balance))).ok);
  return userId;
}

/** A bet of the window that is open at the table, made while the clock stands still. */
export async function bet(
  deps: Pick<RoundDeps, 'database' | 'wallet' | 'clock'>,
  table: Table,
  userId: UserId,
  betSide: string,
  amount: number,
): Promise<Betted> {
  const moment = table.at();
  assert.ok(moment.live, 'there is no round');
  const message = { key: newKey(), roundId: moment.live.roundId, betSide, amount };
  const bettor = { ...moment, userId, receivedAt: deps.clock.now() };
  return accepted(await placeBet({ ...deps, tableId: table.tableId }, bettor, message));
}

export async function totalOf(database: Database, userId: UserId): Promise<number> {
  const balance = (await balancesOf(database, INR, [userId])).get(userId);
  return balance ? Number(balance.real + balance.bonus + balance.held) : 0;
}

export function rupees(amount: number): number {
  return Number(minor(amount * 100));
}

export function newTableId(): TableId {
  return `t-${uuid7<string>(Date.now())}` as TableId;
}

/** People, of the house unless told otherwise, without a way to sign in. */
export async function addPeople(database: Database, count: number, role: Role = 'ADMIN'): Promise<readonly UserId[]> {
  const people = Array.from({ length: count }, newUser);
  for (const id of people) {
    const name = `${role.toLowerCase()}-${id}`;
    await database.query(sql.type(z.strictObject({}))`
      insert into users (id, username, display_name, password_hash, role, created_at)
      values (${id}::uuid, ${name}, ${name}, '', ${role}, now())`);
  }
  return people;
}
