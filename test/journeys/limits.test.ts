import assert from 'node:assert/strict';
import { WireProtection } from '../../schema/protection.ts';
import type { Server } from '../../src/server.ts';
import { movableClock } from '../accounts/support.ts';
import { useDatabase } from '../support/database.ts';
import { limitOf, protectionOf, putLimits, signInAgain } from './protection-support.ts';
import { assertBooks, newKey, newPlayer, newStaff, type Player, quickTable, send, sit, start } from './support.ts';

const DAY_MS = 86_400_000;
const CALM = quickTable('calm', { bettingMs: 60_000 });

describe('limits of a player’s own', () => {
  const database = useDatabase();
  let server: Server;
  let player: Player;

  before(async () => {
    server = await start(database, [CALM]);
  });
  after(async () => {
    await server.stop();
    await assertBooks(database);
  });
  beforeEach(async () => {
    player = await newPlayer(server);
  });

  const codeOf = ({ status, json }: { status: number; json: { error?: { code: string } } }) =>
    json.error?.code ?? status;
  const loss = (amount: number | null, period = '24h') => ({ limits: [{ kind: 'loss', period, amount }] });

  it('are all empty at first', async () => {
    const seen = WireProtection.parse(await protectionOf(server, await newPlayer(server, 0)));
    assert.equal(seen.limits.length, 9);
    for (const { kind, period, ...rest } of seen.limits) {
      assert.deepEqual(rest, { amount: null, used: 0, remaining: null, next: null }, `${kind} ${period}`);
    }
    assert.deepEqual([seen.excludedUntil, seen.sessionMinutes], [null, null]);
  });

  it('count at once when they are new or lower, a day later when they are higher or gone', async () => {
    assert.equal((await putLimits(server, player, loss(5_000))).status, 200);
    const lower = await putLimits(server, player, loss(4_000));
    WireProtection.parse(lower.json);
    assert.deepEqual(await limitOf(server, player, 'loss', '24h'), {
      ...{ kind: 'loss', period: '24h', amount: 4_000, used: 0, remaining: 4_000, next: null },
    });
    for (const amount of [9_000, null]) {
      const before = Date.now();
      assert.equal((await putLimits(server, player, loss(amount))).status, 200);
      const { amount: now, next } = await limitOf(server, player, 'loss', '24h');
      assert.deepEqual([now, next?.amount], [4_000, amount]);
      assert.ok(Math.abs(Date.parse(next?.from ?? '') - before - DAY_MS) < 10_000);
    }
  });

  it('are what the next bet is judged by, and show what it used', async () => {
    const guest = await sit(server, 'calm', player);
    await putLimits(server, player, { limits: [{ kind: 'wager', period: '7d', amount: 3_000 }] });
    assert.equal((await guest.bet('andar', 2_000)).ok, true);
    assert.equal((await guest.bet('andar', 1_001)).code, 'PLAYER_LIMIT');
    const { used, remaining } = await limitOf(server, player, 'wager', '7d');
    assert.deepEqual([used, remaining], [2_000, 1_000]);
    assert.deepEqual((await limitOf(server, player, 'loss', '30d')).used, 2_000);
    await guest.leaves();
  });

  it('set together stand under one key: again it changes nothing, with another wish it is refused', async () => {
    const key = newKey();
    const wish = {
      limits: [
        { kind: 'loss', period: '24h', amount: 5_000 },
        { kind: 'deposit', period: '30d', amount: 70_000 },
      ],
      sessionMinutes: 30,
    };
    const first = await putLimits(server, player, wish, key);
    assert.equal(first.status, 200);
    const turned = { ...wish, limits: wish.limits.toReversed() };
    assert.deepEqual(await putLimits(server, player, turned, key), first, 'the order says nothing');
    await putLimits(server, player, { ...loss(2_000), sessionMinutes: 60 });
    // A duplicate that was long on its way must not bring the old ones back.
    assert.equal((await putLimits(server, player, wish, key)).status, 200);
    const { amount, next } = await limitOf(server, player, 'loss', '24h');
    assert.deepEqual([amount, next], [2_000, null]);
    assert.equal((await protectionOf(server, player)).sessionMinutes, 60);
    for (const other of [loss(5_000), { sessionMinutes: 30 }, { ...wish, sessionMinutes: 31 }, loss(1)]) {
      assert.equal(codeOf(await putLimits(server, player, other, key)), 'IDEMPOTENCY_KEY_REUSED');
    }
    assert.equal((await limitOf(server, player, 'loss', '24h')).amount, 2_000);
  });

  it('are refused together where one of them is bad, before anything is done', async () => {
    const good = { kind: 'loss', period: '24h', amount: 5_000 };
    const bad: readonly object[] = [
      { ...good, amount: -1 },
      { ...good, amount: 1.5 },
      { ...good, amount: 1e15 + 1 },
      { ...good, period: '1d' },
      { ...good, kind: 'time' },
      { ...good, more: 1 },
      good,
    ];
    for (const one of bad) {
      assert.equal(codeOf(await putLimits(server, player, { limits: [good, one] })), 'INVALID_REQUEST');
    }
    for (const body of [{}, { limits: [] }, { sessionMinutes: 9 }, { sessionMinutes: 241 }, { limits: null }]) {
      assert.equal(codeOf(await putLimits(server, player, body)), 'INVALID_REQUEST', JSON.stringify(body));
    }
    assert.equal(codeOf(await send(server, 'PUT', '/wallets/me/limits', player, loss(1))), 'INVALID_REQUEST');
    assert.equal((await limitOf(server, player, 'loss', '24h')).amount, null);
  });

  it('belong to players alone, each their own', async () => {
    const other = await newPlayer(server);
    await putLimits(server, player, loss(5_000));
    assert.equal((await limitOf(server, other, 'loss', '24h')).amount, null);
    for (const role of ['ADMIN', 'MASTER', 'PARTNER', 'COLLECTOR'] as const) {
      const person = await newStaff(server, role);
      assert.equal(codeOf(await putLimits(server, person, loss(1))), 'FORBIDDEN', role);
      assert.equal(codeOf(await send(server, 'GET', '/wallets/me/limits', person)), 'FORBIDDEN', role);
    }
    assert.equal(codeOf(await send(server, 'GET', '/wallets/me/limits')), 'UNAUTHORIZED');
  });

  it('hold against ten bets at once over two connections', async () => {
    const guests = await Promise.all([sit(server, 'calm', player), sit(server, 'calm', player)]);
    await putLimits(server, player, loss(5_500));
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => guests[index % 2]?.bet(index % 3 ? 'andar' : 'bahar', 1_000)),
    );
    assert.deepEqual(answers.map(({ ok, code }) => ok ?? code).sort(), [
      ...Array(5).fill('PLAYER_LIMIT'),
      ...Array(5).fill(true),
    ]);
    const { used, remaining } = await limitOf(server, player, 'loss', '24h');
    assert.deepEqual([used, remaining], [5_000, 500]);
    await Promise.all(guests.map((guest) => guest.leaves()));
  });

  it('on deposits count what is asked for until it comes to nothing', async () => {
    const admin = await newStaff(server, 'ADMIN');
    const deposit = (amount: number, key = newKey()) =>
      send(server, 'POST', '/transactions/deposits', player, { amount, method: 'upi' }, { 'Idempotency-Key': key });
    const left = async () => (await limitOf(server, player, 'deposit', '30d')).remaining;
    await putLimits(server, player, { limits: [{ kind: 'deposit', period: '30d', amount: 50_000 }] });
    const key = newKey();
    const refused = await deposit(50_001, key);
    assert.deepEqual([codeOf(refused), codeOf(await deposit(50_001, key))], ['PLAYER_LIMIT', 'PLAYER_LIMIT']);
    const all = await Promise.all(Array.from({ length: 5 }, () => deposit(20_000)));
    const taken = all.filter(({ status }) => status === 201).map(({ json }) => json.id as string);
    assert.deepEqual([taken.length, await left()], [2, 10_000]);
    const [one, two] = taken;
    assert.equal((await send(server, 'DELETE', `/transactions/${one}`, player)).status, 200);
    assert.equal(await left(), 30_000);
    const reason = 'no such payment';
    assert.equal((await send(server, 'PUT', `/admin/tx/${two}/reject-tx`, admin, { reason })).status, 200);
    assert.equal(await left(), 50_000);
    const third = await deposit(50_000);
    assert.equal((await send(server, 'PUT', `/admin/tx/${third.json.id}/approve-tx`, admin)).status, 200);
    assert.deepEqual([await left(), codeOf(await deposit(10_000))], [0, 'PLAYER_LIMIT']);
  });

  it('lowered while bets are on their way: nothing is taken beyond it once it was answered', async () => {
    const guest = await sit(server, 'calm', player);
    const bets: Promise<{ ok?: boolean }>[] = [];
    const isTaken = ({ ok }: { ok?: boolean }) => ok === true;
    for (let each = 0; each < 10; each++) bets.push(guest.bet('andar', 1_000));
    const lowered = putLimits(server, player, { limits: [{ kind: 'wager', period: '24h', amount: 3_000 }] });
    for (let each = 0; each < 10; each++) bets.push(guest.bet('bahar', 1_000));
    const { json } = await lowered;
    const answered = json.limits.find((each: { kind: string }) => each.kind === 'wager');
    const late = await Promise.all(Array.from({ length: 5 }, () => guest.bet('andar', 1_000)));
    const taken = (await Promise.all(bets)).filter(isTaken).length + late.filter(isTaken).length;
    const { used, amount } = await limitOf(server, player, 'wager', '24h');
    assert.deepEqual([amount, used], [3_000, 1_000 * taken]);
    assert.ok(used <= Math.max(3_000, answered.used), `${used} after ${answered.used}`);
    await guest.leaves();
  });
});

describe('limits over days and restarts', () => {
  const database = useDatabase();

  it('stay as they are in the next process, and grow when their day is over', async () => {
    const clock = movableClock();
    const first = await start(database, [CALM], { clock });
    let player = await newPlayer(first);
    const key = newKey();
    const raise = { limits: [{ kind: 'wager', period: '24h', amount: 9_000 }], sessionMinutes: 45 };
    await putLimits(first, player, { limits: [{ kind: 'wager', period: '24h', amount: 2_000 }] });
    const guest = await sit(first, 'calm', player);
    assert.equal((await guest.bet('andar', 1_500)).ok, true);
    const raised = await putLimits(first, player, raise, key);
    await first.stop();

    const second = await start(database, [], { clock });
    const again = await putLimits(second, player, raise, key);
    const wager = ({ json }: typeof again) => json.limits.filter((limit: { kind: string }) => limit.kind === 'wager');
    assert.deepEqual(wager(again), wager(raised), 'nothing was put off by asking again');
    const back = await sit(second, 'calm', player);
    assert.equal((await back.bet('andar', 1_000)).code, 'PLAYER_LIMIT');
    assert.equal((await protectionOf(second, player)).sessionMinutes, 45);
    clock.advance(DAY_MS + 1);
    player = await signInAgain(second, player);
    const { amount, next } = await limitOf(second, player, 'wager', '24h');
    assert.deepEqual([amount, next], [9_000, null]);
    await second.stop();
    await assertBooks(database);
  });
});
