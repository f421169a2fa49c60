import assert from 'node:assert/strict';
import { type Accounts, type AccountsDeps, createAccounts } from '../../src/accounts/accounts.ts';
import type { SignedIn } from '../../src/accounts/sign-ins.ts';
import { type Clock, systemClock } from '../../src/clock.ts';
import { loadConfig } from '../../src/config.ts';
import { createLogger } from '../../src/log.ts';
import { isRefusal, type Refusal, type RefusalCode } from '../../src/refusal.ts';
import type { TestDatabase } from '../support/database.ts';

export const SECRET = 'a secret of the tests, long enough for the configuration';
export const PASSWORD = 'correct horse';
export const CLIENT = { ip: '192.0.2.1', userAgent: 'mocha' };
/** Argon2id still, but a thousand times cheaper. */
export const CHEAP = { cost: { memoryKib: 8, passes: 1, parallelism: 1 } };

/** The real time, moved on as far as a test wants. */
export interface MovableClock extends Clock {
  advance(ms: number): void;
}

export function movableClock(): MovableClock {
  let offset = 0;
  return {
    now: () => Date.now() + offset,
    after: systemClock.after,
    advance(ms) {
      offset += ms;
    },
  };
}

export function makeAccounts(database: TestDatabase, more: Partial<AccountsDeps> = {}): Accounts {
  return createAccounts({
    database: database.pool(),
    config: loadConfig({ ACCESS_TOKEN_SECRET: SECRET }),
    clock: systemClock,
    log: createLogger('silent'),
    passwords: CHEAP,
    ...more,
  });
}

let people = 0;

/** A username nobody has yet. */
export function newName(): string {
  people += 1;
  return `person-${people}`;
}

export async function register(accounts: Accounts, username = newName()): Promise<SignedIn> {
  return accepted(await accounts.register({ username, password: PASSWORD }, CLIENT));
}

export function accepted<Answer>(answer: Answer | Refusal): Answer {
  if (isRefusal(answer)) assert.fail(`refused ${answer.code}: ${answer.message}`);
  return answer;
}

export function assertRefused(answer: unknown, code: RefusalCode): Refusal {
  assert.ok(isRefusal(answer), `accepted, but ${code} was expected`);
  assert.equal(answer.code, code);
  return answer;
}
