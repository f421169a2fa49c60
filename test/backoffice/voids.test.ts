import assert from 'node:assert/strict';
import type { Identity } from '../../src/accounts/identity.ts';
import { createBackoffice } from '../../src/backoffice/backoffice.ts';
import { askForVoid, recordLateVoids, type VoidsDeps } from '../../src/backoffice/voids.ts';
import { systemClock } from '../../src/clock.ts';
import { addGame } from '../../src/games/andar-bahar/store.ts';
import type { RoundId, UserId } from '../../src/ids.ts';
import { isRefusal, refuse } from '../../src/refusal.ts';
import { Table } from '../../src/rounds/table.ts';
import { quickTable, until } from '../journeys/support.ts';
import { addPeople, ManualClock, newTableId, roundDeps } from '../rounds/support.ts';
import { useDatabase } from '../support/database.ts';
import { openWallet, silent } from '../wallet/fixture.ts';

const DEAD = new Error('the process is gone');

describe('a void that two people take', () => {
  const database = useDatabase();

  /** A round whose first window is open, and how people ask for its void. */
  async function opened() {
    const wallet = await openWallet(database.url());
    const tableId = newTableId();
    await addGame(database.pool(), quickTable(tableId), new Date());
    const table = new Table(roundDeps(database.pool(), wallet, { clock: new ManualClock() }), quickTable(tableId));
    const quiet = { changed: () => undefined, tell: async () => new Set<never>(), finished: () => undefined };
    table.open({ ...quiet, voided: async () => undefined });
    await until(() => table.at().round.phase === 'betting', 5_000, 'the first window');
    const roundId = table.at().live?.roundId as RoundId;
    const backoffice = createBackoffice({ database: database.pool(), clock: systemClock, log: silent });
    // The window is open when it is looked at, and closed when the void should begin.
    const closing = { at: () => table.at(), voidRound: async () => refuse('NOT_OPEN') };
    const deps = { database: database.pool(), clock: systemClock, backoffice, tables: { get: () => closing } };
    const ask = (userId: UserId, of: VoidsDeps = deps) => {
      const by: Identity = { userId, sessionId: userId as never, role: 'ADMIN', expiresAt: Number.MAX_SAFE_INTEGER };
      return askForVoid(of, by, { roundId, reason: 'a camera fell over' });
    };
    const actions = async () => {
      const { rows } = await database
        .admin()
        .query('select action from audit_log where target = $1 order by seq', [`round:${roundId}`]);
      return rows.map(({ action }) => action);
    };
    const end = async () => {
      await table.stop();
      await wallet.end();
    };
    return { roundId, deps, ask, actions, end };
  }

  it('is refused NOT_OPEN where the window closes, and the audit log says that it came too late', async () => {
    const { ask, actions, end, deps } = await opened();
    const [ann, bob] = (await addPeople(database.pool(), 2)) as [UserId, UserId];
    assert.deepEqual(statusOf(await ask(ann)), 'requested');
    assert.equal(statusOf(await ask(bob)), 'NOT_OPEN');
    await recordLateVoids(deps);
    assert.deepEqual(await actions(), ['round.void.request', 'round.void.approve', 'round.void.late']);
    await end();
  });

  it('is on record as too late, once, where whoever should carry it out died and the round was played', async () => {
    const { roundId, deps, ask, actions, end } = await opened();
    const [ann, bob] = (await addPeople(database.pool(), 2)) as [UserId, UserId];
    await ask(ann);
    const dying = { ...deps, tables: { get: () => ({ ...deps.tables.get(), voidRound: () => Promise.reject(DEAD) }) } };
    await assert.rejects(ask(bob, dying), DEAD);
    await recordLateVoids(deps);
    assert.deepEqual(await actions(), ['round.void.request', 'round.void.approve'], 'it may yet be void');
    await database.admin().query(`update round set status = 'abandoned', ended_at = now() where id = $1`, [roundId]);
    await Promise.all([recordLateVoids(deps), recordLateVoids(deps)]);
    assert.deepEqual(await actions(), ['round.void.request', 'round.void.approve', 'round.void.late']);
    await end();
  });

  it('takes two who may act for the house: the word of one who was frozen since counts for nothing', async () => {
    const { ask, actions, end } = await opened();
    const [ann, bob, cat] = (await addPeople(database.pool(), 3)) as [UserId, UserId, UserId];
    await ask(ann);
    await database.admin().query(`update users set status = 'frozen' where id = $1`, [ann]);
    assert.equal(statusOf(await ask(bob)), 'requested');
    assert.equal(statusOf(await ask(bob)), 'SAME_PERSON');
    assert.equal(statusOf(await ask(cat)), 'NOT_OPEN', 'approved, and too late');
    const twice = ['round.void.request', 'round.void.request'];
    assert.deepEqual(await actions(), [...twice, 'round.void.approve', 'round.void.late']);
    await end();
  });
});

function statusOf(answer: Awaited<ReturnType<typeof askForVoid>>): string {
  return isRefusal(answer) ? answer.code : answer.status;
}
