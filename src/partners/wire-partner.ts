import { z } from 'zod';
import { toWire } from '../money.ts';
import type { ApiKey } from './api-key-store.ts';
import { SCOPES } from './api-key-store.ts';
import { CARRY_OVERS } from './commission.ts';
import type { Partner } from './partner.ts';
import type { ReferredPlayer } from './player-store.ts';
import { percentOnWire, WireFigures, WireHouseFigures } from './wire-report.ts';

/** A partner, as the house sees one. Percentages are percent, money is minor units. */
export const WirePartner = z.strictObject({
  id: z.uuid(),
  userId: z.uuid(),
  username: z.string(),
  status: z.enum(['active', 'suspended']),
  sharePercentage: z.number(),
  commissionRate: z.number(),
  carryOver: z.enum(CARRY_OVERS),
  totalCommission: z
    .int()
    .describe('of all rounds of Andar Bahar that the house has won, for the record: not what is due'),
  pendingCommission: z.int().describe('of those whose month is not settled'),
  createdAt: z.iso.datetime(),
});

export function wirePartner(partner: Partner): z.input<typeof WirePartner> {
  const { id, userId, username, status, carryOver, createdAt } = partner;
  return {
    ...{ id, userId, username, status },
    sharePercentage: percentOnWire(partner.sharePercentage),
    commissionRate: percentOnWire(partner.commissionRate),
    carryOver,
    totalCommission: toWire(partner.totalCommission),
    pendingCommission: toWire(partner.pendingCommission),
    createdAt: createdAt.toISOString(),
  };
}

/** Without the account's name, which is nobody's business but the house's. */
export const WirePlayer = z.strictObject({
  playerId: z.uuid(),
  registeredAt: z.iso.datetime(),
  firstDepositAt: z.iso.datetime().nullable(),
  lastActiveAt: z.iso.datetime().nullable().describe('the quarter of an hour in which the last bet was closed'),
  ...WireFigures.omit({ players: true, active: true, firstDeposits: true }).shape,
});
export const WireHousePlayer = WirePlayer.extend({
  username: z.string(),
  ...WireHouseFigures.pick({ realBets: true, realPayouts: true, realGgr: true, realNgr: true }).shape,
});

export function wirePlayer({ userId, registeredAt, firstDepositAt, lastActiveAt }: ReferredPlayer) {
  return {
    playerId: userId,
    registeredAt: registeredAt.toISOString(),
    firstDepositAt: firstDepositAt?.toISOString() ?? null,
    lastActiveAt: lastActiveAt?.toISOString() ?? null,
  };
}

export const WireApiKey = z.strictObject({
  id: z.uuid(),
  name: z.string(),
  prefix: z.string(),
  scopes: z.array(z.enum(SCOPES)),
  addresses: z.array(z.string()),
  createdAt: z.iso.datetime(),
  lastUsedAt: z.iso.datetime().nullable(),
  revokedAt: z.iso.datetime().nullable(),
});

export function wireApiKey(stored: ApiKey): z.input<typeof WireApiKey> {
  const { id, name, prefix, scopes, addresses, createdAt, lastUsedAt, revokedAt } = stored;
  return {
    ...{ id, name, prefix, scopes: [...scopes], addresses: [...addresses], createdAt: createdAt.toISOString() },
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
    revokedAt: revokedAt?.toISOString() ?? null,
  };
}
