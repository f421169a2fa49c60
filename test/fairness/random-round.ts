import assert from 'node:assert/strict';
import fc from 'fast-check';
import { dealFromSeed } from '../../src/fairness/andar-bahar.ts';
import { keyHash } from '../../src/fairness/merkle.ts';
import { serverSeed } from '../../src/fairness/seed.ts';
import type { Deal } from '../../src/games/andar-bahar/deal.ts';
import type { PayTable } from '../../src/games/andar-bahar/pay-table.ts';
import type { Key, RoundId } from '../../src/ids.ts';

const keyHashes = fc.array(
  fc.uuid().map((key) => keyHash(key as Key)),
  { maxLength: 12 },
);
const secret = {
  seed: fc.uint8Array({ minLength: 32, maxLength: 32 }).map(serverSeed),
  roundId: fc.uuid().map((id) => id as RoundId),
};

/** A round of the three-window table as it may come out of the database: a seed, and the bets of each window. */
export const randomRound = fc.record({
  ...secret,
  keyHashesByWindow: fc.tuple(keyHashes, keyHashes, fc.constant<readonly string[]>([])),
});

/** A round of this table. */
export function randomRoundOf(table: PayTable) {
  const windows = table.windows.map(({ betTypes }) => (betTypes.length > 0 ? keyHashes : fc.constant([])));
  return fc.record({ ...secret, table: fc.constant(table), keyHashesByWindow: fc.tuple(...windows) });
}

/** The deal of a round whose joker is drawn. */
export function dealt(round: Parameters<typeof dealFromSeed>[0]): Deal {
  const deal = dealFromSeed(round);
  assert.ok(deal, 'there is no joker yet');
  return deal;
}
