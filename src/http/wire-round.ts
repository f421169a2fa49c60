import { z } from 'zod';
import type { PublicRound } from '../games/andar-bahar/store.ts';
import { type Minor, toWire } from '../money.ts';

const Side = z.enum(['andar', 'bahar']);
const Cards = z.array(z.string());

const WireRoundVoid = z.strictObject({
  reason: z.string(),
  requestedBy: z.string(),
  approvedBy: z.string(),
  voidedAt: z.iso.datetime(),
  refunded: z.int(),
  bets: z.int(),
  wouldHaveBeen: z
    .strictObject({ andarCards: Cards, baharCards: Cards, winningSide: Side, cardsDealt: z.int() })
    .describe('what the round would have come to'),
});

/** The public record of a round. */
export const WireRound = z.strictObject({
  roundId: z.uuid(),
  tableId: z.string(),
  roundNumber: z.int(),
  status: z.enum(['betting', 'dealing', 'settling', 'settled', 'voided', 'abandoned']),
  bettingWindow: z.int(),
  bettingEndsAt: z.iso.datetime(),
  payTable: z.string(),
  rulesVersion: z.int(),
  jokerCard: z.string().nullable().describe('null until it is turned'),
  commitment: z.string().describe('SHA-256 of the seed'),
  algorithmVersion: z.int(),
  serverSeed: z.string().nullable().describe('null until there is a result, as all that follows'),
  andarCards: Cards.nullable(),
  baharCards: Cards.nullable(),
  winningSide: Side.nullable(),
  cardsDealt: z.int().nullable(),
  totalAndarBets: z.int().nullable().describe('minor units'),
  totalBaharBets: z.int().nullable(),
  totalBets: z.int().nullable().describe('how many'),
  totalBetAmount: z.int().nullable(),
  totalPayouts: z.int().nullable(),
  totalRefunds: z.int().nullable(),
  totalPlayers: z.int().nullable(),
  createdAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
  void: WireRoundVoid.nullable(),
});

const WireHidden = z.strictObject({
  roundId: z.uuid(),
  algorithmVersion: z.int(),
  commitment: z.string(),
  serverSeed: z.null(),
});

const WireRevealed = WireHidden.extend({
  serverSeed: z.string(),
  payTable: z.string(),
  firstSide: Side,
  deck: Cards.describe('the 52 cards in the order that a draw starts from'),
  windows: z.array(
    z.strictObject({
      window: z.int(),
      step: z.int().describe('of the draw, that followed it: 0 turned the joker'),
      keyHashes: z.array(z.string()).describe('of the keys of its bets, ascending'),
      root: z.string().describe('over those of this window and all before: what the step was drawn with'),
    }),
  ),
  jokerCard: z.string(),
  andarCards: Cards,
  baharCards: Cards,
  winningSide: Side,
  decidingCard: z.int().describe('how many cards were dealt'),
});

/** What anybody needs to deal a round again; before there is a result, what is public already. */
export const WireVerification = z.union([WireRevealed, WireHidden]);

export function wireRound(round: PublicRound): Omit<z.input<typeof WireRound>, 'void'> {
  const { createdAt, endedAt, bettingEndsAt } = round;
  const { totalAndarBets, totalBaharBets, totalBetAmount, totalPayouts, totalRefunds } = round;
  return {
    ...round,
    bettingEndsAt: bettingEndsAt.toISOString(),
    totalAndarBets: orNull(totalAndarBets),
    totalBaharBets: orNull(totalBaharBets),
    totalBetAmount: orNull(totalBetAmount),
    totalPayouts: orNull(totalPayouts),
    totalRefunds: orNull(totalRefunds),
    createdAt: createdAt.toISOString(),
    endedAt: endedAt?.toISOString() ?? null,
  };
}

function orNull(amount: Minor | null): number | null {
  return amount === null ? null : toWire(amount);
}
