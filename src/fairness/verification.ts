import { DECK, displayOf } from '../games/andar-bahar/cards.ts';
import type { Side } from '../games/andar-bahar/deal.ts';
import { opensBeforeJoker, type PayTable } from '../games/andar-bahar/pay-table.ts';
import type { RoundId } from '../ids.ts';
import { dealFromSeed } from './andar-bahar.ts';
import { merkleRoot } from './merkle.ts';
import { ALGORITHM_VERSION, commitmentOf, revealSeed, type ServerSeed } from './seed.ts';

/** Before the result: what is public of a round already. */
export interface HiddenRecord {
  readonly roundId: RoundId;
  readonly algorithmVersion: number;
  readonly commitment: string;
  readonly serverSeed: null;
}

/** With the result: everything that anybody needs to deal the round again, and what came of it. */
export interface VerificationRecord {
  readonly roundId: RoundId;
  readonly algorithmVersion: number;
  readonly commitment: string;
  /** 64 hexadecimal digits. */
  readonly serverSeed: string;
  /** The pay table's id. */
  readonly payTable: string;
  readonly firstSide: Side;
  /** The 52 cards in the order that a draw starts from. */
  readonly deck: readonly string[];
  readonly windows: readonly WindowRecord[];
  readonly jokerCard: string;
  readonly andarCards: readonly string[];
  readonly baharCards: readonly string[];
  readonly winningSide: Side;
  /** How many cards were dealt, the deciding one included. */
  readonly decidingCard: number;
}

/** One window and the step of the draw behind it. */
export interface WindowRecord {
  readonly window: number;
  /** The step that followed it: 0 turned the joker, 1, 2, 3 … dealt cards. */
  readonly step: number;
  /** Hashes of the keys of the bets accepted in this window, ascending. */
  readonly keyHashes: readonly string[];
  /** The Merkle root over those of this window and all before: what the step was drawn with. */
  readonly root: string;
}

/** The root behind every window so far, from the key hashes of each: `dealFromSeed` takes them as they are. */
export function rootsOf(keyHashesByWindow: readonly (readonly string[])[]): readonly string[] {
  return keyHashesByWindow.map((_, index) => merkleRoot(keyHashesByWindow.slice(0, index + 1).flat()));
}

/**
 * What `GET /rounds/:id/verification` answers once the seed is revealed. `keyHashesByWindow[w − 1]` are the hashes of
 * the keys of all bets accepted in window w, undone ones among them; a window that takes no bets may be left out at
 * the end. All steps are dealt: for a void this is the outcome that it would have had.
 */
export function verificationRecord(round: {
  readonly seed: ServerSeed;
  readonly roundId: RoundId;
  readonly table: PayTable;
  readonly keyHashesByWindow: readonly (readonly string[])[];
}): VerificationRecord {
  const { seed, roundId, table } = round;
  const keyHashesByWindow = table.windows.map((_, index) => [...(round.keyHashesByWindow[index] ?? [])].sort());
  const roots = rootsOf(keyHashesByWindow);
  const deal = dealFromSeed({ seed, roundId, table, roots });
  if (!deal?.outcome) throw new Error(`pay table ${table.id} ended without a winner`);
  return {
    roundId,
    algorithmVersion: ALGORITHM_VERSION,
    commitment: commitmentOf(seed),
    serverSeed: revealSeed(seed),
    payTable: table.id,
    firstSide: deal.firstSide,
    deck: DECK.map(displayOf),
    windows: roots.map((root, index) => ({
      window: index + 1,
      step: opensBeforeJoker(table) ? index : index + 1,
      keyHashes: keyHashesByWindow[index] ?? [],
      root,
    })),
    jokerCard: displayOf(deal.joker),
    andarCards: deal.andarCards.map(displayOf),
    baharCards: deal.baharCards.map(displayOf),
    winningSide: deal.outcome.winner,
    decidingCard: deal.outcome.decidingCard,
  };
}

/** What the same address answers while the seed is a secret. */
export function hiddenRecord(roundId: RoundId, commitment: string): HiddenRecord {
  return { roundId, algorithmVersion: ALGORITHM_VERSION, commitment, serverSeed: null };
}
