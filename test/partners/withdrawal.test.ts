import assert from 'node:assert/strict';
import type { Server } from '../../src/server.ts';
import type { OpenBook } from '../../src/wallet/command.ts';
import { assertCashier } from '../cashier/support.ts';
import { assertBooks, get, newKey, newPlayer, newStaff, type Player, send, start } from '../journeys/support.ts';
import { useDatabase } from '../support/database.ts';
import { close, openBook, settle, stake } from '../wallet/fixture.ts';
import { playAt } from './support.ts';

describe('a commission, from its statement to the bank', () => {
  const database = useDatabase();
  let server: Server;
  let ann: Player;
  let bob: Player;
  before(async () => {
    server = await start(database, []);
    [ann, bob] = [await newStaff(server, 'ADMIN'), await newStaff(server, 'MASTER')];
  });
  after(async () => {
    await server.stop();
    await assertBooks(database);
    await assertCashier(database);
  });

  const ask = (who: Player, type: 'deposits' | 'withdrawals', amount: number, key = newKey()) =>
    send(server, 'POST', `/transactions/${type}`, who, { amount, method: 'upi' }, { 'Idempotency-Key': key });
  const approve = (id: string) => send(server, 'PUT', `/admin/tx/${id}/approve-tx`, ann);
  const setRole = (who: Player, role: string) => send(server, 'PUT', `/master/users/${who.userId}/role`, bob, { role });
  async function shown(who: Player): Promise<unknown> {
    const { real, playThrough, withdrawable } = await get(server, '/wallets/me', who);
    const { rows } = await database
      .admin()
      .query('select withdrawable::int from balances where player_id = $1', [who.userId]);
    assert.deepEqual(rows, [{ withdrawable }], 'the view says the same');
    return { real, playThrough, withdrawable };
  }

  /** Of what is lost on margin nothing counts: the play-through stays. */
  async function depositAndLose(who: Player, amount: number): Promise<void> {
    await approve((await ask(who, 'deposits', amount)).json.id);
    const book = 777;
    const desk: OpenBook = { ...(openBook(book) as OpenBook), standing: 'margin' };
    assert.ok((await server.wallet.execute(desk)).ok);
    const trade = await server.wallet.execute(stake(who.userId, book, amount));
    assert.ok(trade.ok);
    assert.ok((await server.wallet.execute(settle(book, [close(trade.seq, 0)], false))).ok);
  }

  async function refusesToMake(player: Player, why: string): Promise<void> {
    const { status, json } = await send(server, 'POST', '/admin/partners', ann, { userId: player.userId });
    assert.deepEqual([status, json.error.code], [422, 'WAGERING_OPEN'], why);
  }

  /** What became of what the player lost in September. */
  async function payStatement(partner: Player, lost: number): Promise<void> {
    const made = await send(server, 'POST', '/admin/partners', ann, { userId: partner.userId });
    const player = await newPlayer(server, lost);
    const refer = 'update users set referred_by = $1 where id = $2';
    await database.admin().query(refer, [partner.userId, player.userId]);
    await playAt(database, server.wallet, '2025-09-20T12:00:00Z', [[player.userId, lost, 0]]);
    await server.partners.sweep();
    const path = `/admin/partners/${made.json.id}/statements`;
    const { items } = await get(server, `${path}?cursor=2025-10&limit=1`, ann);
    await send(server, 'POST', `${path}/${items[0].id}/approve`, ann);
    const { json } = await send(server, 'POST', `${path}/${items[0].id}/pay`, bob);
    assert.deepEqual([json.status, json.due], ['PAID', lost / 20]);
  }

  it('S0-67 S2-34 is withdrawn, though a deposit of theirs as a player was never staked', async () => {
    const partner = await newPlayer(server, 0);
    await depositAndLose(partner, 100_000);
    assert.deepEqual(await shown(partner), { real: 0, playThrough: 100_000, withdrawable: 0 });
    await payStatement(partner, 2_000_000);
    assert.deepEqual(await shown(partner), { real: 100_000, playThrough: 0, withdrawable: 100_000 });

    await setRole(partner, 'PLAYER');
    const refused = await ask(partner, 'withdrawals', 50_000);
    const { code, details } = refused.json.error;
    assert.deepEqual([code, details], ['WAGERING_OPEN', { withdrawable: 0 }], 'players can stake it');
    assert.deepEqual(await shown(partner), { real: 100_000, playThrough: 100_000, withdrawable: 0 });
    await setRole(partner, 'PARTNER');

    const key = newKey();
    const [first, again] = [
      await ask(partner, 'withdrawals', 60_000, key),
      await ask(partner, 'withdrawals', 60_000, key),
    ];
    assert.deepEqual([first.status, again.status, again.json.id], [201, 201, first.json.id]);
    assert.deepEqual(await shown(partner), { real: 40_000, playThrough: 0, withdrawable: 40_000 });
    assert.deepEqual((await approve(first.json.id)).json, { ok: true });
    const seen = await get(server, `/transactions/${first.json.id}`, partner);
    assert.equal(seen.status, 'APPROVED');
    const tooMuch = await ask(partner, 'withdrawals', 50_000);
    assert.equal(tooMuch.json.error.code, 'INSUFFICIENT_FUNDS');
  });

  it('S2-34 nobody is made a partner with a deposit to be staked; a role that frees it is on record', async () => {
    const player = await newPlayer(server, 0);
    await approve((await ask(player, 'deposits', 50_000)).json.id);
    await refusesToMake(player, 'of a deposit that was credited');
    assert.equal((await ask(player, 'deposits', 20_000)).status, 201);
    assert.equal((await setRole(player, 'PARTNER')).status, 200);
    const [{ after }] = (await get(server, `/admin/audit?target=user:${player.userId}`, bob)).items;
    assert.deepEqual(after, { role: 'PARTNER', unstaked: 70_000 });
  });

  it('S2-34 nobody is made a partner with an undecided deposit, which would come to them unstaked', async () => {
    const player = await newPlayer(server, 0);
    const { id } = (await ask(player, 'deposits', 50_000)).json;
    await refusesToMake(player, 'while it is undecided');
    assert.equal((await send(server, 'DELETE', `/transactions/${id}`, player)).status, 200);
    const made = await send(server, 'POST', '/admin/partners', ann, { userId: player.userId });
    assert.equal(made.status, 201, 'once it has come to nothing');
  });

  it('S2-34 who can stake nowhere deposits nothing: it would only pass through', async () => {
    for (const role of ['PARTNER', 'ADMIN', 'MASTER'] as const) {
      const person = await newStaff(server, role);
      const key = newKey();
      for (let time = 0; time < 2; time++) {
        const { status, json } = await ask(person, 'deposits', 50_000, key);
        assert.deepEqual([status, json.error.code], [403, 'FORBIDDEN'], role);
        assert.match(json.error.message, /is for playing/);
      }
    }
    for (const role of ['PLAYER', 'COLLECTOR'] as const) {
      assert.equal((await ask(await newStaff(server, role), 'deposits', 50_000)).status, 201, role);
    }
  });
});
