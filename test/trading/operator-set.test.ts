import assert from 'node:assert/strict';
import { isRefusal } from '../../src/refusal.ts';
import { changeDesk, pauseDesk, resumeDesk } from '../../src/trading/acts.ts';
import type { DeskSettings } from '../../src/trading/settings.ts';
import { until } from '../market/market-house.ts';
import {
  bets,
  binaryOf,
  binaryWish,
  closes,
  codeOf,
  type House,
  opens,
  purse,
  say,
  tradeOf,
  tradeWish,
  useDesk,
} from './house.ts';

describe('what people of the house set of a desk', () => {
  const desk = useDesk();
  let house: House;
  let before: DeskSettings;
  beforeEach(async () => {
    house = await desk.open();
    before = house.desk.row.settings;
  });
  // Before it is closed: what is set stays.
  const setting = async (settings: DeskSettings, act: () => Promise<void>) => {
    const set = async (to: DeskSettings) => {
      const done = await house.database.transaction((tx) => changeDesk(tx, house.desk.id, to, 'a test'));
      assert.ok(!isRefusal(done));
      await house.desk.refresh();
    };
    await set(settings);
    try {
      await act();
    } finally {
      await set(before);
    }
  };

  it('S4-24 liquidates at the level it was opened under, whatever that is by then', async () => {
    const ann = await desk.player(house, 10_000_000);
    await say(house, '50000');
    const calm = await opens(house, ann);
    const trades = { ...before.trades, liquidationLevel: 2_550 as never };
    const opened: string[] = [];
    await setting({ ...before, trades }, async () => {
      opened.push(await opens(house, ann), await opens(house, ann, { side: 'SHORT' }));
    });
    const [long, short] = opened as [typeof calm, typeof calm];
    // 25.5 % of 500,000 are 127,500: at 48,725 for one unit.
    const stories = [
      ['48725.01', 'OPEN', 'OPEN'],
      ['48725', 'LIQUIDATED', 'OPEN'],
      ['51274.99', 'LIQUIDATED', 'OPEN'],
      ['51275', 'LIQUIDATED', 'LIQUIDATED'],
    ] as const;
    for (const [price, ...expected] of stories) {
      house.clock.advance(10);
      await say(house, price);
      await house.desk.trades.idle();
      const found = await Promise.all([long, short].map((trade) => tradeOf(house.database, trade)));
      assert.deepEqual(
        found.map(({ status }) => status),
        expected,
        price,
      );
    }
    for (const trade of [long, short]) {
      const { pnl, reason } = await tradeOf(house.database, trade);
      assert.deepEqual([pnl, reason], [-127_500, 'LIQUIDATION']);
    }
    assert.equal((await tradeOf(house.database, calm)).status, 'OPEN', 'at 80 % as before');
    assert.equal(codeOf(await closes(house, ann, calm)), 'OK');
    assert.equal(await purse(house.database, ann), `${10_000_000 - 2 * 127_500 + 127_500}/0`);
  });

  it('S4-34 binaries last as long as it says', async () => {
    const ann = await desk.player(house, 100_000);
    await say(house, '50000');
    const binaries = { ...before.binaries, minSeconds: 10, maxSeconds: 7_200 };
    await setting({ ...before, binaries }, async () => {
      for (const [expirySeconds, code] of [
        [9, 'INVALID_REQUEST'],
        [10, 'OK'],
        [7_200, 'OK'],
        [7_201, 'INVALID_REQUEST'],
      ] as const) {
        const opened = await house.desk.openBinary(binaryWish(house, ann, { expirySeconds }));
        assert.equal(codeOf(opened), code, `${expirySeconds} s`);
      }
    });
    const tradeId = await bets(house, ann, { expirySeconds: 3_600 });
    const { openedAt, expiry } = await binaryOf(house.database, tradeId);
    assert.equal(Date.parse(expiry) - Date.parse(openedAt), 3_600_000);
    const late = binaryWish(house, ann, { expirySeconds: 3_601 });
    assert.equal(codeOf(await house.desk.openBinary(late)), 'INVALID_REQUEST');
    house.clock.advance(10_000);
    await house.desk.sweep();
    await until('they are void, for want of prices', () => house.desk.binaries.size === 0);
    await house.desk.binaries.idle();
    assert.equal(await purse(house.database, ann), '100000/0');
  });

  it('S4-24 while it is paused it takes neither trades nor binaries, and what is open goes on', async () => {
    const ann = await desk.player(house, 10_000_000);
    house.clock.advance(10);
    await say(house, '50000');
    const [trade, binary] = [await opens(house, ann), await bets(house, ann)];
    await house.database.transaction((tx) => pauseDesk(tx, house.desk.id, 'a test'));
    await house.desk.refresh();
    const [one, other] = [tradeWish(house, ann), binaryWish(house, ann)];
    assert.equal(codeOf(await house.desk.openTrade(one)), 'GAME_PAUSED');
    assert.equal(codeOf(await house.desk.openBinary(other)), 'GAME_PAUSED');
    for (const price of ['50100', '50200']) {
      house.clock.advance(2_000);
      await say(house, price);
    }
    assert.equal(codeOf(await closes(house, ann, trade)), 'OK');
    house.clock.advance(1_500);
    await say(house, '50300');
    await until('the result', async () => (await binaryOf(house.database, binary)).result === 'WIN');
    await house.database.transaction((tx) => resumeDesk(tx, house.desk.id, 'a test'));
    await house.desk.refresh();
    assert.equal(codeOf(await house.desk.openTrade(one)), 'GAME_PAUSED', 'what was refused stays refused');
    assert.equal(codeOf(await house.desk.openBinary(other)), 'GAME_PAUSED');
    const again = await bets(house, ann);
    house.clock.advance(5_500);
    await house.desk.sweep();
    await until('it is void', async () => (await binaryOf(house.database, again)).result === 'VOID');
    assert.equal(await purse(house.database, ann), `${10_000_000 + 20_000 + 800}/0`);
  });
});
