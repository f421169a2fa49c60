import assert from 'node:assert/strict';
import { Client } from '@colyseus/sdk';
import { EXCLUDED } from '../../rooms/seat-keeper.ts';
import { WireProtection } from '../../schema/protection.ts';
import type { Server } from '../../src/server.ts';
import { movableClock } from '../accounts/support.ts';
import { useDatabase } from '../support/database.ts';
import { exclude } from '../wallet/fixture.ts';
import { postExclusion, protectionOf, putLimits, signInAgain, watchClosing } from './protection-support.ts';
import {
  assertBooks,
  enterAccount,
  get,
  newKey,
  newPlayer,
  newStaff,
  type Player,
  quickTable,
  roomyTable,
  send,
  sit,
  start,
  until,
} from './support.ts';

const HOUR_MS = 3_600_000;
const CALM = quickTable('calm', { bettingMs: 60_000 });
const OTHER = quickTable('other', { bettingMs: 60_000 });
const DAY = { kind: 'time-out', hours: 24 };

const codeOf = ({ status, json }: { status: number; json: { error?: { code: string } } }) => json.error?.code ?? status;

describe('a player who has excluded themselves', () => {
  const database = useDatabase();
  let server: Server;
  let player: Player;

  before(async () => {
    server = await start(database, [CALM, OTHER]);
  });
  after(async () => {
    await server.stop();
    await assertBooks(database);
  });
  beforeEach(async () => {
    player = await newPlayer(server);
  });

  const refusedSeat = (at: { port: number } = server, who = player) =>
    assert.rejects(sit(at, 'calm', who), /SELF_EXCLUDED/);

  it('loses every seat at once, and gets none; what is at stake stays, and watching too', async () => {
    const guests = await Promise.all([sit(server, 'calm', player), sit(server, 'other', player)]);
    const [guest] = guests;
    const stranger = await sit(server, 'calm', await newPlayer(server));
    const closed = guests.map(watchClosing);
    const left = watchClosing(stranger);
    assert.equal((await guest?.bet('andar', 1_000))?.ok, true);
    const before = Date.now();
    const { status, json } = await postExclusion(server, player, DAY);
    assert.equal(status, 200, JSON.stringify(json));
    const until24 = Date.parse(WireProtection.parse(json).excludedUntil ?? '');
    assert.ok(Math.abs(until24 - before - 24 * HOUR_MS) < 10_000);
    await until(() => closed.every(({ code }) => code !== 0), 10_000, 'the connections to be closed');
    assert.deepEqual(closed, [{ code: EXCLUDED }, { code: EXCLUDED }]);
    await refusedSeat();
    await (await sit(server, 'calm')).leaves();
    assert.equal(left.code, 0);
    await stranger.leaves();
    assert.deepEqual(
      (await get(server, '/bets/me', player)).items.map((bet: { status: string }) => bet.status),
      ['pending'],
    );
  });

  it('does not come back by a reconnection token, nor on a seat that was kept', async () => {
    const guest = await sit(server, 'calm', player);
    const closed = watchClosing(guest);
    const token = guest.room.reconnectionToken;
    const client = new Client(`http://127.0.0.1:${server.port}`);
    client.auth.token = player.token;
    const { data } = await client.http.post('/matchmake/joinById/calm', { body: {} });
    guest.room.connection.close(4010);
    await until(() => closed.code !== 0, 10_000, 'the connection to be dropped');
    assert.equal((await postExclusion(server, player, DAY)).status, 200);
    await assert.rejects(client.consumeSeatReservation(data));
    await assert.rejects(client.reconnect(token));
  });

  it('still signs in, reads, recalls, hears of the account and withdraws, but deposits and plays nothing', async () => {
    const guest = await sit(server, 'calm', player);
    await guest.bet('andar', 1_000);
    await postExclusion(server, player, { kind: 'self-exclusion', months: 6 });
    player = await signInAgain(server, player);
    for (const path of ['/auth/me', '/wallets/me', '/wallets/me/ledger', '/bets/me', '/rounds/me', '/transactions']) {
      assert.equal((await send(server, 'GET', path, player)).status, 200, path);
    }
    const account = await enterAccount(server, player);
    const cash = { amount: 50_000, method: 'upi' };
    const headers = () => ({ 'Idempotency-Key': newKey() });
    assert.equal((await send(server, 'POST', '/transactions/withdrawals', player, cash, headers())).status, 201);
    const deposit = await send(server, 'POST', '/transactions/deposits', player, cash, headers());
    assert.equal(codeOf(deposit), 'SELF_EXCLUDED');
    await account.leaves();
    await refusedSeat();
    assert.equal((await putLimits(server, player, { sessionMinutes: 10 })).status, 200);
  });

  it('cannot shorten it or take it back; longer is possible', async () => {
    const key = newKey();
    const first = await postExclusion(server, player, { kind: 'time-out', hours: 48 }, key);
    const { excludedUntil } = await protectionOf(server, player);
    assert.deepEqual(await postExclusion(server, player, { kind: 'time-out', hours: 48 }, key), first);
    assert.equal(codeOf(await postExclusion(server, player, DAY)), 'NOT_OPEN');
    assert.equal(codeOf(await postExclusion(server, player, DAY, key)), 'IDEMPOTENCY_KEY_REUSED');
    assert.equal((await send(server, 'DELETE', '/wallets/me/exclusion', player)).status, 405);
    assert.equal((await protectionOf(server, player)).excludedUntil, excludedUntil);
    assert.equal((await postExclusion(server, player, { kind: 'self-exclusion', months: 6 })).status, 200);
    const longer = (await protectionOf(server, player)).excludedUntil ?? '';
    assert.ok(Date.parse(longer) > Date.parse(excludedUntil ?? '') + 100 * 24 * HOUR_MS);
    await postExclusion(server, player, { kind: 'time-out', hours: 48 }, key);
    assert.equal((await protectionOf(server, player)).excludedUntil, longer, 'a late duplicate does not shorten it');
  });

  it('is a player, and asks for a time that there is', async () => {
    const wrong: readonly object[] = [
      { kind: 'time-out', hours: 23 },
      { kind: 'time-out', hours: 1_009 },
      { kind: 'time-out', months: 6 },
      { kind: 'self-exclusion', months: 5 },
      { kind: 'self-exclusion', months: 61 },
      { kind: 'for ever' },
      { ...DAY, more: true },
    ];
    for (const body of wrong) assert.equal(codeOf(await postExclusion(server, player, body)), 'INVALID_REQUEST');
    assert.equal(codeOf(await send(server, 'POST', '/wallets/me/exclusion', player, DAY)), 'INVALID_REQUEST');
    assert.equal(codeOf(await postExclusion(server, await newStaff(server, 'ADMIN'), DAY)), 'FORBIDDEN');
    assert.equal((await protectionOf(server, player)).excludedUntil, null);
  });

  it('cut off before anybody was told, cannot bet from the seat that is left, and loses it soon', async () => {
    const guest = await sit(server, 'calm', player);
    const closed = watchClosing(guest);
    // What a process does that dies right after the wallet's commit.
    assert.ok((await server.wallet.execute(exclude(player.userId, Date.now() + HOUR_MS))).ok);
    assert.equal((await guest.bet('andar', 1_000)).code, 'SELF_EXCLUDED');
    assert.equal((await guest.asks('rebet', { key: newKey(), roundId: guest.state.roundId })).ok, undefined);
    await until(() => closed.code !== 0, 10_000, 'the connection to be closed');
    assert.equal(closed.code, EXCLUDED);
  });

  it('while bets are on their way: none is taken after it was answered, and the books agree', async () => {
    const guest = await sit(server, 'calm', player);
    const bets = Array.from({ length: 10 }, () => guest.bet('andar', 1_000).catch(() => ({ ok: false })));
    const excluded = postExclusion(server, player, DAY);
    assert.equal((await excluded).status, 200);
    const total = (await get(server, '/wallets/me', player)).total;
    await Promise.race([Promise.all(bets), new Promise((resolve) => setTimeout(resolve, 500))]);
    assert.equal((await get(server, '/wallets/me', player)).total, total);
    assert.equal((await get(server, '/bets/me', player)).items.length, (100_000 - total) / 1_000);
  });
});

describe('an exclusion and another process', () => {
  const database = useDatabase();

  it('holds in the next one, and ends by itself', async () => {
    const clock = movableClock();
    const first = await start(database, [roomyTable('quick')], { clock });
    let player = await newPlayer(first);
    const key = newKey();
    const { json } = await postExclusion(first, player, DAY, key);
    await first.stop();

    const second = await start(database, [], { clock });
    assert.equal((await protectionOf(second, player)).excludedUntil, json.excludedUntil);
    await assert.rejects(sit(second, 'quick', player), /SELF_EXCLUDED/);
    clock.advance(24 * HOUR_MS + 10_000);
    player = await signInAgain(second, player);
    assert.equal((await protectionOf(second, player)).excludedUntil, null);
    const guest = await sit(second, 'quick', player);
    const closed = watchClosing(guest);
    assert.equal((await postExclusion(second, player, DAY, key)).json.excludedUntil, null, 'a duplicate, a day late');
    await guest.newRound();
    assert.equal((await guest.bet('andar', 1_000)).ok, true);
    assert.equal(closed.code, 0);
    await second.stop();
    await assertBooks(database);
  });
});
