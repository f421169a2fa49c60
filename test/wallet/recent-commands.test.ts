import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { deterministicKey, type Key, type UserId, uuid7 } from '../../src/ids.ts';
import type { Command } from '../../src/wallet/command.ts';
import { type CommandRecord, newestCredibleKey, RecentCommands } from '../../src/wallet/recent-commands.ts';
import { NO_BALANCE } from '../../src/wallet/state.ts';
import { cancel, newUser } from './fixture.ts';

const NOW = 1_760_000_000_000;
const RECORD: CommandRecord = { hash: 1n, verdict: 'OK', seq: 0, moves: 0, balance: NO_BALANCE };
const OWNER = newUser();

function withKey(key: Key, origin: UserId = OWNER): Command {
  return { ...cancel(origin, 1, 1), key };
}

/** A UUIDv7 of a time; the rest of it is a number. */
function keyAt(ms: number, rest: number): Key {
  return `${uuid7(ms).slice(0, 15)}000-8000-${rest.toString(16).padStart(12, '0')}` as Key;
}

/** Every key a client may come up with: of now, of long ago, of a clock that runs ahead, of other kinds. */
const anyKey: fc.Arbitrary<Key> = fc.oneof(
  fc.tuple(fc.integer({ min: -60_000, max: 5_000 }), fc.nat()).map(([ms, rest]) => keyAt(NOW + ms, rest)),
  fc.tuple(fc.integer({ min: -10_000_000, max: -60_000 }), fc.nat()).map(([ms, rest]) => keyAt(NOW + ms, rest)),
  fc.tuple(fc.integer({ min: 6_000, max: 1_000_000 }), fc.nat()).map(([ms, rest]) => keyAt(NOW + ms, rest)),
  fc.uuid({ version: 4 }).map((key) => key as string as Key),
  fc.nat().map((n) => deterministicKey('any', n)),
  fc.constant('ffffffff-ffff-4fff-bfff-ffffffffffff' as Key),
);

describe('recent commands', () => {
  it('S1-23 never take a key for new that was given before, whatever their order and what was forgotten', () => {
    const keys = fc.array(anyKey, { minLength: 1, maxLength: 80 });
    fc.assert(
      fc.property(keys, fc.integer({ min: 1, max: 12 }), fc.nat({ max: 60 }), (given, capacity, before) => {
        const onRecord = given.slice(0, before);
        const credible = onRecord.filter((key) => key <= newestCredibleKey(NOW)).sort();
        const recent = new RecentCommands(capacity, credible.at(-1) ?? '');
        for (const key of given.slice(before)) {
          recent.set(withKey(key), RECORD, NOW);
          onRecord.push(key);
          for (const old of onRecord) {
            const command = withKey(old);
            assert.ok(recent.get(command) !== undefined || recent.mayBeOnRecord(command, NOW), `${old} is on record`);
          }
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('is certain of a new key of now, so that it costs no look-up', () => {
    const recent = new RecentCommands(100, uuid7(NOW - 1_000));
    assert.equal(recent.mayBeOnRecord(withKey(uuid7(NOW)), NOW), false);
    assert.equal(recent.mayBeOnRecord(withKey(uuid7(NOW - 5_000)), NOW), true);
    assert.equal(recent.mayBeOnRecord(withKey(uuid7(NOW + 60_000)), NOW), true);
    assert.equal(recent.mayBeOnRecord(withKey(randomUUID() as string as Key), NOW), true);
  });

  it('a key from the future does not make everybody else look up', () => {
    const recent = new RecentCommands(1, '');
    for (let i = 0; i < 5; i++) recent.set(withKey(uuid7(NOW + 86_400_000)), RECORD, NOW);
    assert.equal(recent.mayBeOnRecord(withKey(uuid7(NOW)), NOW), false);
  });

  it('a key given ahead of its time is not taken for new when that has come, though it was forgotten', () => {
    const recent = new RecentCommands(1, '');
    const early = withKey(uuid7(NOW + 60_000));
    recent.set(early, RECORD, NOW);
    for (let i = 0; i < 2; i++) recent.set(withKey(uuid7(NOW)), RECORD, NOW);
    assert.equal(recent.mayBeOnRecord(early, NOW), true);
    assert.equal(recent.mayBeOnRecord(early, NOW + 60_000), true);
    assert.equal(recent.mayBeOnRecord(withKey(uuid7(NOW + 60_000)), NOW + 60_000), false);
  });

  it('one key of two users is two commands', () => {
    const recent = new RecentCommands(10, '');
    const key = uuid7<Key>(NOW);
    recent.set(withKey(key), RECORD, NOW);
    assert.equal(recent.get(withKey(key, newUser())), undefined);
  });

  it('remembers at least as many as it was told, and at most twice that', () => {
    const recent = new RecentCommands(10, '');
    const keys = Array.from({ length: 100 }, () => uuid7<Key>(NOW));
    for (const key of keys) recent.set(withKey(key), RECORD, NOW);
    const known = keys.map((key) => recent.get(withKey(key)) !== undefined);
    assert.ok(known.slice(-10).every(Boolean));
    assert.ok(known.filter(Boolean).length <= 20);
  });
});
