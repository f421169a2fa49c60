import assert from 'node:assert/strict';
import { WireHouseBonus } from '../../src/bonuses/wire-bonus.ts';
import type { Server } from '../../src/server.ts';
import { assertBonuses } from '../bonuses/support.ts';
import { get, newKey, newPlayer, newStaff, type Player, send, start } from '../journeys/support.ts';
import { useDatabase } from '../support/database.ts';

describe('bonuses under the hands of the house', () => {
  const database = useDatabase();
  let server: Server;
  let ann: Player;
  let bob: Player;
  let campaignId: string;
  before(async () => {
    server = await start(database, []);
    ann = await newStaff(server, 'ADMIN');
    bob = await newStaff(server, 'ADMIN');
    campaignId = await campaign('Gifts');
  });
  after(async () => {
    await server.stop();
    await assertBonuses(database);
  });

  async function campaign(name: string, more: object = {}): Promise<string> {
    const terms = { name, kind: 'MANUAL', maxAmount: 10_000, wagering: 3_000, validDays: 30, ...more };
    const { status, json } = await send(server, 'POST', '/admin/bonuses/campaigns', ann, terms);
    assert.equal(status, 201, JSON.stringify(json));
    return json.id;
  }
  const give = (to: { userId: string }, more: object = {}, who: Player | undefined = bob, key = newKey()) => {
    const gift = { campaignId, userId: to.userId, amount: 5_000, reason: 'kind', ...more };
    return send(server, 'POST', '/admin/bonuses', who, gift, { 'Idempotency-Key': key });
  };
  const codeOf = ({ status, json }: { status: number; json: { error?: { code: string } } }) => [
    status,
    json.error?.code ?? 'OK',
  ];
  const acts = async (action: string) => (await get(server, `/admin/audit?action=${action}`, ann)).items;

  it('S4-50 one is given once under its key, and is on record', async () => {
    const player = await newPlayer(server, 0);
    const key = newKey();
    const first = await give(player, {}, bob, key);
    const { id, userId, givenBy, reason, status, amount } = WireHouseBonus.parse(first.json);
    assert.deepEqual([first.status, userId, givenBy, reason], [201, player.userId, bob.userId, 'kind']);
    assert.deepEqual([status, amount], ['ACTIVE', 5_000]);
    assert.deepEqual(await give(player, {}, bob, key), first);
    assert.deepEqual(codeOf(await give(player, { amount: 5_001 }, bob, key)), [409, 'IDEMPOTENCY_KEY_REUSED']);
    assert.deepEqual((await get(server, '/wallets/me', player)).bonus, 5_000);
    const [line, ...others] = (await acts('bonus.give')).filter(
      ({ target }: { target: string }) => target === `bonus:${id}`,
    );
    assert.deepEqual(others, []);
    assert.deepEqual([line.adminId, line.amount, line.reason], [bob.userId, 5_000, 'kind']);
    const after = { status: 'PENDING', userId, requirement: 150_000, campaign: campaignId };
    assert.deepEqual(line.after, after);
  });

  it('DESIGN 7 money out of nothing takes two people, and nobody gives to themselves', async () => {
    const player = await newPlayer(server, 0);
    assert.deepEqual(codeOf(await give(bob)), [403, 'SAME_PERSON']);
    const key = newKey();
    assert.deepEqual(codeOf(await give(player, {}, ann, key)), [403, 'SAME_PERSON'], 'who has set it up');
    const renamed = { name: 'Presents', reason: 'nicer' };
    assert.equal((await send(server, 'PUT', `/admin/bonuses/campaigns/${campaignId}`, bob, renamed)).status, 200);
    assert.deepEqual(codeOf(await give(player, {}, ann)), [403, 'SAME_PERSON'], 'another name is no other term');
    const change = { maxAmount: 20_000, reason: 'more' };
    assert.equal((await send(server, 'PUT', `/admin/bonuses/campaigns/${campaignId}`, bob, change)).status, 200);
    assert.deepEqual(codeOf(await give(player)), [403, 'SAME_PERSON'], 'who has changed it');
    assert.deepEqual(codeOf(await give(player, {}, ann, key)), [403, 'SAME_PERSON'], 'what was refused stays so');
    assert.deepEqual(codeOf(await give(player, { amount: 20_000 }, ann)), [201, 'OK']);
    assert.equal((await get(server, '/wallets/me', player)).bonus, 20_000);
    const own = (await get(server, '/bonuses/me', player)).items;
    assert.equal(own.length, 1, 'what was refused never came about for its player');
    const restore = { maxAmount: 10_000, reason: 'as it was' };
    await send(server, 'PUT', `/admin/bonuses/campaigns/${campaignId}`, ann, restore);
  });

  it('is refused beyond what a campaign allows, for whom there is not, and to whom is frozen', async () => {
    const player = await newPlayer(server, 0);
    const other = await campaign('At sign-up', { kind: 'SIGN_UP', fixedAmount: 1, enabled: false });
    const over = await campaign('Over', { startsAt: '2026-01-01T00:00:00Z', endsAt: '2026-01-02T00:00:00Z' });
    assert.deepEqual(codeOf(await give(player, { amount: 10_001 })), [422, 'ABOVE_MAXIMUM']);
    assert.deepEqual(codeOf(await give(player, { campaignId: other })), [400, 'INVALID_REQUEST']);
    assert.deepEqual(codeOf(await give(player, { campaignId: over })), [409, 'NOT_OPEN']);
    assert.deepEqual(codeOf(await give(player, { campaignId: newKey() })), [404, 'NOT_FOUND']);
    assert.deepEqual(codeOf(await give({ userId: newKey() })), [404, 'NOT_FOUND']);
    assert.deepEqual(codeOf(await give(ann)), [404, 'NOT_FOUND'], 'not a player');
    for (const more of [{ amount: 0 }, { amount: 0.5 }, { amount: 1e16 }, { reason: '' }, { currency: 'INR' }]) {
      assert.deepEqual(codeOf(await give(player, more)), [400, 'INVALID_REQUEST']);
    }
    assert.deepEqual(codeOf(await give(player, {}, bob, 'no key')), [400, 'INVALID_REQUEST']);
    assert.deepEqual(codeOf(await give(player, {}, player)), [403, 'FORBIDDEN']);
    const freeze = { frozen: true, reason: 'a check' };
    assert.equal((await send(server, 'PUT', `/admin/users/${player.userId}/freeze`, ann, freeze)).status, 200);
    assert.deepEqual(codeOf(await give(player)), [403, 'ACCOUNT_FROZEN']);
    assert.deepEqual((await get(server, `/admin/bonuses?user=${player.userId}&status=ACTIVE`, ann)).items, []);
  });

  it('they are seen by user, status and campaign, page by page, refusals among them', async () => {
    const player = await newPlayer(server, 0);
    const second = await campaign('More gifts');
    const ids: string[] = [];
    for (const more of [{}, { campaignId: second }, { amount: 10_001 }, { amount: 1 }]) {
      await give(player, more);
      const { items } = await get(server, `/admin/bonuses?user=${player.userId}&limit=1`, ann);
      ids.unshift(items[0].id);
    }
    const find = async (query: string) =>
      (await get(server, `/admin/bonuses?user=${player.userId}&${query}`, ann)).items.map(
        (item: unknown) => WireHouseBonus.parse(item).id,
      );
    assert.deepEqual(await find('limit=10'), ids);
    const one = await get(server, `/admin/bonuses?user=${player.userId}&limit=2`, ann);
    const two = await get(server, `/admin/bonuses?user=${player.userId}&limit=2&cursor=${one.nextCursor}`, ann);
    assert.deepEqual(
      [...one.items, ...two.items].map(({ id }) => id),
      ids,
    );
    assert.equal(two.nextCursor, null);
    assert.deepEqual(await find(`campaign=${second}`), [ids[2]]);
    assert.deepEqual(await find('status=CANCELLED'), [ids[1]]);
    assert.deepEqual(await find('status=ACTIVE'), [ids[0], ids[2], ids[3]]);
    for (const status of ['PENDING', 'COMPLETED', 'EXPIRED']) assert.deepEqual(await find(`status=${status}`), []);
    const mine = (await get(server, '/bonuses/me?limit=2', player)) as { items: { id: string }[]; nextCursor: string };
    const rest = await get(server, `/bonuses/me?limit=2&cursor=${mine.nextCursor}`, player);
    assert.deepEqual(
      [...mine.items, ...rest.items].map(({ id }) => id),
      [ids[0], ids[2], ids[3]],
    );
    assert.deepEqual(codeOf(await send(server, 'GET', '/admin/bonuses?status=REFUSED', ann)), [400, 'INVALID_REQUEST']);
  });

  it('one is taken back by ADMIN and MASTER alone, with a reason, while there is something to take', async () => {
    const player = await newPlayer(server, 0);
    const { id } = (await give(player)).json;
    const cancel = (who: Player, body: object = { reason: 'why' }, of = id) =>
      send(server, 'POST', `/admin/bonuses/${of}/cancel`, who, body);
    assert.deepEqual(codeOf(await cancel(player)), [403, 'FORBIDDEN']);
    assert.deepEqual(codeOf(await cancel(ann, {})), [400, 'INVALID_REQUEST']);
    assert.deepEqual(codeOf(await cancel(ann, { reason: 'why' }, newKey())), [404, 'NOT_FOUND']);
    const both = await Promise.all([cancel(ann), cancel(bob)]);
    assert.deepEqual(both.map(({ status }) => status).sort(), [200, 409]);
    assert.equal((await get(server, '/wallets/me', player)).total, 0);
    assert.deepEqual(codeOf(await cancel(ann)), [409, 'NOT_OPEN']);
  });

  it('nobody takes their own back, whatever they have become since', async () => {
    const player = await newPlayer(server, 0);
    const { id } = (await give(player)).json;
    await database.admin().query(`update users set role = 'ADMIN' where id = $1`, [player.userId]);
    server.accounts.forgetUser(player.userId);
    const answer = await send(server, 'POST', `/admin/bonuses/${id}/cancel`, player, { reason: 'mine' });
    assert.deepEqual(codeOf(answer), [403, 'SAME_PERSON']);
  });
});
