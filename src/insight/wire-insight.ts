import { z } from 'zod';
import { percentOf, timesOf, toWire } from '../money.ts';
import type { HotNumber } from './hot-numbers.ts';
import type { OppositeBets } from './opposite-bets.ts';
import type { RiskInsight } from './risk-insight.ts';
import type { UnusualStake } from './unusual-stakes.ts';

const Username = z.string().nullable();

const WireUnusualStake = z.strictObject({
  kind: z.enum(['stake-above-usual', 'stake-near-limit']),
  words: z.string(),
  userId: z.uuid(),
  username: Username,
  game: z.enum(['andar-bahar', 'lottery', 'trading', 'binary']),
  place: z.string().describe('the table, the name of the phase, or the symbol'),
  ref: z.uuid().describe('the round, the phase or the trade'),
  betId: z.string().describe('the bet, the slip or the trade'),
  at: z.iso.datetime(),
  numbers: z.strictObject({
    stake: z.int(),
    usual: z.int().nullable().describe('the median of the stakes before; null where they are too few'),
    factor: z.string().nullable().describe('so many times the usual one'),
    stakesBefore: z.int().describe('how many were looked at, 100 at most'),
    maxBet: z.int().nullable().describe('the most that one bet may be there'),
    shareOfMax: z.string().nullable().describe('percent'),
  }),
});

const WireOppositeBets = z.strictObject({
  kind: z
    .string()
    .describe(
      '`opposite-bets`: Andar against Bahar in the same round; `opposite-trades`: UP against DOWN on one symbol',
    ),
  words: z.string(),
  accounts: z.array(z.strictObject({ userId: z.uuid(), username: Username, stake: z.int() })).length(2),
  links: z.array(z.enum(['shared-address', 'referral', 'payment-reference'])),
  lastRef: z.uuid().describe('the last such round, or trade'),
  lastPlace: z.string().describe('the table, or the symbol'),
  numbers: z.strictObject({
    times: z.int().describe('in so many rounds, or trades of the first'),
    covered: z.int().describe('the smaller of both stakes each time'),
  }),
});

const WireHotNumber = z.strictObject({
  kind: z.enum(['hot-number', 'number-beyond-limit']),
  words: z.string(),
  phaseId: z.uuid(),
  phase: z.string(),
  number: z.string(),
  numbers: z.strictObject({
    totalBet: z.int(),
    share: z.string().describe('of all stakes of the phase, percent'),
    zScore: z.string().describe('how far above an even share, in standard deviations of as many lines spread evenly'),
    potentialPayout: z.int(),
    limit: z.int(),
    excess: z.int().describe('staked above the limit'),
  }),
});

/** What people of the house should look at. Amounts are minor units. */
export const WireRiskInsight = z.strictObject({
  since: z.iso.datetime().describe('what was looked at begins here'),
  unusualStakes: z.array(WireUnusualStake),
  oppositeBets: z.array(WireOppositeBets),
  hotNumbers: z.array(WireHotNumber),
});

export function wireRiskInsight(insight: RiskInsight): z.input<typeof WireRiskInsight> {
  return {
    since: insight.since.toISOString(),
    unusualStakes: insight.unusualStakes.map(wireStake),
    oppositeBets: insight.oppositeBets.map(wireOpposite),
    hotNumbers: insight.hotNumbers.map(wireNumber),
  };
}

function wireStake({ kind, words, seen, usual }: UnusualStake): z.input<typeof WireUnusualStake> {
  const { userId, username, game, place, ref, betId, at, stake, most, earlier } = seen;
  return {
    ...{ kind, words, userId, username, game, place, ref, betId, at: at.toISOString() },
    numbers: {
      stake: toWire(stake),
      usual: usual === null ? null : toWire(usual),
      factor: usual === null ? null : timesOf({ numerator: stake, denominator: usual }),
      stakesBefore: earlier.length,
      maxBet: most === null ? null : toWire(most),
      shareOfMax: most === null ? null : percentOf({ numerator: stake, denominator: most }),
    },
  };
}

function wireOpposite(bets: OppositeBets): z.input<typeof WireOppositeBets> {
  const { kind, words, links, lastRef, lastPlace, times } = bets;
  return {
    ...{ kind, words, links: [...links], lastRef, lastPlace },
    accounts: [
      { userId: bets.one, username: bets.oneName, stake: toWire(bets.oneStake) },
      { userId: bets.other, username: bets.otherName, stake: toWire(bets.otherStake) },
    ],
    numbers: { times, covered: toWire(bets.covered) },
  };
}

function wireNumber({ kind, words, phase, number, figure, share, zScore }: HotNumber): z.input<typeof WireHotNumber> {
  const { totalBet, potentialPayout, limit, excess } = figure;
  return {
    ...{ kind, words, phaseId: phase.phaseId, phase: phase.name, number },
    numbers: {
      ...{ totalBet: toWire(totalBet), share, zScore: zScore.toFixed(1), potentialPayout: toWire(potentialPayout) },
      ...{ limit: toWire(limit), excess: toWire(excess) },
    },
  };
}
