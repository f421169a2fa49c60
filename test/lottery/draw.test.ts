import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { drawNumber } from '../../src/fairness/lottery.ts';
import { keyHash, merkleRoot } from '../../src/fairness/merkle.ts';
import { serverSeed } from '../../src/fairness/seed.ts';
import { NUMBERS } from '../../src/games/lottery/number.ts';
import type { Key, PhaseId } from '../../src/ids.ts';
import { WireDraw } from '../../src/lottery/verification.ts';
import type { Server } from '../../src/server.ts';
import { readPhaseRecord } from '../../verify/record.ts';
import { verifyPhase } from '../../verify/verify-round.ts';
import { get, newKey, newStaff, type Player, send, start } from '../journeys/support.ts';
import { useDatabase } from '../support/database.ts';
import { handIn, newCollector, newPhase } from './journey-support.ts';
import { assertLottery } from './support.ts';

const sha256 = (...parts: readonly Uint8Array[]) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** RFC 6962, written once more: the largest power of two that is less goes to the left. */
function treeHash(leaves: readonly Uint8Array[]): Buffer {
  if (leaves.length === 0) return sha256();
  if (leaves.length === 1) return sha256(Uint8Array.of(0), leaves[0] as Uint8Array);
  let left = 1;
  while (2 * left < leaves.length) left *= 2;
  return sha256(Uint8Array.of(1), treeHash(leaves.slice(0, left)), treeHash(leaves.slice(left)));
}

/** The number as src/fairness/README.md says, without any of its code. */
function numberFrom(seed: Uint8Array, phaseId: string, root: Uint8Array): string {
  for (let counter = 0; ; counter++) {
    const block = Buffer.alloc(4);
    block.writeUInt32BE(counter);
    const message = Buffer.concat([Buffer.from(phaseId, 'ascii'), Uint8Array.of(0), root, block]);
    const stream = createHmac('sha256', seed).update(message).digest();
    for (let at = 0; at < 32; at += 4) {
      const index = Math.floor(stream.readUInt32BE(at) / 4_294_967);
      if (index < 1_000) return String(index).padStart(3, '0');
    }
  }
}

describe('the draw of a number', () => {
  it('is the one of the worked example', () => {
    const seed = serverSeed(Uint8Array.from({ length: 32 }, (_, index) => index));
    const phase = '01890000-0000-7000-8000-000000000001' as PhaseId;
    const keys = ['018f0000-0000-7000-8000-00000000000a', '018f0000-0000-7000-8000-00000000000b'] as Key[];
    const root = merkleRoot(keys.map(keyHash));
    assert.equal(root, '89174627fe1d9c5d4c4f103c061ad3da09bcf71f9cf9c61f1a7f93b54238e6c1');
    assert.equal(drawNumber(seed, phase, root), numberFrom(seed, phase, Buffer.from(root, 'hex')));
    assert.equal(drawNumber(seed, phase, root), '754');
    assert.equal(drawNumber(seed, phase, merkleRoot([])), '231');
  });

  it('S3-06 every number comes, each about as often as the others', () => {
    const counts = new Map(NUMBERS.map((number) => [number, 0]));
    const seed = serverSeed(Buffer.alloc(32, 7));
    const draws = 100_000;
    for (let draw = 0; draw < draws; draw++) {
      const root = createHash('sha256').update(String(draw)).digest('hex');
      const number = drawNumber(seed, '01890000-0000-7000-8000-000000000002' as PhaseId, root);
      counts.set(number, (counts.get(number) ?? 0) + 1);
    }
    const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - draws / 1_000) ** 2 / 100, 0);
    // 999 degrees of freedom: above 1,160 once in five thousand seeds, and this one is fixed.
    assert.ok(chiSquare > 850 && chiSquare < 1_160, `${chiSquare}`);
  });
});

describe('a phase that is drawn', () => {
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
    await assertLottery(database);
  });

  const verification = async (phaseId: string) =>
    WireDraw.parse(await get(server, `/lottery/phases/${phaseId}/verification`));

  it('S3-20 commits to its seed before the first slip, and draws from it and from every slip’s key', async () => {
    const { phaseId, commitment, serverSeed: hidden } = await newPhase(server, ann, { draw: 'provable' });
    assert.match(commitment, /^[0-9a-f]{64}$/);
    assert.equal(hidden, null);
    const before = await verification(phaseId);
    assert.throws(() => readPhaseRecord(before), /not drawn yet; its commitment is/);
    const { serverSeed: secret, root: unborn, winningNumber: unknown, keyHashes: none } = before;
    assert.deepEqual([before.commitment, secret, unborn, unknown, none], [commitment, null, null, null, []]);
    const [carl, dora] = [await newCollector(server), await newCollector(server)];
    const keys = [newKey(), newKey(), newKey()];
    await handIn(server, phaseId, carl, '0T-1 1T-1 2T-1', {}, keys[0]);
    await handIn(server, phaseId, dora, '3T-1, 123-5000', {}, keys[1]);
    const { json } = await handIn(server, phaseId, dora, '999-1', {}, keys[2]);
    await handIn(server, phaseId, dora, '12-1');
    const broke = await newCollector(server, 0);
    await handIn(server, phaseId, broke, '123-1');
    await send(server, 'POST', `/admin/lottery/slips/${json.slipId}/void`, ann, { reason: 'mistyped' });
    const path = `/admin/lottery/phases/${phaseId}`;
    for (const admin of [ann, bob]) {
      const entered = await send(server, 'POST', `${path}/result`, admin, { winningNumber: '123' });
      assert.equal(entered.json.error.code, 'INVALID_REQUEST', 'nobody chooses it');
    }

    const closed = await send(server, 'POST', `${path}/close`, bob);
    const { status, winningNumber, serverSeed: seed } = closed.json;
    assert.equal(status, 'RESULT');
    const draw = await verification(phaseId);
    assert.deepEqual([draw.winningNumber, draw.serverSeed], [winningNumber, seed]);
    assert.equal(sha256(Buffer.from(seed, 'hex')).toString('hex'), commitment);
    const hashes = keys.map((key) => sha256(Buffer.from(key, 'ascii')).toString('hex')).sort();
    assert.deepEqual(draw.keyHashes, hashes, 'of the slips that were taken, the void one among them');
    const root = treeHash(hashes.map((hash) => Buffer.from(hash, 'hex')));
    assert.equal(draw.root, root.toString('hex'));
    assert.equal(numberFrom(Buffer.from(seed, 'hex'), phaseId, root), winningNumber);
    for (const admin of [ann, bob]) {
      const entered = await send(server, 'POST', `${path}/result`, admin, { winningNumber });
      assert.equal(entered.json.error.code, 'ALREADY_DECIDED');
    }
    const noted = { commitment, keys: keys.slice(0, 1) };
    const checks = verifyPhase(readPhaseRecord(draw), noted);
    assert.deepEqual(
      checks.map(({ ok }) => ok),
      Array(5).fill(true),
      'the second dealer finds the same',
    );
    const forged = verifyPhase({ ...readPhaseRecord(draw), winningNumber: winningNumber === '123' ? '124' : '123' });
    assert.equal(forged.at(-1)?.ok, false);
    assert.equal(verifyPhase(readPhaseRecord(draw), { keys: [newKey()] })[1]?.ok, false);
    const settled = await send(server, 'POST', `${path}/settle`, ann);
    assert.deepEqual([settled.status, settled.json.winningNumber], [200, winningNumber]);
    const { rows } = await database
      .admin()
      .query('select winning_number, entered_by from lottery_phase where id = $1', [phaseId]);
    assert.deepEqual(rows, [{ winning_number: winningNumber, entered_by: null }]);
  });

  it('one that is entered has nothing to verify', async () => {
    const { phaseId, draw, commitment } = await newPhase(server, ann);
    assert.deepEqual([draw, commitment], ['manual', null]);
    const answer = await send(server, 'GET', `/lottery/phases/${phaseId}/verification`);
    assert.equal(answer.json.error.code, 'NOT_FOUND');
  });

  it('the database takes no number that somebody entered for it', async () => {
    const { phaseId } = await newPhase(server, ann, { draw: 'provable' });
    const forged = `update lottery_phase set status = 'CLOSED', closed_at = now(), shut_at = now(),
                                             entered_number = '123', entered_by = created_by
                     where id = $1`;
    await assert.rejects(database.admin().query(forged, [phaseId]), /violates check constraint/);
  });
});
