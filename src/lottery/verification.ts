import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';
import { keyHash } from '../fairness/merkle.ts';
import { ALGORITHM_VERSION } from '../fairness/seed.ts';
import type { PhaseRow } from './phase-row.ts';
import { takenKeys } from './slip-store.ts';

/** What anybody needs to draw the number of a phase again (DESIGN 6). */
export const WireDraw = z.strictObject({
  phaseId: z.uuid(),
  algorithmVersion: z.int(),
  commitment: z.string().describe('SHA-256 of the seed, public since the phase was made'),
  serverSeed: z.string().nullable().describe('null until there is a result'),
  keyHashes: z.array(z.string()).describe('of all slips that were taken, void ones among them, ascending'),
  root: z.string().nullable(),
  winningNumber: z.string().nullable(),
});

/** Null where the number is not drawn but entered. Which slips there are is told with the result. */
export async function verificationOf(queries: Queries, phase: PhaseRow): Promise<z.input<typeof WireDraw> | null> {
  const { id, commitment, revealedSeed: serverSeed, root, winningNumber } = phase;
  if (commitment === null) return null;
  const keys = winningNumber === null ? [] : await takenKeys(queries, id);
  const keyHashes = keys.map(keyHash).sort();
  return { phaseId: id, algorithmVersion: ALGORITHM_VERSION, commitment, serverSeed, keyHashes, root, winningNumber };
}
