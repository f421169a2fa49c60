import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Clock, systemClock } from '../../src/clock.ts';
import { type Key, uuid7 } from '../../src/ids.ts';
import { KeysAhead } from '../../src/wallet/keys-ahead.ts';
import { useDatabase } from '../support/database.ts';
import { newUser, openBook, openWallet, shown, stake } from './fixture.ts';

const AHEAD_MS = 3_600_000;

describe('keys ahead of their time', () => {
  const database = useDatabase();

  it('are never taken for unknown, however many there are', () => {
    const keys = fc.array(fc.uuid({ version: 7 }), { maxLength: 60 });
    fc.assert(
      fc.property(keys, fc.integer({ min: 1, max: 20 }), fc.uuid({ version: 7 }), (given, capacity, horizon) => {
        const ahead = new KeysAhead(capacity);
        for (const key of given) ahead.add(key);
        ahead.forgetUpTo(horizon);
        for (const key of given) assert.ok(ahead.has(key) || key <= horizon);
      }),
    );
  });

  it('get their first answer when their time has come after a restart, and cost no recovery', async () => {
    const player = newUser();
    const early = { ...stake(player, 1, 100), key: uuid7<Key>(Date.now() + AHEAD_MS) };
    const before = await openWallet(database.url());
    await before.actor.execute(openBook(1));
    assert.equal(shown(await before.actor.execute(early)), 'INSUFFICIENT_FUNDS');
    await before.end();

    let offsetMs = 0;
    const clock: Clock = { ...systemClock, now: () => Date.now() + offsetMs };
    const after = await openWallet(database.url(), { clock });
    offsetMs = AHEAD_MS;
    const again = await after.actor.execute(early);
    assert.deepEqual([again.ok, again.duplicate, shown(again)], [false, true, 'INSUFFICIENT_FUNDS']);
    assert.equal(after.actor.stats.recoveries, 0);
    await after.end();
  });
});
