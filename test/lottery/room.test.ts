import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { RiskUpdate } from '../../schema/backoffice.ts';
import type { LotteryPhaseState } from '../../schema/lottery.ts';
import type { Server } from '../../src/server.ts';
import {
  assertBooks,
  enter,
  enterBackoffice,
  type Guest,
  get,
  newKey,
  newPlayer,
  newStaff,
  type Player,
  send,
  start,
  until,
} from '../journeys/support.ts';
import { useDatabase } from '../support/database.ts';
import { drawAndSettle, handIn, newCollector, newPhase } from './journey-support.ts';

describe('the room of a phase', () => {
  const database = useDatabase();
  let server: Server;
  let ann: Player;
  let bob: Player;

  before(async () => {
    server = await start(database, []);
    ann = await newStaff(server, 'ADMIN');
    bob = await newStaff(server, 'ADMIN');
  });
  after(async () => {
    await server.stop();
    await assertBooks(database);
  });

  const stateOf = (guest: Guest) => guest.room.state as unknown as LotteryPhaseState;
  async function seat(phaseId: string, person?: Player): Promise<Guest> {
    const guest = await enter(server, phaseId, person);
    await until(() => stateOf(guest)?.phaseId === phaseId, 5_000, 'the state');
    return guest;
  }

  it('S3-19 is there when the phase is made, and shows how far it has come', async () => {
    const phase = await newPhase(server, ann);
    const guest = await seat(phase.phaseId);
    const { name, status, endDate, globalLimit, straightMultiplier, rtp, winningNumber } = stateOf(guest);
    assert.deepEqual([name, status, straightMultiplier, rtp, winningNumber], ['Feb-01', 'OPEN', 80, '8.000', '']);
    assert.deepEqual([endDate, globalLimit], [Date.parse(phase.endDate), 5_000_000n]);
    await send(server, 'POST', `/admin/lottery/phases/${phase.phaseId}/close`, ann);
    await until(() => stateOf(guest).status === 'CLOSED', 10_000, 'the close');
    await drawAndSettle(server, phase.phaseId, [ann, bob], '042');
    await until(() => stateOf(guest).status === 'SETTLED', 10_000, 'the settlement');
    assert.equal(stateOf(guest).winningNumber, '042');
    await guest.leaves();
  });

  it('S3-12 S3-16 takes the same slips as HTTP, by the same keys', async () => {
    const { phaseId } = await newPhase(server, ann);
    const carl = await newCollector(server);
    const guest = await seat(phaseId, carl);
    const { digest, lines, errors, slipId } = await guest.asks('preview-slip', { text: '123R-5' });
    assert.deepEqual([lines.length, errors, slipId], [6, [], null]);
    const key = newKey();
    const slip = await guest.asks('submit-slip', { key, text: '123R-5', digest });
    assert.deepEqual([slip.ok, slip.total, slip.status, slip.balance.real], [true, 3_000, 'ACCEPTED', 9_997_000]);
    assert.deepEqual(await guest.asks('submit-slip', { key, text: '123R-5' }), slip);
    const { json } = await handIn(server, phaseId, carl, '123R-5', {}, key);
    assert.deepEqual({ ok: true, ...json }, slip, 'over HTTP it is the same slip');
    assert.equal((await guest.asks('submit-slip', { key, text: '124R-5' })).code, 'IDEMPOTENCY_KEY_REUSED');
    assert.equal((await guest.asks('submit-slip', { key: newKey(), text: '123R-6', digest })).code, 'INVALID_REQUEST');
    const refused = await guest.asks('submit-slip', { key: newKey(), text: '12-5' });
    assert.deepEqual([refused.code, refused.details[0].fragment], ['INVALID_REQUEST', '12-5']);
    for (const bad of [{}, { text: 5 }, { key: 'x', text: '123-5' }, { key: newKey(), text: '123-5\u0000' }]) {
      assert.equal((await guest.asks('submit-slip', bad)).code, 'INVALID_REQUEST');
    }
    guest.room.send('submit-slip', { key: newKey(), text: '007-1' });
    assert.equal((await guest.hears('slip-accepted')).total, 100);
    guest.room.send('submit-slip', { key: newKey(), text: '7-1' });
    assert.equal((await guest.hears('slip-error')).code, 'INVALID_REQUEST');
    assert.equal((await get(server, '/lottery/slips', carl)).items.length, 2);
    await guest.leaves();
  });

  it('S3-22 takes a slip of a thousand lines, and of 20,000 characters', async () => {
    const { phaseId } = await newPhase(server, ann);
    const guest = await seat(phaseId, await newCollector(server));
    const text = Array.from({ length: 1_000 }, (_, n) => `${String(n).padStart(3, '0')} - 1.50`).join('\n');
    assert.equal((await guest.asks('submit-slip', { key: newKey(), text })).lines.length, 1_000);
    const long = await guest.asks('submit-slip', { key: newKey(), text: '၁၂၃-၅ '.repeat(3_333) });
    assert.equal(long.total, 3_333 * 500);
    // Deep, and still no deeper than whoever packs it can go.
    let deep: unknown = [];
    for (let depth = 0; depth < 1_000; depth++) deep = [deep];
    assert.equal((await guest.asks('submit-slip', { key: newKey(), text: deep })).code, 'INVALID_REQUEST');
    await guest.leaves();
  });

  it('S3-18 players may watch and take no part; a long message of theirs ends their connection', async () => {
    const { phaseId } = await newPhase(server, ann);
    const player = await newPlayer(server);
    const guest = await seat(phaseId, player);
    assert.equal((await guest.asks('preview-slip', { text: '123-5' })).code, 'FORBIDDEN');
    assert.equal((await guest.asks('submit-slip', { key: newKey(), text: '123-5' })).code, 'FORBIDDEN');
    const watching = await seat(phaseId);
    assert.equal((await watching.asks('submit-slip', { key: newKey(), text: '123-5' })).code, 'UNAUTHORIZED');
    const left = new Promise<number>((resolve) => guest.room.onLeave(resolve));
    guest.room.send('submit-slip', { key: newKey(), text: '123-5 '.repeat(1_000) });
    assert.equal(await left, 1009);
    await watching.leaves();
  });

  it('S3-07 S3-15 S3-25 the house hears what is on a number after each slip, at most ten times a second', async () => {
    const { phaseId } = await newPhase(server, ann);
    const carl = await newCollector(server);
    const [office, guest] = [await enterBackoffice(server, ann), await seat(phaseId, carl)];
    await guest.asks('submit-slip', { key: newKey(), text: '123-500, 007-20' });
    const heard = (on: string) => office.all('risk_update').filter(({ number }) => number === on);
    await office.hears('risk_update', ({ number }) => number === '007');
    assert.deepEqual(
      heard('123').map((update) => RiskUpdate.parse(update)),
      [{ phaseId, number: '123', totalBet: 50_000, potentialPayout: 4_000_000 }],
    );
    const began = performance.now();
    const slips = Array.from({ length: 40 }, () => guest.asks('submit-slip', { key: newKey(), text: '123-1' }));
    await Promise.all(slips);
    await office.hears('risk_update', ({ totalBet }) => totalBet === 54_000);
    await sleep(250); // the wallet counts a slip before it is answered: the last one may be told once more
    const most = Math.ceil((performance.now() - began) / 100) + 2;
    const count = heard('123').length;
    assert.ok(count <= most, `${count} updates, at most ${most} were allowed`);
    await sleep(250);
    assert.equal(heard('123').length, count, 'nothing is said again and again');
    assert.equal(heard('007').length, 1, 'what has not changed is not said');
    const { slipId } = (await handIn(server, phaseId, carl, '555-7')).json;
    await send(server, 'POST', `/admin/lottery/slips/${slipId}/void`, ann, { reason: 'mistyped' });
    await office.hears('risk_update', ({ number, totalBet }) => number === '555' && totalBet === 0);
    await Promise.all([office.leaves(), guest.leaves()]);
  });
});
