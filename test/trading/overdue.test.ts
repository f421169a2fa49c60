import assert from 'node:assert/strict';
import { auditTrading } from '../../src/trading/audit.ts';
import { until } from '../market/market-house.ts';
import { bets, binaryOf, opens, say, tradeOf, useDesk } from './house.ts';

describe('what the audit sees of a desk that leaves something open', () => {
  const desk = useDesk();

  const found = async () => {
    const findings = await auditTrading(desk.database.pool());
    return findings.filter(({ broken }) => broken.length > 0).map(({ check, broken }) => [check, broken.length]);
  };

  it('S4-24 S4-35 a trade that a price has ended, and a binary long after its expiry', async () => {
    const house = await desk.open();
    const ann = await desk.player(house);
    house.clock.advance(2);
    await say(house, '50000');
    // A stop in the minute of its opening, and one that comes hours later; others stay open by right.
    const early = await opens(house, ann, { stopLoss: '49900' });
    const late = await opens(house, ann, { takeProfit: '52000' });
    await opens(house, ann, { side: 'SHORT', stopLoss: '53000' });
    const binary = await bets(house, ann);
    // All that ends is lost, in memory only: its rows are open, and the mark has not gone past them.
    const { database } = house;
    const query = database.query.bind(database);
    const losing = (statement: { sql: string }) =>
      /update (binary_)?trade t/.test(statement.sql) ? Promise.reject(new Error('lost')) : query(statement as never);
    Object.assign(database, { query: losing });
    house.clock.advance(20);
    await say(house, '49900');
    house.clock.advance(20);
    await say(house, '50000');
    house.clock.advance(2 * 3_600_000);
    await say(house, '52000.00');
    house.clock.advance(20);
    await say(house, '51000');
    assert.deepEqual(await found(), []);
    const admin = desk.database.admin();
    const { rows } = await admin.query('select marked_at from desk');
    await admin.query('update desk set marked_at = $1', [house.clock.now()]);
    assert.deepEqual(await found(), [
      ['trades that are overdue', 2],
      ['binaries that are overdue', 1],
    ]);
    // Nothing is overdue while nobody is at work.
    await admin.query('update desk set marked_at = $1', [rows[0].marked_at]);
    await house.crash();
    assert.deepEqual(await found(), []);
    const next = await desk.open();
    for (const trade of [early, late]) {
      await until('its end', async () => (await tradeOf(next.database, trade)).status === 'CLOSED');
    }
    await until('its result', async () => (await binaryOf(next.database, binary)).result !== null);
  });
});
