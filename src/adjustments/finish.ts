import type { Database } from '../../db/pool.ts';
import { findUser } from '../accounts/store.ts';
import type { Backoffice } from '../backoffice/backoffice.ts';
import { tellBalance } from '../balance-telling.ts';
import type { Channels } from '../channels.ts';
import type { Clock } from '../clock.ts';
import { deterministicKey } from '../ids.ts';
import type { Logger } from '../log.ts';
import { type RefusalCode, refuse } from '../refusal.ts';
import { askUntilKnown, type Wallet } from '../rounds/insist.ts';
import { type Adjust, SYSTEM } from '../wallet/command.ts';
import type { Adjustment, AdjustmentId } from './adjustment.ts';
import { refusedEntry } from './decide.ts';
import { findAdjustment, recordMove, recordRefusal } from './store.ts';

export interface AdjustmentDeps {
  readonly database: Database;
  readonly wallet: Wallet;
  readonly clock: Clock;
  readonly log: Logger;
  readonly channels: Channels;
  readonly backoffice: Pick<Backoffice, 'act' | 'record'>;
  /** Aborted when the process stops: what is not finished then is finished by the next. */
  readonly signal: AbortSignal;
}

/** How long it waits for the wallet; the next sweep goes on. */
const PATIENCE_MS = 3_000;

/**
 * Moves the money of an adjustment that is approved, unless it has. Asked for under a key that follows from the row,
 * and recorded only where it was not yet: so it may be stopped anywhere, and be repeated.
 */
export async function finish(deps: AdjustmentDeps, id: AdjustmentId): Promise<void> {
  const adjustment = await findAdjustment(deps.database, id);
  if (adjustment === null || adjustment.status !== 'APPROVED' || adjustment.moved !== null) return;
  const patience = AbortSignal.any([deps.signal, AbortSignal.timeout(PATIENCE_MS)]);
  const answer = await askUntilKnown(deps.wallet, deps.clock, commandOf(adjustment), patience);
  if (!answer.ok) {
    await stayUndone(deps, adjustment, answer.code as RefusalCode);
    return;
  }
  const { userId, amount } = adjustment;
  const isFirst = await recordMove(deps.database, id, answer.seq, new Date(deps.clock.now()));
  if (isFirst) tellBalance(deps.channels, userId, answer.balance, { change: amount, reason: 'ADJUSTED' });
}

function commandOf({ id, userId, amount, currency }: Adjustment): Adjust {
  const identified = { origin: SYSTEM, key: deterministicKey('adjustment', id), request: `adjustment ${id} ${amount}` };
  return { kind: 'adjust', ...identified, owner: userId, currency, amount };
}

/** In the name of who approved it. */
async function stayUndone(
  { database, backoffice }: AdjustmentDeps,
  adjustment: Adjustment,
  code: RefusalCode,
): Promise<void> {
  const { id, decidedBy } = adjustment;
  const approver = decidedBy === null ? undefined : await findUser(database, decidedBy);
  if (approver === undefined) throw new Error(`nobody has approved adjustment ${id}`);
  const entry = refusedEntry(adjustment, code);
  await backoffice.record({ userId: approver.id, role: approver.role }, async (tx) =>
    (await recordRefusal(tx, id, code)) ? { answer: null, entry } : refuse('ALREADY_DECIDED'),
  );
}
