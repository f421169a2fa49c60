import type { PhaseId } from '../ids.ts';
import type { LotteryParts } from './parts.ts';
import { findPhase } from './phase-store.ts';
import { place } from './place.ts';
import type { SlipId } from './slip-row.ts';
import { findSlip, unfinishedSlips } from './slip-store.ts';
import { finishVoid } from './void-slip.ts';

const PAGE = 100;

/** Asks the wallet for what a slip's row waits for. It may be stopped anywhere, and be repeated. */
export async function finishSlip(parts: LotteryParts, id: SlipId): Promise<void> {
  const slip = await findSlip(parts.database, id);
  if (slip === null || (slip.status !== 'REQUESTED' && slip.status !== 'VOIDING')) return;
  const phase = await findPhase(parts.database, slip.phase);
  if (phase === null) throw new Error(`the phase of slip ${id} is gone`);
  if (slip.status === 'REQUESTED') await place(parts, phase, slip);
  else await finishVoid(parts, phase, slip);
}

/** All that wait, of one phase or of all; each that fails is handed to `onError`. */
export async function finishSlips(
  parts: LotteryParts,
  phase: PhaseId | undefined,
  onError: (id: SlipId, error: unknown) => void,
): Promise<void> {
  for (let after: SlipId | null = null; !parts.signal.aborted; ) {
    const ids: readonly SlipId[] = await unfinishedSlips(parts.database, { phase, after }, PAGE);
    for (const id of ids) await finishSlip(parts, id).catch((error: unknown) => onError(id, error));
    after = ids.at(-1) ?? null;
    if (ids.length < PAGE) return;
  }
}
