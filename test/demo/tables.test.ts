import assert from 'node:assert/strict';
import { systemClock } from '../../src/clock.ts';
import { DEMO_TABLES, ensureDemoTables } from '../../src/demo/tables.ts';
import { findPayTable, PAY_TABLES } from '../../src/games/andar-bahar/pay-tables.ts';
import { liability } from '../../src/games/andar-bahar/payout.ts';
import { useDatabase } from '../support/database.ts';

describe('the demo tables', () => {
  const database = useDatabase();

  it('are a fast one, a normal one and one of every other kind, put into the database once', async () => {
    await ensureDemoTables(database.pool(), systemClock);
    await database.admin().query(`update game set name = 'renamed', paused = true where id = 'fast'`);
    await ensureDemoTables(database.pool(), systemClock);
    const { rows } = await database.admin().query('select id, name, betting_ms, paused from game order by id');
    assert.deepEqual(rows, [
      { id: 'cards', name: 'With bets on the number of cards', betting_ms: 15_000, paused: false },
      { id: 'colour', name: 'The joker’s colour decides who is first', betting_ms: 12_000, paused: false },
      { id: 'fast', name: 'renamed', betting_ms: 4_000, paused: true },
      { id: 'joker', name: 'With bets on the joker', betting_ms: 10_000, paused: false },
      { id: 'main', name: 'Main table', betting_ms: 20_000, paused: false },
    ]);
  });

  it('play by a pay table that exists, within limits that the house can bear', () => {
    for (const { payTable, minBet, maxBet, maxPlayerStake, exposureCap } of DEMO_TABLES) {
      const table = findPayTable(payTable);
      assert.ok(table);
      assert.ok(minBet < maxBet && maxBet <= (maxPlayerStake ?? maxBet));
      for (const { betType, window } of table.pays) {
        assert.ok(exposureCap >= liability(maxBet, betType, window, table), `${table.id} ${betType}`);
      }
    }
    assert.deepEqual(new Set(DEMO_TABLES.map(({ payTable }) => payTable)), new Set(PAY_TABLES.map(({ id }) => id)));
  });
});
