import assert from 'node:assert/strict';
import type { Database } from '../../db/pool.ts';
import type { Identity } from '../../src/accounts/identity.ts';
import { createBackoffice } from '../../src/backoffice/backoffice.ts';
import { Channels } from '../../src/channels.ts';
import { type Clock, systemClock } from '../../src/clock.ts';
import type { LotteryNumber } from '../../src/games/lottery/number.ts';
import type { PhaseId, UserId } from '../../src/ids.ts';
import { auditLottery } from '../../src/lottery/audit.ts';
import type { PhaseWish } from '../../src/lottery/create-phase.ts';
import type { LotteryDeps } from '../../src/lottery/deps.ts';
import { Lottery } from '../../src/lottery/lottery.ts';
import { DEFAULT_TERMS } from '../../src/lottery/phase-row.ts';
import type { SlipWish, SubmittedSlip } from '../../src/lottery/submit.ts';
import { minor } from '../../src/money.ts';
import { accepted } from '../accounts/support.ts';
import { addPlayer } from '../bonuses/support.ts';
import { assertBooks } from '../journeys/support.ts';
import { SEALING_KEY } from '../rounds/support.ts';
import type { TestDatabase } from '../support/database.ts';
import { credit, newKey, silent, type TestWallet } from '../wallet/fixture.ts';

export const DAY_MS = 86_400_000;

/** Fails where the lottery's rows and the ledger, or the ledger's own, say different things. */
export async function assertLottery(database: TestDatabase): Promise<void> {
  const findings = await auditLottery(database.pool());
  assert.deepEqual(
    findings.filter(({ broken }) => broken.length > 0),
    [],
  );
  await assertBooks(database);
}

export function newLottery(
  database: Database,
  wallet: LotteryDeps['wallet'],
  { clock = systemClock, ...more }: Partial<LotteryDeps> = {},
): Lottery {
  const common = { database, clock, log: silent };
  return new Lottery({
    ...{ ...common, wallet, channels: new Channels(silent), backoffice: createBackoffice(common) },
    ...{ sealingKey: SEALING_KEY, signal: new AbortController().signal },
    ...more,
  });
}

/** A collector with this much money, without a way to sign in. */
export async function addCollector(database: Database, wallet: TestWallet, balance = 1_000_000): Promise<UserId> {
  const userId = await addPlayer(database, { role: 'COLLECTOR' });
  if (balance > 0) assert.ok((await wallet.actor.execute(credit(userId, balance))).ok);
  return userId;
}

let wishes = 0;

/** Ends in a day by this clock, unless told otherwise; each a little later, or it would be the same one again. */
export function phaseWish(clock: Pick<Clock, 'now'> = systemClock, more: Partial<PhaseWish> = {}): PhaseWish {
  wishes += 1;
  const endsAt = new Date(clock.now() + DAY_MS + wishes);
  return { ...DEFAULT_TERMS, straightMultiplier: 80, permutationMultiplier: 0, name: 'Feb-01', endsAt, ...more };
}

export async function openPhase(lottery: Lottery, by: Identity, more: Partial<PhaseWish> = {}, clock?: Clock) {
  return accepted(await lottery.create(by, phaseWish(clock, more)));
}

export function slipWish(phase: PhaseId, userId: UserId, text: string, more: Partial<SlipWish> = {}): SlipWish {
  return { userId, key: newKey(), phase, text, digest: undefined, receivedAt: Date.now(), ...more };
}

export function submitted(answer: Awaited<ReturnType<Lottery['submit']>>): SubmittedSlip {
  return accepted(answer);
}

/** `['123-500', …]`: what was taken, in major units. */
export function shownLines(slip: Pick<SubmittedSlip, 'lines'>): readonly string[] {
  return slip.lines.map(({ number, amount }) => `${number}-${Number(amount) / 100}`);
}

export const number = (digits: string) => digits as LotteryNumber;
export const rupees = (amount: number) => minor(100 * amount);

/** Closed, with a number that two people have entered. */
export async function resultOf(lottery: Lottery, phase: PhaseId, by: readonly Identity[], digits: string) {
  const [ann, bob] = by as readonly [Identity, Identity];
  accepted(await lottery.close(ann, phase));
  accepted(await lottery.enterNumber(ann, phase, number(digits)));
  return accepted(await lottery.enterNumber(bob, phase, number(digits)));
}
