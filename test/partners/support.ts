import assert from 'node:assert/strict';
import type { Identity } from '../../src/accounts/identity.ts';
import { createBackoffice } from '../../src/backoffice/backoffice.ts';
import { Channels } from '../../src/channels.ts';
import { type Clock, systemClock } from '../../src/clock.ts';
import type { UserId } from '../../src/ids.ts';
import { Partners, type PartnersDeps } from '../../src/partners/partners.ts';
import type { Wallet } from '../../src/rounds/insist.ts';
import type { TestDatabase } from '../support/database.ts';
import { close, openBook, settle, silent, stake, window } from '../wallet/fixture.ts';

export function newPartners(
  database: TestDatabase,
  wallet: Wallet,
  { clock = systemClock, ...more }: Partial<PartnersDeps> & { readonly clock?: Clock } = {},
): Partners {
  const common = { database: more.database ?? database.pool(), clock, log: silent };
  return new Partners({
    ...{ ...common, wallet, channels: new Channels(silent), backoffice: createBackoffice(common) },
    signal: new AbortController().signal,
    ...more,
  });
}

/** Who, how much, what it pays. */
export type Bet = readonly [who: UserId, amount: number, pays: number];

let books = 10_000;

/** Bets of a round of their own, closed in one batch at this time. Nothing is counted in between. */
export async function playAt(database: TestDatabase, wallet: Wallet, at: string, bets: readonly Bet[]): Promise<void> {
  books += 1;
  const does = async (command: Parameters<Wallet['execute']>[0]) => {
    const answer = await wallet.execute(command);
    if (!answer.ok) assert.fail(`${command.kind}: ${answer.code}`);
    return answer.seq;
  };
  const admin = database.admin();
  await admin.query('begin; select * from partner_cursor for update');
  await does(openBook(books));
  const closes = [];
  for (const [who, amount, pays] of bets) closes.push(close(await does(stake(who, books, amount)), pays));
  await does(window('closeWindow', books, 1));
  await does(settle(books, closes));
  await admin.query('update link set at = $1 where batch = (select batch from shard)', [at]);
  await admin.query('commit');
}

export function identityOf(userId: UserId, role: Identity['role'] = 'ADMIN'): Identity {
  return { userId, role, sessionId: userId as string as Identity['sessionId'], expiresAt: 0 };
}
