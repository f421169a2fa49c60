import assert from 'node:assert/strict';
import type { SymbolId } from '../../src/ids.ts';
import { RecentTicks } from '../../src/market/recent-ticks.ts';
import { insertTicks } from '../../src/market/tick-store.ts';
import type { Price } from '../../src/money.ts';
import { ticksAfter } from '../../src/trading/catch-up.ts';
import { useDatabase } from '../support/database.ts';

const symbol = 'BTCUSDT' as SymbolId;
const tick = (at: number) => ({ symbol, price: 100n as Price, at, seq: at, feedId: 'hand' });

describe('the ticks that were missed', () => {
  const database = useDatabase();

  it('S4-42 end where those end that were passed on, though the log may have one more', async () => {
    const pool = database.pool();
    await insertTicks(pool, [1, 2, 3, 4, 5].map(tick));
    // Memory begins behind the second; the fifth is on its way from the log.
    const recent = new RecentTicks(tick(2));
    for (const at of [3, 4]) recent.add(tick(at));
    const market = { ticksSince: (_: SymbolId, after: { at: number; seq: number }) => recent.since(after) };
    const missed = async (at: number) => {
      const ticks = await ticksAfter({ database: pool, market } as never, { symbol, at, seq: at });
      return ticks().map((each) => each.at);
    };
    assert.deepEqual(await Promise.all([0, 1, 2, 3, 4].map(missed)), [[1, 2, 3, 4], [2, 3, 4], [3, 4], [4], []]);
  });
});
