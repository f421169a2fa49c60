import assert from 'node:assert/strict';
import type { Role } from '../../src/accounts/identity.ts';
import type { Server } from '../../src/server.ts';
import { get, newKey, newPlayer, newStaff, type Player, send } from '../journeys/support.ts';
import { handIn, newPhase } from '../lottery/journey-support.ts';
import type { TestDatabase } from '../support/database.ts';

/** By the beginning of a path: the id of something that is there; where it can be owned, one of the people owns it. */
export type Things = Readonly<Record<string, string>>;
type People = Readonly<Record<Role, Player>>;

const key = () => ({ 'Idempotency-Key': newKey() });

/** Whatever these people can own, and what is there beside it. */
export async function thingsOf(server: Server, database: TestDatabase, people: People): Promise<Things> {
  const { PLAYER, COLLECTOR, PARTNER, ADMIN } = people;
  const wish = { amount: 20_000, method: 'bank_transfer' };
  const deposit = await send(server, 'POST', '/transactions/deposits', PLAYER, wish, key());
  const phase = await newPhase(server, ADMIN);
  const slip = await handIn(server, phase.phaseId, COLLECTOR, '123-10');
  const victim = await newPlayer(server, 1_000);
  const correction = { userId: victim.userId, amount: 5, reason: 'a test' };
  const adjustment = await send(server, 'POST', '/admin/adjustments', ADMIN, correction, key());
  const apiKey = await send(server, 'POST', '/partner/api-keys', PARTNER, { name: 'k' });
  const partner = await get(server, '/partner/summary', PARTNER);
  const session = (await get(server, '/auth/sessions', await newStaff(server, 'PLAYER'))).items[0];
  const round = (await database.admin().query<{ id: string }>('select id from round limit 1')).rows[0];
  const { bonus, campaign } = await bonusOf(server, people);
  return {
    ...{ '/transactions/': deposit.json.id, '/admin/tx/': deposit.json.id, '/lottery/phases/': phase.phaseId },
    ...{ '/admin/lottery/phases/': phase.phaseId, '/lottery/slips/': slip.json.slipId },
    ...{ '/admin/lottery/slips/': slip.json.slipId, '/admin/users/': victim.userId },
    ...{ '/partner/api-keys/': apiKey.json.id, '/admin/partners/': partner.id },
    ...{ '/master/users/': victim.userId, '/admin/adjustments/': adjustment.json.id, '/auth/sessions/': session.id },
    ...{ '/rounds/': round?.id ?? '', '/admin/rounds/': round?.id ?? '', '/tables/': 'calm', '/admin/games/': 'calm' },
    ...{ '/bonuses/': bonus, '/admin/bonuses/campaigns/': campaign, '/admin/bonuses/': bonus },
    '/trades/': await opened(server, PLAYER, 'trade', { amount: '0.01' }),
    '/binary/': await opened(server, PLAYER, 'binary', { direction: 'UP', stake: 1_000, expirySeconds: 60 }),
  };
}

async function bonusOf(server: Server, { PLAYER, ADMIN, MASTER }: People) {
  const terms = { kind: 'MANUAL', name: 'Presents', maxAmount: 10_000, wagering: 3_000, validDays: 30 };
  const campaign = await send(server, 'POST', '/admin/bonuses/campaigns', ADMIN, terms);
  assert.equal(campaign.status, 201, JSON.stringify(campaign.json));
  const gift = { campaignId: campaign.json.id, userId: PLAYER.userId, amount: 500, reason: 'a test' };
  const bonus = await send(server, 'POST', '/admin/bonuses', MASTER, gift, key());
  assert.equal(bonus.status, 201, JSON.stringify(bonus.json));
  return { bonus: bonus.json.id as string, campaign: campaign.json.id as string };
}

/** As soon as there is a fresh price. */
async function opened(server: Server, who: Player, kind: 'trade' | 'binary', wish: object): Promise<string> {
  const path = kind === 'trade' ? '/trades/open' : '/binary/open';
  for (const deadline = performance.now() + 10_000; ; ) {
    const { status, json } = await send(server, 'POST', path, who, { symbol: 'BTCUSDT', ...wish }, key());
    if (status === 200) return json[kind].tradeId;
    const isEarly = json.error?.code === 'STALE_PRICE' && performance.now() < deadline;
    assert.ok(isEarly, `${path}: ${JSON.stringify(json)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
