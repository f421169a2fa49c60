import assert from 'node:assert/strict';
import { AdminAction, NewTransaction } from '../../schema/backoffice.ts';
import { WireHouseTransaction, WireTransaction } from '../../src/cashier/wire-transaction.ts';
import type { Server } from '../../src/server.ts';
import { assertCashier } from '../cashier/support.ts';
import { useDatabase } from '../support/database.ts';
import { credit } from '../wallet/fixture.ts';
import {
  assertBooks,
  enterAccount,
  enterBackoffice,
  get,
  newKey,
  newPlayer,
  newStaff,
  type Player,
  send,
  start,
  testConfig,
  until,
} from './support.ts';

const SECOND_ABOVE = 5_000_000;

describe('deposits and withdrawals', () => {
  const database = useDatabase();
  let server: Server;
  let ann: Player;
  let bob: Player;
  let master: Player;

  before(async () => {
    const config = testConfig({ CASHIER_SECOND_APPROVER_ABOVE: String(SECOND_ABOVE) });
    server = await start(database, [], { config });
    ann = await newStaff(server, 'ADMIN');
    bob = await newStaff(server, 'ADMIN');
    master = await newStaff(server, 'MASTER');
  });
  after(async () => {
    await server.stop();
    await assertBooks(database);
    await assertCashier(database);
  });

  const ask = (who: Player, type: 'deposits' | 'withdrawals', amount: number, more: object = {}, key = newKey()) =>
    send(server, 'POST', `/transactions/${type}`, who, { amount, method: 'upi', ...more }, { 'Idempotency-Key': key });
  const approve = (who: Player, id: string) => send(server, 'PUT', `/admin/tx/${id}/approve-tx`, who);
  const reject = (who: Player, id: string, reason = 'not this one') =>
    send(server, 'PUT', `/admin/tx/${id}/reject-tx`, who, { reason });
  const balance = async (who: Player) => {
    const { real, held, total } = await get(server, '/wallets/me', who);
    return { real, held, total };
  };
  const codeOf = ({ status, json }: { status: number; json: { error?: { code: string } } }) => [
    status,
    json.error?.code ?? 'OK',
  ];
  async function pending(who: Player, type: 'deposits' | 'withdrawals', amount: number): Promise<string> {
    const { status, json } = await ask(who, type, amount);
    assert.equal(status, 201, JSON.stringify(json));
    return json.id;
  }

  it('S4-25 S4-28 S4-29 S4-30 a withdrawal of 50000 that is approved leaves 950000, and all hear of it', async () => {
    const player = await newPlayer(server, 1_000_000);
    const own = await enterAccount(server, player);
    const chief = await enterBackoffice(server, master);
    const clerk = await enterBackoffice(server, bob);
    const id = await pending(player, 'withdrawals', 50_000);
    const news = NewTransaction.parse(
      await clerk.hears('NEW_TRANSACTION', ({ transactionId }) => transactionId === id),
    );
    assert.deepEqual([news.type, news.amount, news.userId], ['WITHDRAWAL', 50_000, player.userId]);
    assert.deepEqual(await balance(player), { real: 950_000, held: 50_000, total: 1_000_000 });

    assert.deepEqual(await approve(ann, id), { status: 200, json: { ok: true } });
    assert.deepEqual(await balance(player), { real: 950_000, held: 0, total: 950_000 });
    const { newStatus, approvedBy } = await own.hears('TX_STATUS_UPDATED', ({ transactionId }) => transactionId === id);
    assert.deepEqual([newStatus, approvedBy], ['APPROVED', ann.userId]);
    const paid = await own.hears('BALANCE_UPDATED', ({ reason }) => reason === 'WITHDRAWAL_APPROVED');
    assert.deepEqual([paid.userId, paid.newBalance, paid.change], [player.userId, 950_000, -50_000]);
    const versions = own.all('BALANCE_UPDATED').map(({ version }) => version);
    assert.deepEqual(versions, [1, 3, 4], 'as it was, held, captured');
    const { timestamp, ...act } = AdminAction.parse(await chief.hears('ADMIN_ACTION'));
    const action = 'APPROVE_WITHDRAWAL';
    assert.deepEqual(act, { adminId: ann.userId, action, target: `transaction:${id}`, amount: 50_000 });
    assert.ok(Math.abs(Date.parse(timestamp) - Date.now()) < 10_000);
    assert.deepEqual(clerk.all('ADMIN_ACTION'), []);
    for (const guest of [own, chief, clerk]) await guest.leaves();
  });

  it('S4-31 S4-32 a deposit is credited on approval, not before', async () => {
    const player = await newPlayer(server, 0);
    const id = await pending(player, 'deposits', 200_000);
    assert.equal((await balance(player)).total, 0);
    assert.deepEqual(codeOf(await approve(ann, id)), [200, 'OK']);
    assert.deepEqual(await balance(player), { real: 200_000, held: 0, total: 200_000 });
    assert.deepEqual(codeOf(await approve(bob, id)), [409, 'ALREADY_DECIDED']);
    assert.equal((await balance(player)).total, 200_000);
  });

  it('S4-33 what is rejected says why and gives the money back, and so does what its player cancels', async () => {
    const player = await newPlayer(server, 300_000);
    const own = await enterAccount(server, player);
    const [first, second] = [
      await pending(player, 'withdrawals', 60_000),
      await pending(player, 'withdrawals', 70_000),
    ];
    assert.deepEqual(await balance(player), { real: 170_000, held: 130_000, total: 300_000 });
    assert.deepEqual(codeOf(await send(server, 'PUT', `/admin/tx/${first}/reject-tx`, ann, {})), [
      400,
      'INVALID_REQUEST',
    ]);
    assert.deepEqual(await reject(ann, first), { status: 200, json: { ok: true } });
    const told = await own.hears('TX_STATUS_UPDATED', ({ transactionId }) => transactionId === first);
    assert.deepEqual([told.newStatus, told.approvedBy, told.reason], ['REJECTED', null, 'not this one']);
    const cancelled = await send(server, 'DELETE', `/transactions/${second}`, player);
    assert.deepEqual([cancelled.status, cancelled.json.status], [200, 'CANCELLED']);
    assert.deepEqual(await balance(player), { real: 300_000, held: 0, total: 300_000 });
    await own.hears('BALANCE_UPDATED', ({ reason }) => reason === 'WITHDRAWAL_CANCELLED');
    const reasons = own.all('BALANCE_UPDATED').map(({ reason, change }) => `${reason} ${change}`);
    assert.ok(reasons.includes('WITHDRAWAL_REJECTED 0'), reasons.join());
    for (const late of [
      approve(bob, first),
      reject(bob, second),
      send(server, 'DELETE', `/transactions/${first}`, player),
    ]) {
      assert.deepEqual(codeOf(await late), [409, 'ALREADY_DECIDED']);
    }
    const { items } = await get(server, `/admin/audit?target=transaction:${first}`, ann);
    assert.deepEqual([items.length, items[0].action, items[0].reason], [1, 'REJECT_WITHDRAWAL', 'not this one']);
    await own.leaves();
  });

  it('X-04 the same key gets the first answer again, refusals included; with another body it is reused', async () => {
    const player = await newPlayer(server, 100_000);
    const key = newKey();
    const first = await ask(player, 'withdrawals', 60_000, { reference: 'a@upi' }, key);
    assert.deepEqual([first.status, first.json.status], [201, 'PENDING']);
    assert.deepEqual(await ask(player, 'withdrawals', 60_000, { reference: 'a@upi' }, key), first);
    assert.deepEqual(codeOf(await reject(ann, first.json.id)), [200, 'OK']);
    assert.deepEqual(await ask(player, 'withdrawals', 60_000, { reference: 'a@upi' }, key), first);
    for (const other of [ask(player, 'withdrawals', 60_000, {}, key), ask(player, 'deposits', 60_000, {}, key)]) {
      assert.deepEqual(codeOf(await other), [409, 'IDEMPOTENCY_KEY_REUSED']);
    }
    const poor = newKey();
    assert.deepEqual(codeOf(await ask(player, 'withdrawals', 100_001, {}, poor)), [422, 'INSUFFICIENT_FUNDS']);
    assert.ok((await approve(ann, await pending(player, 'deposits', 500_000))).json.ok);
    assert.deepEqual(codeOf(await ask(player, 'withdrawals', 100_001, {}, poor)), [422, 'INSUFFICIENT_FUNDS']);
    assert.equal((await balance(player)).held, 0);
    const { items } = await get(server, '/transactions', player);
    assert.deepEqual(
      items.map(({ status }: { status: string }) => status),
      ['APPROVED', 'REJECTED'],
      'what was refused is no transaction',
    );
  });

  it('limits: a deposit of ₹100 to ₹100,000, a withdrawal of ₹500 to ₹100,000, so many undecided', async () => {
    const player = await newPlayer(server, 20_000_000);
    const cases = [
      ['deposits', 9_999, 'BELOW_MINIMUM', { minimum: 10_000 }, 'A deposit is at least ₹100.'],
      ['deposits', 10_000_001, 'ABOVE_MAXIMUM', { maximum: 10_000_000 }, 'A deposit is at most ₹100000.'],
      ['withdrawals', 49_999, 'BELOW_MINIMUM', { minimum: 50_000 }, 'A withdrawal is at least ₹500.'],
      ['withdrawals', 10_000_001, 'ABOVE_MAXIMUM', { maximum: 10_000_000 }, 'A withdrawal is at most ₹100000.'],
    ] as const;
    for (const [type, amount, code, details, message] of cases) {
      const key = newKey();
      const first = await ask(player, type, amount, {}, key);
      assert.deepEqual([first.status, first.json.error], [422, { code, message, details }]);
      assert.deepEqual(await ask(player, type, amount, {}, key), first);
    }
    for (const bad of [
      { amount: 0 },
      { amount: 10_000.5 },
      { method: 'cheque' },
      { reference: '' },
      { reference: '\u200b\u00ad' },
      { reference: 'to account \u202e4321' },
      { userId: ann.userId },
    ]) {
      assert.deepEqual(codeOf(await ask(player, 'deposits', 10_000, bad)), [400, 'INVALID_REQUEST']);
    }
    const answers = await Promise.all(Array.from({ length: 14 }, () => ask(player, 'deposits', 10_000)));
    assert.equal(answers.filter(({ status }) => status === 201).length, 10);
    assert.equal(answers.filter(({ status }) => status === 429).length, 4);
  });

  it('DESIGN 7 nobody approves their own, and a large amount takes two different people', async () => {
    const chief = await enterBackoffice(server, master);
    assert.ok((await server.wallet.execute(credit(ann.userId, 500_000))).ok);
    const own = await pending(ann, 'withdrawals', 50_000);
    assert.deepEqual(codeOf(await approve(ann, own)), [403, 'SAME_PERSON']);
    assert.deepEqual(codeOf(await reject(ann, own)), [403, 'SAME_PERSON']);
    assert.deepEqual(codeOf(await approve(bob, own)), [200, 'OK']);
    const player = await newPlayer(server, 9_000_000);
    const just = await pending(player, 'withdrawals', SECOND_ABOVE);
    assert.deepEqual((await approve(ann, just)).json, { ok: true });
    const large = await pending(player, 'deposits', SECOND_ABOVE + 1);
    assert.deepEqual((await approve(ann, large)).json, { ok: true, status: 'PENDING', approvals: 1 });
    assert.deepEqual(codeOf(await approve(ann, large)), [403, 'SAME_PERSON']);
    assert.equal((await balance(player)).total, 4_000_000);
    assert.deepEqual((await approve(bob, large)).json, { ok: true });
    assert.equal((await balance(player)).total, 9_000_001);
    const acts = () => chief.all('ADMIN_ACTION').filter(({ target }) => target === `transaction:${large}`);
    await until(() => acts().length === 2, 5_000, 'both acts');
    assert.deepEqual(
      acts().map(({ adminId }) => adminId),
      [ann.userId, bob.userId],
    );
    await chief.leaves();
  });

  it('S4-27 of many who decide at once one is heard, the others hear ALREADY_DECIDED', async () => {
    const player = await newPlayer(server, 1_000_000);
    for (let round = 0; round < 5; round++) {
      const before = (await balance(player)).total;
      const id = await pending(player, 'withdrawals', 50_000);
      const answers = await Promise.all([
        approve(ann, id),
        reject(bob, id),
        approve(master, id),
        send(server, 'DELETE', `/transactions/${id}`, player),
        approve(bob, id),
      ]);
      assert.equal(answers.filter(({ status }) => status === 200).length, 1);
      for (const answer of answers)
        if (answer.status !== 200) assert.deepEqual(codeOf(answer), [409, 'ALREADY_DECIDED']);
      const { status } = await get(server, `/transactions/${id}`, player);
      const expected = { held: 0, total: status === 'APPROVED' ? before - 50_000 : before };
      const { held, total } = await balance(player);
      assert.deepEqual({ held, total }, expected);
    }
  });

  it('S4-26 one sees one’s own page by page, the house sees all, by status, type and user', async () => {
    const [player, other] = [await newPlayer(server, 1_000_000), await newPlayer(server, 0)];
    const ids: string[] = [];
    for (const amount of [60_000, 70_000, 80_000]) ids.unshift(await pending(player, 'withdrawals', amount));
    const deposit = await pending(player, 'deposits', 10_000);
    const one = await get(server, '/transactions?limit=2', player);
    const two = await get(server, `/transactions?limit=2&cursor=${one.nextCursor}`, player);
    const seen = [...one.items, ...two.items].map((item) => WireTransaction.parse(item).id);
    assert.deepEqual([seen, two.nextCursor], [[deposit, ...ids], null]);
    assert.deepEqual(codeOf(await send(server, 'GET', `/transactions/${deposit}`, other)), [404, 'NOT_FOUND']);
    assert.deepEqual(codeOf(await send(server, 'DELETE', `/transactions/${deposit}`, other)), [404, 'NOT_FOUND']);
    assert.deepEqual((await get(server, '/transactions', other)).items, []);
    const find = async (query: string) =>
      (await get(server, `/admin/tx?user=${player.userId}&${query}`, ann)).items.map(
        (item: unknown) => WireHouseTransaction.parse(item).id,
      );
    assert.deepEqual(await find('type=WITHDRAWAL'), ids);
    await approve(ann, deposit);
    assert.deepEqual(await find('status=APPROVED'), [deposit]);
    assert.deepEqual(await find('status=PENDING&limit=1'), ids.slice(0, 1));
  });

  it('S4-25 only ADMIN and MASTER decide, and only on what there is', async () => {
    const player = await newPlayer(server, 100_000);
    const id = await pending(player, 'withdrawals', 50_000);
    for (const role of ['PLAYER', 'PARTNER', 'COLLECTOR'] as const) {
      const person = await newStaff(server, role);
      assert.deepEqual(codeOf(await approve(person, id)), [403, 'FORBIDDEN']);
      assert.deepEqual(codeOf(await reject(person, id)), [403, 'FORBIDDEN']);
      assert.deepEqual(codeOf(await send(server, 'GET', '/admin/tx', person)), [403, 'FORBIDDEN']);
    }
    assert.deepEqual(codeOf(await approve(ann, newKey())), [404, 'NOT_FOUND']);
    assert.deepEqual(codeOf(await approve(master, id)), [200, 'OK']);
  });
});
