import { drawNumber } from '../fairness/lottery.ts';
import { keyHash, merkleRoot } from '../fairness/merkle.ts';
import { openSeed } from '../fairness/sealed-seed.ts';
import { revealSeed } from '../fairness/seed.ts';
import type { LotteryParts } from './parts.ts';
import type { PhaseRow } from './phase-row.ts';
import { recordDrawn, sealedSeedOf } from './phase-store.ts';
import { takenKeys } from './slip-store.ts';

/**
 * Draws the number of a phase that is shut (DESIGN 6): it follows from the seed that was committed to at its creation
 * and from the keys of all slips it has taken, so nobody chooses it, and repeated it is the same. The seed is public
 * with it.
 */
export async function draw({ database, clock, sealingKey }: LotteryParts, phase: PhaseRow): Promise<void> {
  const seed = openSeed(sealingKey, phase.id, await sealedSeedOf(database, phase.id));
  const root = merkleRoot((await takenKeys(database, phase.id)).map(keyHash));
  const winningNumber = drawNumber(seed, phase.id, root);
  const drawn = { root, winningNumber, revealed: revealSeed(seed) };
  await database.transaction((tx) => recordDrawn(tx, phase.id, drawn, new Date(clock.now())));
}
