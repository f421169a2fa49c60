import type { Random } from '../src/demo/choices.ts';

/** What a bot knows when a betting window opens. Amounts are minor units. */
export interface WindowSituation {
  readonly minBet: number;
  readonly maxBet: number;
  /** What this window takes bets on, side bets included. */
  readonly betSides: readonly string[];
  readonly balance: number;
  /** How long the window stays open. */
  readonly leftMs: number;
}

/** Ways to be wrong on purpose. */
export const FAULTS = [
  'no amount',
  'fraction',
  'unknown side',
  'below minimum',
  'above maximum',
  'unknown round',
  'unknown bet',
  'unknown message',
] as const;
export type Fault = (typeof FAULTS)[number];

/** One thing a bot does with a window; `afterMs` counts from when the bot saw it open. */
export type Act = { readonly afterMs: number } & (
  | {
      readonly kind: 'place-bet';
      readonly betSide: string;
      readonly amount: number;
      /** It thinks better of it, so long after the bet was accepted. */
      readonly undoAfterMs: number | undefined;
    }
  | { readonly kind: 'rebet' | 'double' | 'my-bets' }
  | { readonly kind: 'bad'; readonly fault: Fault }
  | { readonly kind: 'drop'; readonly awayMs: number }
);

const BETS_MAX = 4;
const UNDOES = 0.15;
const REBETS = 0.1;
const DOUBLES = 0.08;
const LOOKS = 0.05;
const DROPS = 0.04;
const AWAY_MS = [100, 2_500] as const;
/** The part of the bots that send bad requests, and how often those do. */
const CARELESS = 0.1;
const CARELESS_WINDOWS = 0.5;
/** The largest bet is a part of what the player has: nobody is broke after one. */
const PART_OF_BALANCE = 20;

/**
 * What a bot does with a window, in order of time: a function of the random numbers and the situation alone, so that
 * the same seed makes the same choices. Bets are spread over the table's limits evenly by order of magnitude.
 */
export function planWindow(random: Random, careless: boolean, situation: WindowSituation): readonly Act[] {
  const { minBet, betSides, balance, leftMs } = situation;
  const acts: Act[] = [];
  const at = (from: number, to: number) => Math.floor(leftMs * (from + random() * (to - from)));
  if (betSides.length > 0 && balance >= minBet) {
    if (random() < REBETS) acts.push({ kind: 'rebet', afterMs: at(0, 0.2) });
    for (let bets = Math.floor(random() * (BETS_MAX + 1)); bets > 0; bets--) {
      acts.push({ kind: 'place-bet', ...bet(random, situation), afterMs: at(0, 0.9) });
    }
    if (random() < DOUBLES) acts.push({ kind: 'double', afterMs: at(0.6, 0.95) });
  }
  if (random() < LOOKS) acts.push({ kind: 'my-bets', afterMs: at(0, 0.9) });
  if (careless && random() < CARELESS_WINDOWS)
    acts.push({ kind: 'bad', fault: pick(random, FAULTS), afterMs: at(0, 0.9) });
  // Also while cards are dealt, so that some are away when the result comes.
  if (random() < DROPS)
    acts.push({ kind: 'drop', awayMs: Math.floor(between(random, AWAY_MS)), afterMs: at(0.1, 1.5) });
  return acts.sort((a, b) => a.afterMs - b.afterMs);
}

/** Whether this bot is one of those that send bad requests. */
export function isCareless(random: Random): boolean {
  return random() < CARELESS;
}

function bet(random: Random, { minBet, maxBet, betSides, balance, leftMs }: WindowSituation) {
  const most = Math.max(minBet, Math.min(maxBet, Math.floor(balance / PART_OF_BALANCE)));
  const amount = Math.floor(minBet * (most / minBet) ** random());
  return {
    betSide: pick(random, betSides),
    amount: Math.min(most, Math.max(minBet, amount)),
    undoAfterMs: random() < UNDOES ? Math.floor(leftMs * 0.2 * random()) : undefined,
  };
}

function pick<Item>(random: Random, items: readonly Item[]): Item {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new RangeError('nothing to pick from');
  return item;
}

function between(random: Random, [from, to]: readonly [number, number]): number {
  return from + random() * (to - from);
}
