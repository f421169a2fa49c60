import { createHash } from 'node:crypto';
import type { Minor } from '../money.ts';

/** Numbers from 0 up to but not 1. */
export type Random = () => number;

/** The same seed gives the same numbers (mulberry32): a bot can be watched making the same choices again. */
export function seededRandom(seed: string): Random {
  let state = createHash('sha256').update(seed).digest().readUInt32LE(0);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export interface Situation {
  readonly minBet: Minor;
  readonly maxBet: Minor;
  /** What the open window takes bets on. */
  readonly betSides: readonly string[];
  /** Undefined while the bot has not been told. */
  readonly balance: Minor | undefined;
  /** How long the window stays open. */
  readonly leftMs: number;
}

/** What a bot does with a betting window. Delays count from its opening. */
export type Choice =
  | { readonly kind: 'pass' }
  | { readonly kind: 'broke' }
  | {
      readonly kind: 'bet';
      readonly betSide: string;
      readonly amount: Minor;
      readonly afterMs: number;
      /** It thinks better of it, some time after the bet. */
      readonly undoAfterMs: number | undefined;
    };

const PASSES = 0.3;
const UNDOES = 0.1;
/** Of the bets in a window that takes others than those on the winner. */
const SIDE_BETS = 0.25;
const MULTIPLES = [1n, 1n, 1n, 2n, 2n, 3n, 5n] as const;

/** Small stakes, now and then none, now and then undone. Always draws as many numbers, so choices stay comparable. */
export function choose(random: Random, { minBet, maxBet, betSides, balance, leftMs }: Situation): Choice {
  const [passes, kind, side, size, time, undoes] = [random(), random(), random(), random(), random(), random()];
  if (balance !== undefined && balance < minBet) return { kind: 'broke' };
  const betSide = pickSide(betSides, kind, side);
  if (passes < PASSES || betSide === undefined) return { kind: 'pass' };
  const wanted = minBet * (MULTIPLES[Math.floor(size * MULTIPLES.length)] ?? 1n);
  const affordable = wanted <= maxBet && (balance === undefined || wanted <= balance);
  return {
    kind: 'bet',
    betSide,
    amount: affordable ? (wanted as Minor) : minBet,
    afterMs: Math.floor(leftMs * (0.05 + time * 0.6)),
    undoAfterMs: undoes < UNDOES ? Math.floor(leftMs * 0.15) : undefined,
  };
}

/** Andar or Bahar, now and then something else; what there is where these are not taken. */
function pickSide(betSides: readonly string[], kind: number, side: number): string | undefined {
  const winners = betSides.filter(isOnTheWinner);
  const others = betSides.filter((betSide) => !isOnTheWinner(betSide));
  const wanted = winners.length === 0 || (others.length > 0 && kind < SIDE_BETS) ? others : winners;
  return wanted[Math.floor(side * wanted.length)];
}

function isOnTheWinner(betSide: string): boolean {
  return betSide === 'andar' || betSide === 'bahar';
}
