import assert from 'node:assert/strict';
import { newKey } from '../wallet/fixture.ts';
import { opens, purse, say, tradeOf, useDesk } from './house.ts';

describe('the close of a trade that a replaced process has written late', () => {
  const desk = useDesk();

  it('S4-22 is paid by the next sweep, as it says, though the trade is open in memory', async () => {
    const house = await desk.open();
    const carl = await desk.player(house, 10_000_000);
    await say(house, '50000');
    const trade = await opens(house, carl, { stopLoss: '49000' });
    const key = newKey();
    await desk.database.admin().query(
      `update trade set status = 'CLOSED', reason = 'OWNER', exit_price = entry_price, exit_at = entry_at,
              exit_seq = entry_seq, exit_feed = entry_feed, pnl = 0, payout = margin, close_key = $2, closed_at = now()
        where id = $1`,
      [trade, key],
    );
    await house.desk.sweep();
    await house.desk.trades.idle();
    assert.equal(await purse(house.database, carl), '10000000/0');
    assert.equal(house.desk.trades.size, 0);
    await say(house, '48000');
    await house.desk.sweep();
    const { status, reason, pnl } = await tradeOf(house.database, trade);
    assert.deepEqual([status, reason, pnl], ['CLOSED', 'OWNER', 0]);
    assert.equal(await purse(house.database, carl), '10000000/0');
  });
});
