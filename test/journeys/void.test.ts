import assert from 'node:assert/strict';
import type { Server } from '../../src/server.ts';
import { useDatabase } from '../support/database.ts';
import { assertBooks, get, newPlayer, newStaff, quickTable, sit, start, until } from './support.ts';

describe('a void, by two people of the house', () => {
  const database = useDatabase();
  let server: Server;
  before(async () => {
    server = await start(database, [quickTable('void', { bettingMs: 1_500, pauseMs: 400 })]);
  });
  after(async () => {
    await server.stop();
    await assertBooks(database);
  });

  it('takes two different ones, gives every stake back and is public, with what it would have come to', async () => {
    const [ann, bob, player] = [
      await newStaff(server, 'ADMIN'),
      await newStaff(server, 'MASTER'),
      await newPlayer(server),
    ];
    const guest = await sit(server, 'void', player);
    const roundId = await guest.newRound();
    assert.ok((await guest.bet('andar', 30_000)).ok);
    const asked = await wish(ann.token, roundId);
    assert.deepEqual([asked.status, asked.body.status], [200, 'requested']);
    assert.deepEqual(await codeOf(wish(ann.token, roundId)), [403, 'SAME_PERSON']);
    // What is shown lasts no longer than the pause after it.
    const { state } = guest;
    const shown = until(() => state.phase === 'voided' && [Number(state.totalBetAmount)], 10_000, 'the void');
    const done = await wish(bob.token, roundId);
    assert.deepEqual([done.status, done.body.status, done.body.refunded], [200, 'voided', 30_000]);
    const heard = await guest.hears('round-voided');
    assert.deepEqual([heard.roundId, heard.reason], [roundId, 'the dealer was ill']);
    await guest.hears('balance-update', ({ total }) => total === 100_000);
    assert.deepEqual(await shown, [0]);

    const record = await get(server, `/rounds/${roundId}`);
    assert.deepEqual([record.status, record.winningSide, record.andarCards], ['voided', null, null]);
    const { reason, requestedBy, approvedBy, refunded, bets, wouldHaveBeen } = record.void;
    assert.deepEqual(
      [reason, requestedBy, approvedBy, refunded, bets],
      ['the dealer was ill', ann.username, bob.username, 30_000, 1],
    );
    const verification = await get(server, `/rounds/${roundId}/verification`);
    assert.deepEqual(verification.andarCards, wouldHaveBeen.andarCards);
    assert.equal(verification.serverSeed, record.serverSeed);
    const { items } = await get(server, '/bets/me', player);
    assert.deepEqual([items[0].status, items[0].payout], ['cancelled', 30_000]);
    assert.deepEqual(await codeOf(wish(ann.token, roundId)), [409, 'ALREADY_DECIDED']);
    const voids = await get(server, '/tables/void/voids');
    assert.deepEqual([voids.items[0].roundId, voids.items[0].refunded, voids.voided], [roundId, 30_000, 1]);
    assert.equal(voids.ratePercent, (Math.floor(100_000 / (voids.settled + 1)) / 1000).toFixed(3));
    assert.equal((await get(server, '/tables/nowhere/voids')).error.code, 'NOT_FOUND');
    await guest.newRound();
    await guest.leaves();
  });

  it('comes too late once the first window has closed, whoever asks', async () => {
    const [ann, bob] = [await newStaff(server, 'ADMIN'), await newStaff(server, 'ADMIN')];
    const guest = await sit(server, 'void', await newPlayer(server));
    const roundId = await guest.newRound();
    assert.ok((await guest.bet('bahar', 1_000)).ok);
    assert.equal((await wish(ann.token, roundId)).body.status, 'requested');
    await until(() => guest.state.phase !== 'betting' || guest.state.bettingWindow > 1, 5_000, 'the window to close');
    assert.deepEqual(await codeOf(wish(bob.token, roundId)), [409, 'NOT_OPEN']);
    await guest.hears('game_complete', (body) => body.roundId === roundId);
    await guest.leaves();
  });

  it('is not for players, not without a reason, and not of a round that there is not', async () => {
    const [ann, player] = [await newStaff(server, 'ADMIN'), await newPlayer(server)];
    const nowhere = '01890000-0000-7000-8000-000000000001';
    assert.deepEqual(await codeOf(wish(player.token, nowhere)), [403, 'FORBIDDEN']);
    assert.deepEqual(await codeOf(wish('', nowhere)), [401, 'UNAUTHORIZED']);
    assert.deepEqual(await codeOf(wish(ann.token, nowhere)), [404, 'NOT_FOUND']);
    assert.deepEqual(await codeOf(wish(ann.token, nowhere, '  ')), [400, 'INVALID_REQUEST']);
  });

  it('two people at once need nobody else, and one of them asking twice at once is not two', async () => {
    const [ann, bob] = [await newStaff(server, 'ADMIN'), await newStaff(server, 'ADMIN')];
    const guest = await sit(server, 'void');
    const first = await guest.newRound();
    const alone = await Promise.all([wish(ann.token, first), wish(ann.token, first)]);
    assert.deepEqual(alone.map(({ status }) => status).sort(), [200, 403]);
    const second = await guest.newRound();
    const both = await Promise.all([wish(ann.token, second), wish(bob.token, second)]);
    assert.deepEqual(both.map(({ body }) => body.status).sort(), ['requested', 'voided']);
    await guest.leaves();
  });

  async function wish(token: string, roundId: string, reason = 'the dealer was ill') {
    const response = await fetch(`http://127.0.0.1:${server.port}/admin/rounds/${roundId}/void`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...(token !== '' && { Authorization: `Bearer ${token}` }) },
      body: JSON.stringify({ reason }),
    });
    // biome-ignore lint/suspicious/noExplicitAny: what a server says is for the test to judge.
    return { status: response.status, body: (await response.json()) as any };
  }

  async function codeOf(answer: ReturnType<typeof wish>): Promise<[number, string]> {
    const { status, body } = await answer;
    return [status, body.error?.code];
  }
});
