import assert from 'node:assert/strict';
import { systemClock } from '../../src/clock.ts';
import { DEMO_TABLES, ensureDemoTables } from '../../src/demo/tables.ts';
import { findPayTable } from '../../src/games/andar-bahar/pay-tables.ts';
import { useDatabase } from '../support/database.ts';

describe('the demo tables', () => {
  const database = useDatabase();

  it('are a fast one and a normal one, put into the database once', async () => {
    await ensureDemoTables(database.pool(), systemClock);
    await database.admin().query(`update game set name = 'renamed', paused = true where id = 'fast'`);
    await ensureDemoTables(database.pool(), systemClock);
    const { rows } = await database.admin().query('select id, name, betting_ms, paused from game order by id');
    assert.deepEqual(rows, [
      { id: 'fast', name: 'renamed', betting_ms: 4_000, paused: true },
      { id: 'main', name: 'Main table', betting_ms: 20_000, paused: false },
    ]);
  });

  it('play by a pay table that exists, within limits that the house can bear', () => {
    for (const { payTable, minBet, maxBet, exposureCap } of DEMO_TABLES) {
      assert.ok(findPayTable(payTable));
      assert.ok(minBet < maxBet && exposureCap >= 2n * maxBet);
    }
  });
});
