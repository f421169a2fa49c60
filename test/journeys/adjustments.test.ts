import assert from 'node:assert/strict';
import type { Server } from '../../src/server.ts';
import { useDatabase } from '../support/database.ts';
import { assertBooks, enterAccount, get, newKey, newPlayer, newStaff, type Player, send, start } from './support.ts';

const START = 100_000;

describe('S4-49 correcting a wallet by hand takes two people', () => {
  const database = useDatabase();
  let server: Server;
  let asker: Player;
  let approver: Player;
  let third: Player;
  let player: Player;
  before(async () => {
    server = await start(database, []);
    asker = await newStaff(server, 'ADMIN');
    approver = await newStaff(server, 'MASTER');
    third = await newStaff(server, 'ADMIN');
  });
  after(async () => {
    await server.stop();
    await assertBooks(database);
  });
  beforeEach(async () => {
    player = await newPlayer(server, START);
  });

  const ask = (by: Player, amount: number, more: object = {}, key = newKey()) =>
    send(
      ...([server, 'POST', '/admin/adjustments', by] as const),
      { userId: player.userId, amount, reason: 'a stake was taken twice', ...more },
      { 'Idempotency-Key': key },
    );
  const approve = (by: Player, id: string) => send(server, 'PUT', `/admin/adjustments/${id}/approve`, by);
  const reject = (by: Player, id: string, reason = 'not so') =>
    send(server, 'PUT', `/admin/adjustments/${id}/reject`, by, { reason });
  const total = async () => (await get(server, '/wallets/me', player)).total;
  const said = ({ status, json }: { status: number; json: { error?: { code: string } } }) =>
    `${status} ${json.error?.code ?? 'ok'}`;

  it('moves the money when another person approves it, and tells its player', async () => {
    const account = await enterAccount(server, player);
    const { status, json } = await ask(asker, 2_500);
    assert.deepEqual([status, json.status, json.moved], [201, 'PENDING', false]);
    assert.equal(await total(), START);
    assert.equal(said(await approve(asker, json.id)), '403 SAME_PERSON');
    const approved = await approve(approver, json.id);
    assert.deepEqual([approved.status, approved.json.status, approved.json.moved], [200, 'APPROVED', true]);
    const told = await account.hears('BALANCE_UPDATED', ({ reason }) => reason === 'ADJUSTED');
    assert.deepEqual([told.change, told.newBalance], [2_500, START + 2_500]);
    const [line] = (await get(server, '/wallets/me/ledger', player)).items;
    assert.deepEqual([line.type, line.change.real, line.balance.total], ['credit', 2_500, START + 2_500]);
    await account.leaves();
  });

  it('S4-50 has a line of the audit log for each of them', async () => {
    const { json } = await ask(asker, -700);
    await approve(approver, json.id);
    assert.equal(await total(), START - 700);
    const { items } = await get(server, `/admin/audit?target=adjustment:${json.id}`, approver);
    assert.deepEqual(
      items.map(({ adminId, action, amount, reason }: Record<string, unknown>) => [adminId, action, amount, reason]),
      [
        [approver.userId, 'adjustment.approve', -700, null],
        [asker.userId, 'adjustment.request', -700, 'a stake was taken twice'],
      ],
    );
  });

  it('X-04 is asked for once under a key, and done once, whoever approves at the same moment', async () => {
    const key = newKey();
    const [first, again] = await Promise.all([ask(asker, 900, {}, key), ask(asker, 900, {}, key)]);
    assert.deepEqual(first, again);
    assert.equal(said(await ask(asker, 901, {}, key)), '409 IDEMPOTENCY_KEY_REUSED');
    const both = await Promise.all([approve(approver, first.json.id), approve(third, first.json.id)]);
    assert.deepEqual(both.map(said).sort(), ['200 ok', '409 ALREADY_DECIDED']);
    assert.equal(await total(), START + 900);
    assert.deepEqual(await ask(asker, 900, {}, key), first, 'the first answer again');
  });

  it('X-04 what is refused stays refused under its key, and the key is used up', async () => {
    for (const [userId, refused] of [
      [asker.userId, '403 SAME_PERSON'],
      [newKey(), '404 NOT_FOUND'],
    ] as const) {
      const key = newKey();
      const [first, again] = await Promise.all([ask(asker, 900, { userId }, key), ask(asker, 900, { userId }, key)]);
      assert.equal(said(first), refused);
      assert.deepEqual([again, await ask(asker, 900, { userId }, key)], [first, first]);
      assert.equal(said(await ask(asker, 900, {}, key)), '409 IDEMPOTENCY_KEY_REUSED');
      assert.equal(said(await ask(third, 900, {}, key)), '201 ok', 'a key is its user’s');
    }
    const malformed = newKey();
    assert.equal(said(await ask(asker, 0, {}, malformed)), '400 INVALID_REQUEST');
    assert.equal(said(await ask(asker, 900, {}, malformed)), '201 ok', 'that was no request yet');
  });

  it('X-04 of a wish that is refused and another under its key at the same moment one is answered', async () => {
    for (let n = 0; n < 5; n++) {
      const key = newKey();
      const both = await Promise.all([ask(asker, 900, {}, key), ask(asker, 900, { userId: asker.userId }, key)]);
      const again = [await ask(asker, 900, {}, key), await ask(asker, 900, { userId: asker.userId }, key)];
      assert.deepEqual(again, both);
      assert.equal(both.filter((answer) => said(answer) === '409 IDEMPOTENCY_KEY_REUSED').length, 1);
    }
  });

  it('X-04 who has approved it hears so again, and nobody else', async () => {
    const { json } = await ask(asker, 900);
    const first = await approve(approver, json.id);
    assert.deepEqual([first.status, await approve(approver, json.id)], [200, first]);
    assert.equal(said(await approve(third, json.id)), '409 ALREADY_DECIDED');
    assert.equal(said(await reject(approver, json.id)), '409 ALREADY_DECIDED');
    assert.equal(await total(), START + 900);
  });

  it('is not approved where who has asked for it may not any more, and can be rejected', async () => {
    const [gone, left] = [await newStaff(server, 'ADMIN'), await newStaff(server, 'ADMIN')];
    const [one, next] = [(await ask(gone, 900)).json.id, (await ask(left, 900)).json.id];
    const role = (name: string) => send(server, 'PUT', `/master/users/${left.userId}/role`, approver, { role: name });
    const frozen = { frozen: true, reason: 'a laptop was stolen' };
    await send(server, 'PUT', `/admin/users/${gone.userId}/freeze`, approver, frozen);
    assert.equal(said(await approve(approver, one)), '409 NOT_OPEN');
    await send(server, 'PUT', `/admin/users/${gone.userId}/freeze`, approver, { ...frozen, frozen: false });
    assert.equal(said(await approve(approver, one)), '409 NOT_OPEN', 'a thief may have asked for it');
    assert.equal(said(await reject(approver, one)), '200 ok');
    assert.equal((await role('PLAYER')).status, 200);
    assert.equal(said(await approve(approver, next)), '409 NOT_OPEN');
    assert.equal((await role('MASTER')).status, 200);
    assert.equal(said(await approve(approver, next)), '409 NOT_OPEN');
    assert.equal(said(await reject(approver, next)), '200 ok');
    assert.equal(said(await approve(approver, (await ask(left, 900)).json.id)), '200 ok');
    assert.equal(await total(), START + 900);
  });

  it('takes no more than there is: that is on record, and over', async () => {
    const { json } = await ask(asker, -START - 1);
    assert.equal(said(await approve(approver, json.id)), '422 INSUFFICIENT_FUNDS');
    assert.equal(await total(), START);
    const { items } = await get(server, `/admin/adjustments?user=${player.userId}&status=REFUSED`, asker);
    assert.deepEqual([items[0].id, items[0].refusal, items[0].moved], [json.id, 'INSUFFICIENT_FUNDS', false]);
    assert.equal(said(await approve(approver, json.id)), '422 INSUFFICIENT_FUNDS', 'the first answer again');
    assert.equal(said(await approve(third, json.id)), '409 ALREADY_DECIDED');
    const log = (await get(server, `/admin/audit?target=adjustment:${json.id}`, approver)).items;
    assert.equal(log[0].action, 'adjustment.refused');
  });

  it('is rejected by one person, by who asked for it too, with a reason', async () => {
    const [one, other] = [(await ask(asker, 500)).json.id, (await ask(asker, 600)).json.id];
    assert.equal(said(await reject(approver, one, ' ')), '400 INVALID_REQUEST');
    assert.equal(said(await reject(approver, one)), '200 ok');
    assert.equal(said(await reject(asker, other, 'a slip of the hand')), '200 ok');
    assert.equal(said(await approve(approver, one)), '409 ALREADY_DECIDED');
    assert.equal(await total(), START);
  });

  it('is for people of the house, and for wallets of others', async () => {
    assert.equal(said(await ask(player, 100)), '403 FORBIDDEN');
    assert.equal(said(await ask(asker, 100, { userId: asker.userId })), '403 SAME_PERSON');
    assert.equal(said(await ask(asker, 100, { userId: newKey() })), '404 NOT_FOUND');
    for (const amount of [0, 1.5, 2e15]) assert.equal(said(await ask(asker, amount)), '400 INVALID_REQUEST');
    const own = await ask(asker, 100, { userId: approver.userId });
    assert.equal(said(await approve(approver, own.json.id)), '403 SAME_PERSON');
    assert.equal(said(await reject(approver, own.json.id)), '403 SAME_PERSON');
    assert.equal(said(await approve(approver, newKey())), '404 NOT_FOUND');
  });
});
