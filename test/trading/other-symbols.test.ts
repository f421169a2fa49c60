import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { type MarketSymbol, SYMBOLS } from '../../src/market/symbols.ts';
import { DESK_MAIN } from '../../src/trading/desk-row.ts';
import { findDesk } from '../../src/trading/desk-store.ts';
import { BTC, bets, closes, codeOf, opens, say, tradeOf, useDesk } from './house.ts';

const MIGRATION = new URL('../../db/migrations/0033_most_a_binary_pays.sql', import.meta.url);

describe('a desk that was set to pay more than it may now', () => {
  const desk = useDesk();
  it('S4-45 starts, and pays the most that it may; another one pays what it did', async () => {
    const payout = async () => {
      const found = await findDesk(desk.database.pool(), DESK_MAIN);
      const { numerator, denominator } = found?.settings.binaries.terms.payout ?? {};
      return `${numerator}/${denominator}`;
    };
    await desk.open();
    const migrate = await readFile(MIGRATION, 'utf8');
    assert.equal(await payout(), '18/10');
    await desk.database.admin().query(migrate);
    assert.equal(await payout(), '18/10');
    await desk.database
      .admin()
      .query(`update desk set settings = replace(settings, '"numerator":18', '"numerator":20')`);
    await assert.rejects(payout(), ({ issues }) => /at most 1.9 times/.test(issues[0].message));
    await desk.database.admin().query(migrate);
    assert.equal(await payout(), '19/10');
  });
});

describe('a desk whose symbols are others than before', () => {
  const desk = useDesk();
  const mistakes: readonly (readonly [string, readonly MarketSymbol[], RegExp])[] = [
    ['has other decimals', SYMBOLS.map((one) => ({ ...one, priceScale: 3 })), /2 decimals, and the symbol has 3$/],
    ['is gone', SYMBOLS.filter(({ id }) => id !== BTC), /2 decimals, and the symbol is gone$/],
  ];
  it('starts where all that was at the old prices is over', async () => {
    const house = await desk.open();
    const ann = await desk.player(house);
    house.clock.advance(10);
    await say(house, '50000');
    assert.equal(codeOf(await closes(house, ann, await opens(house, ann))), 'OK');
    await house.crash();
    await desk.open(undefined, { symbols: SYMBOLS.map((one) => ({ ...one, priceScale: 3 })) });
  });

  for (const [what, symbols, message] of mistakes) {
    it(`S4-19 S4-36 does not start where one ${what} on which something is open`, async () => {
      const house = await desk.open();
      const ann = await desk.player(house);
      house.clock.advance(10);
      await say(house, '50000');
      const trade = await opens(house, ann);
      await bets(house, ann);
      await house.crash();
      await assert.rejects(desk.open(undefined, { symbols }), message);

      const mended = await desk.open();
      assert.equal((await tradeOf(mended.database, trade)).status, 'OPEN');
      mended.clock.advance(10);
      await say(mended, '50000');
      assert.equal(codeOf(await closes(mended, ann, trade)), 'OK');
    });
  }
});
