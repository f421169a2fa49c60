import assert from 'node:assert/strict';
import { BackendTerminatedError } from 'slonik';
import { pauseDesk, resumeDesk } from '../../src/trading/acts.ts';
import { until } from '../market/market-house.ts';
import { bets, binaryWish, closes, codeOf, type House, opens, say, tradeOf, tradeWish, useDesk } from './house.ts';

const away = () => new BackendTerminatedError(new Error('away') as never);

/** Its next call of this kind is done, or not, and nobody hears of it. */
function loseNext(house: House, name: 'query' | 'maybeOne', isIt: (sql: string) => boolean, isDone = true): void {
  const { database } = house;
  const act = database[name].bind(database) as (statement: { sql: string }) => Promise<unknown>;
  let isLost = false;
  Object.assign(database, {
    [name]: async (statement: { sql: string }) => {
      if (isLost || !isIt(statement.sql)) return act(statement);
      isLost = true;
      if (isDone) await act(statement);
      throw away();
    },
  });
}

describe('a desk on a bad day', () => {
  const desk = useDesk();

  it('does not say that nothing was done where it may have been', async () => {
    const house = await desk.open();
    const ann = await desk.player(house, 10_000_000);
    await say(house, '50000');
    for (const [name, sql] of [
      ['query', 'insert into trade'],
      ['maybeOne', 'from trade t where t.user_id'],
    ] as const) {
      const wish = tradeWish(house, ann);
      let reads = 0;
      loseNext(house, name, (text) => text.includes(sql.slice(0, 11)) && (name === 'query' || (reads += 1) === 2));
      assert.equal(codeOf(await house.desk.openTrade(wish)), 'UNKNOWN_OUTCOME', sql);
      assert.equal(codeOf(await house.desk.openTrade(wish)), 'OK');
    }
    const bet = binaryWish(house, ann);
    loseNext(house, 'query', (text) => text.includes('insert into binary_trade'));
    assert.equal(codeOf(await house.desk.openBinary(bet)), 'UNKNOWN_OUTCOME');
    assert.equal(codeOf(await house.desk.openBinary(bet)), 'OK');
    const tradeId = await opens(house, ann);
    let reads = 0;
    loseNext(house, 'maybeOne', (text) => text.includes('where t.id') && (reads += 1) === 2);
    assert.equal(codeOf(await closes(house, ann, tradeId)), 'UNKNOWN_OUTCOME');
    assert.equal((await tradeOf(house.database, tradeId)).status, 'CLOSED');
  });

  it('S4-43 a binary begins behind the last price there is, also where the clock has gone back', async () => {
    const house = await desk.open();
    const ann = await desk.player(house, 100_000);
    await say(house, '41000');
    house.clock.advance(2_000);
    await say(house, '42000');
    house.clock.advance(-1_500);
    const tradeId = await bets(house, ann);
    house.clock.advance(3_000);
    await say(house, '43000');
    await until('the entry', () => house.desk.binaries.entryOf(tradeId) !== undefined);
    assert.equal(house.desk.binaries.entryOf(tradeId)?.price, 4_300_000n, 'not a price that everybody has seen');
  });

  it('is paused as its row says, whichever reading of it comes last', async () => {
    const house = await desk.open();
    const read = house.database.maybeOne.bind(house.database);
    const answers: (() => void)[] = [];
    Object.assign(house.database, {
      maybeOne: async (statement: never) => {
        const row = await read(statement);
        await new Promise<void>((resolve) => answers.push(resolve));
        return row;
      },
    });
    const reading: Promise<void>[] = [];
    for (const act of [pauseDesk, resumeDesk]) {
      await desk.database.pool().transaction((tx) => act(tx, house.desk.id, 'a test'));
      reading.push(house.desk.refresh());
      await until('it is read', () => answers.length === reading.length);
    }
    for (const answer of answers.reverse()) {
      answer();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await Promise.all(reading);
    assert.equal(house.desk.row.pauseReason, null);
  });

  it('a pause that it has not heard of counts from the next sweep on', async () => {
    const house = await desk.open();
    const ann = await desk.player(house);
    await say(house, '50000');
    await house.database.transaction((tx) => pauseDesk(tx, house.desk.id, 'a test'));
    await house.desk.sweep();
    assert.equal(codeOf(await house.desk.openTrade(tradeWish(house, ann))), 'GAME_PAUSED');
    await house.database.transaction((tx) => resumeDesk(tx, house.desk.id, 'a test'));
    await house.desk.sweep();
  });

  it('does not ask a market that has ended over and over', async () => {
    const house = await desk.open();
    const ann = await desk.player(house);
    await say(house, '50000');
    await bets(house, ann);
    let asked = 0;
    const seal = house.market.sealThrough.bind(house.market);
    house.market.sealThrough = (at) => {
      asked += 1;
      return seal(at);
    };
    house.market.abandon();
    house.clock.advance(10_000);
    await house.desk.sweep();
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.ok(asked <= 2, `asked ${asked} times`);
    await house.crash();
    await desk.open();
  });
});
