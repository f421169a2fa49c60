import type { Queries } from '../../db/pool.ts';
import { findUser } from '../accounts/store.ts';
import type { Done } from '../backoffice/backoffice.ts';
import { numberAt } from '../games/lottery/number.ts';
import { takesSlips } from '../games/lottery/phase.ts';
import type { UserId } from '../ids.ts';
import { toWire } from '../money.ts';
import { isRefusal, type Refusal, refuse } from '../refusal.ts';
import { askUntilKnown, BookFencedError } from '../rounds/insist.ts';
import { type CancelLines, SYSTEM } from '../wallet/command.ts';
import { balancesOf, positionsById } from '../wallet/reads.ts';
import { patience, phaseKey } from './deps.ts';
import type { LotteryParts } from './parts.ts';
import { type PhaseRow, ruleOf } from './phase-row.ts';
import { holdPhase } from './phase-store.ts';
import { positionsOf, type SlipId, type SlipRow, targetOfSlip } from './slip-row.ts';
import { lockSlip, recordVoid, recordVoiding, recordVoidLate } from './slip-store.ts';
import { tellVoid } from './telling.ts';

/**
 * The house takes a slip back (DOMAIN 2.3); its money follows. Refuses NOT_FOUND, ALREADY_DECIDED, SAME_PERSON for who
 * has handed it in, PHASE_CLOSED once its phase takes no more.
 */
export async function askForVoid(
  tx: Queries,
  { id, by, reason, at }: { readonly id: SlipId; readonly by: UserId; readonly reason: string; readonly at: Date },
): Promise<Done<SlipRow> | Refusal> {
  const slip = await lockSlip(tx, id);
  if (slip === null || slip.seq === null) return refuse('NOT_FOUND');
  if (slip.status !== 'ACCEPTED') return refuse('ALREADY_DECIDED', 'This slip is void already.');
  if (slip.userId === by) return refuse('SAME_PERSON');
  const phase = await holdPhase(tx, slip.phase);
  if (phase === null) throw new Error(`the phase of slip ${id} is gone`);
  const open = takesSlips(ruleOf(phase), at.getTime());
  if (isRefusal(open)) return open;
  await recordVoiding(tx, id, { by, reason, at });
  const { userId, lines, total } = slip;
  const after = { status: 'VOID', userId, phaseId: slip.phase, lines };
  const entry = { action: 'slip.void', target: targetOfSlip(id), before: { status: 'ACCEPTED' }, after, reason };
  return { answer: slip, entry: { ...entry, amount: toWire(total) } };
}

/** Gives the money of all its lines back in one command, unless the book was closed before. May be repeated. */
export async function finishVoid(parts: LotteryParts, phase: PhaseRow, slip: SlipRow): Promise<void> {
  const { database, wallet, clock, channels, books, feed } = parts;
  const { book, currency } = phase;
  const epoch = await books.epochOf(phase);
  const positions = positionsOf(slip);
  const key = phaseKey(phase, epoch, 'void', slip.id);
  const command: CancelLines = {
    ...{ kind: 'cancelLines', origin: SYSTEM, key, request: `void ${slip.id}`, book, epoch, positions },
  };
  const answer = await askUntilKnown(wallet, clock, command, patience(parts));
  if (!answer.ok && answer.code === 'BOOK_FENCED') throw new BookFencedError(`void of slip ${slip.id}`);
  // Another process may have done it before this one claimed the book.
  if (!answer.ok && !(await isCancelled(parts, slip))) {
    await stayTaken(parts, slip);
    return;
  }
  if (!(await recordVoid(database, slip.id))) return;
  tellVoid(channels, slip, (await balancesOf(database, currency, [slip.userId])).get(slip.userId));
  const lines = await positionsById(database, positions);
  feed.changed(
    phase,
    lines.map(({ selection }) => numberAt(selection)),
  );
}

/** In the name of who asked for the void: the log must not read as if the slip was void. */
async function stayTaken({ database, backoffice }: LotteryParts, { id, voidBy }: SlipRow): Promise<void> {
  const asker = voidBy === null ? undefined : await findUser(database, voidBy);
  if (asker === undefined) throw new Error(`nobody has asked for the void of slip ${id}`);
  const entry = { action: 'slip.void.late', target: targetOfSlip(id), reason: 'its phase was closed before' };
  await backoffice.record({ userId: asker.id, role: asker.role }, async (tx) =>
    (await recordVoidLate(tx, id)) ? { answer: null, entry } : refuse('ALREADY_DECIDED'),
  );
}

async function isCancelled({ database }: LotteryParts, slip: SlipRow): Promise<boolean> {
  const [first] = await positionsById(database, positionsOf(slip).slice(0, 1));
  return first?.outcome === 'cancelled';
}
