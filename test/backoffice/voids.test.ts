import assert from 'node:assert/strict';
import type { Identity } from '../../src/accounts/identity.ts';
import { createBackoffice } from '../../src/backoffice/backoffice.ts';
import { askForVoid } from '../../src/backoffice/voids.ts';
import { systemClock } from '../../src/clock.ts';
import { addGame } from '../../src/games/andar-bahar/store.ts';
import type { RoundId } from '../../src/ids.ts';
import { isRefusal, refuse } from '../../src/refusal.ts';
import { Table } from '../../src/rounds/table.ts';
import { quickTable, until } from '../journeys/support.ts';
import { addPeople, ManualClock, newTableId, roundDeps } from '../rounds/support.ts';
import { useDatabase } from '../support/database.ts';
import { openWallet, silent } from '../wallet/fixture.ts';

describe('a void whose second word comes as the window closes', () => {
  const database = useDatabase();

  it('is refused NOT_OPEN, and the audit log says that it came too late', async () => {
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
    const answers = [];
    for (const userId of await addPeople(database.pool(), 2)) {
      const by: Identity = { userId, sessionId: userId as never, role: 'ADMIN', expiresAt: Number.MAX_SAFE_INTEGER };
      answers.push(await askForVoid(deps, by, { roundId, reason: 'a camera fell over' }));
    }
    assert.equal(isRefusal(answers[0]), false);
    assert.ok(isRefusal(answers[1]) && answers[1].code === 'NOT_OPEN');
    const { rows } = await database.admin().query('select action, target from audit_log order by seq');
    assert.deepEqual(
      rows.map(({ action }) => action),
      ['round.void.request', 'round.void.approve', 'round.void.late'],
    );
    assert.equal(rows[2].target, `round:${roundId}`);
    await table.stop();
    await wallet.end();
  });
});
