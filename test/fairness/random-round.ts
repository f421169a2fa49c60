import fc from 'fast-check';
import { keyHash } from '../../src/fairness/merkle.ts';
import { serverSeed } from '../../src/fairness/seed.ts';
import type { Key, RoundId } from '../../src/ids.ts';

const keyHashes = fc.array(
  fc.uuid().map((key) => keyHash(key as Key)),
  { maxLength: 12 },
);

/** A round of the three-window table as it may come out of the database: a seed, and the bets of each window. */
export const randomRound = fc.record({
  seed: fc.uint8Array({ minLength: 32, maxLength: 32 }).map(serverSeed),
  roundId: fc.uuid().map((id) => id as RoundId),
  keyHashesByWindow: fc.tuple(keyHashes, keyHashes, fc.constant<readonly string[]>([])),
});
