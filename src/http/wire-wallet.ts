import { z } from 'zod';
import { type Role, STAKING_ROLES } from '../accounts/identity.ts';
import { WireBonus, wireBonus } from '../bonuses/wire-bonus.ts';
import { type Currency, type Minor, toWire, ZERO } from '../money.ts';
import type { Standing } from '../vip/standing.ts';

/** A player's wallet. All money in minor units; names that say the same stand side by side and are the same figure. */
export const WireWallet = z.strictObject({
  currency: z.string(),
  version: z.int(),
  real: z.int().describe('to spend'),
  bonus: z.int(),
  held: z.int().describe('set aside for withdrawals, and the margins of open trades'),
  total: z.int().describe('real, bonus and held'),
  realBalance: z.int().describe('the same as real'),
  bonusBalance: z.int().describe('the same as bonus'),
  totalBalance: z.int().describe('real and bonus: what there is to play with'),
  totalRealBalance: z.int().describe('the same as real'),
  totalBonusBalance: z.int().describe('the same as bonus'),
  pending: z.int().describe('the same as held'),
  withdrawable: z.int().describe('of real, what does not have to be staked first'),
  playThrough: z
    .int()
    .describe(
      'of deposits, what is still to be staked before as much can be withdrawn; nothing for who can stake nowhere',
    ),
  turnover: z.int().describe('everything ever staked and not taken back'),
  totalRealLosses: z.int(),
  totalBonusLosses: z.int(),
  betCount: z.int(),
  lastUpdateTransactionId: z.string().nullable().describe('the newest line of the statement'),
  vip: z.strictObject({
    level: z.int(),
    rank: z.string(),
    xp: z
      .int()
      .describe('points: one for each 100 staked and not taken back, whatever the result; of binaries, won or lost'),
    totalXp: z.int().describe('the same as xp: points are not spent and do not expire'),
    levelXp: z.int().describe('of them since this level was reached'),
    nextLevelAt: z.int().nullable().describe('points at which the next level begins; null at the highest'),
    cashback: z.int().describe('hundredths of a percent'),
  }),
  bonuses: z.array(WireBonus).describe('those that are pending or active, the oldest first'),
});

/** As its owner sees it, whose role this is. */
export function wireWallet(currency: Currency, standing: Standing, role: Role): z.input<typeof WireWallet> {
  const { version, bets, lastSeq } = standing;
  const playThrough = STAKING_ROLES.includes(role) ? standing.playThrough : ZERO;
  const [real, bonus, held] = [toWire(standing.real), toWire(standing.bonus), toWire(standing.held)];
  return {
    ...{ currency, version, real, bonus, held },
    total: toWire((standing.real + standing.bonus + standing.held) as Minor),
    realBalance: real,
    bonusBalance: bonus,
    totalBalance: toWire((standing.real + standing.bonus) as Minor),
    totalRealBalance: real,
    totalBonusBalance: bonus,
    pending: held,
    withdrawable: toWire(withdrawableOf(standing.real, playThrough)),
    playThrough: toWire(playThrough),
    turnover: toWire(standing.turnover),
    totalRealLosses: toWire(standing.realLosses),
    totalBonusLosses: toWire(standing.bonusLosses),
    betCount: bets,
    lastUpdateTransactionId: lastSeq === 0 ? null : String(lastSeq),
    vip: wireVip(standing),
    bonuses: standing.bonuses.map(wireBonus),
  };
}

function withdrawableOf(real: Minor, playThrough: Minor): Minor {
  return real > playThrough ? ((real - playThrough) as Minor) : ZERO;
}

function wireVip({ level, rank, xp, levelFrom, nextLevelAt, cashback }: Standing) {
  return { level, rank, xp, totalXp: xp, levelXp: xp - levelFrom, nextLevelAt, cashback };
}
