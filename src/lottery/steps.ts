import { deterministicKey } from '../ids.ts';
import { insist } from '../rounds/insist.ts';
import { SYSTEM } from '../wallet/command.ts';
import { POOL_WINDOW } from '../wallet/pool.ts';
import { findBook } from '../wallet/reads.ts';
import { LOTTERY, patience, phaseKey } from './deps.ts';
import { draw } from './draw.ts';
import { finishSlips } from './finish-slip.ts';
import type { LotteryParts } from './parts.ts';
import { nextStep, type PhaseRow, type PhaseStep } from './phase-row.ts';
import { findPhase, recordOpened, recordShut } from './phase-store.ts';
import { settle } from './settle.ts';

type Take = (parts: LotteryParts, phase: PhaseRow) => Promise<void>;
const STEPS: Readonly<Record<PhaseStep, Take>> = { open, shut, draw, settle };

/**
 * Takes every step of a phase that needs nobody's decision, and says each that is done to `onStep`. Each is durable
 * before the next, asks under a key that follows from the row, and is recorded only where it was not yet: so it may be
 * stopped anywhere, and be repeated.
 */
export async function advance(
  parts: LotteryParts,
  id: PhaseRow['id'],
  onStep: (phase: PhaseRow) => void,
): Promise<void> {
  for (;;) {
    const phase = await findPhase(parts.database, id);
    const step = phase && nextStep(phase);
    if (!step) return;
    await STEPS[step](parts, phase);
    const after = await findPhase(parts.database, id);
    if (after !== null) onStep(after);
  }
}

/** A pool of the ledger, in which nothing but the slips of this phase is. */
async function open({ database, wallet, clock, signal }: LotteryParts, phase: PhaseRow): Promise<void> {
  const { id, book, currency, exposureCap: cap } = phase;
  const identified = { origin: SYSTEM, key: deterministicKey(LOTTERY, id, 'open'), request: id };
  const command = {
    kind: 'openBook',
    ...identified,
    book,
    ref: id,
    game: LOTTERY,
    currency,
    cap,
    pooled: true,
  } as const;
  await insist(wallet, clock, command, patience({ signal }));
  await recordOpened(database, id, new Date(clock.now()));
}

/**
 * The mailbox's order decides which slips came before (S3-19). From then on every slip gets its answer, and only when
 * all have it the book is shut: what is drawn or entered then changes nothing in it.
 */
async function shut(parts: LotteryParts, phase: PhaseRow): Promise<void> {
  const { database, wallet, clock } = parts;
  const { id, book } = phase;
  const found = await findBook(database, book);
  if (found?.state === 'open') {
    const epoch = await parts.books.epochOf(phase);
    const key = phaseKey(phase, epoch, 'shut');
    const command = {
      kind: 'closeWindow',
      origin: SYSTEM,
      key,
      request: id,
      book,
      epoch,
      window: POOL_WINDOW,
    } as const;
    await insist(wallet, clock, command, patience(parts));
  }
  await finishSlips(parts, id, (_slip, error) => {
    throw error;
  });
  await recordShut(database, id, new Date(clock.now()));
}
