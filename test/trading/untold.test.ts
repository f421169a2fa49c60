import assert from 'node:assert/strict';
import { Channels } from '../../src/channels.ts';
import { type TradeId, type UserId, uuid7 } from '../../src/ids.ts';
import { Untold } from '../../src/trading/untold.ts';
import { until } from '../market/market-house.ts';
import { silent } from '../wallet/fixture.ts';
import { bets, binaryOf, type House, say, useDesk } from './house.ts';

describe('who has heard what a binary came to', () => {
  const desk = useDesk();
  let house: House;
  let owner: UserId;
  let tradeId: TradeId;
  let isHere: boolean;
  let untold: Untold;
  let spoken: number;
  beforeEach(async () => {
    house = await desk.open();
    owner = await desk.player(house);
    house.clock.advance(2);
    await say(house, '50000');
    tradeId = await bets(house, owner);
    house.clock.advance(12_000);
    await say(house, '50001');
    await until('its end', async () => (await binaryOf(house.database, tradeId)).result !== null);
    await house.desk.binaries.idle();
    const channels = new Channels(silent);
    channels.lend({ reaches: () => isHere, speak: () => isHere });
    untold = new Untold({ database: house.database, channels }, 'binary_trade');
    spoken = 0;
  });

  const row = async (set?: boolean): Promise<boolean> => {
    const admin = desk.database.admin();
    if (set !== undefined) await admin.query('update binary_trade set untold = $2 where id = $1', [tradeId, set]);
    return (await admin.query('select untold from binary_trade where id = $1', [tradeId])).rows[0].untold;
  };
  const tell = (isHeard = isHere) =>
    untold.tell([{ tradeId, owner }], () => {
      spoken += 1;
      return isHeard;
    });
  const writes = async (here: boolean): Promise<void> => {
    isHere = here;
    await row(untold.marks({ tradeId, owner }));
  };

  it('who is there: nothing more is written', async () => {
    await writes(true);
    await tell();
    assert.deepEqual([spoken, await row()], [1, false]);
  });

  it('who is away: it is left for when they come', async () => {
    await writes(false);
    await tell();
    assert.deepEqual([spoken, await row()], [0, true]);
  });

  it('who comes before it is told: once, by whichever is first', async () => {
    await writes(false);
    isHere = true;
    await tell();
    assert.deepEqual([spoken, await row()], [1, false]);
    await writes(false);
    isHere = true;
    await row(false); // taken on coming in
    await tell();
    assert.deepEqual([spoken, await row()], [1, false]);
  });

  it('who goes before it is told: it is left for when they come back', async () => {
    await writes(true);
    isHere = false;
    await tell();
    assert.deepEqual([spoken, await row()], [1, true]);
  });

  it('where it was written twice, as the first answer was lost, whichever of both counts', async () => {
    for (const first of [true, false]) {
      isHere = first;
      const marked = untold.marks({ tradeId, owner });
      isHere = !first;
      untold.marks({ tradeId, owner });
      await row(marked);
      await tell();
      assert.equal(await row(), first, first ? 'gone: left for later' : 'come: heard');
    }
    assert.equal(spoken, 2);
  });

  it('where the database does not answer: who is there hears of it, who is away later, nobody of nothing', async () => {
    const { database } = house;
    const any = database.any.bind(database);
    const away = () => Promise.reject(new Error('away'));
    const besides = uuid7<TradeId>(0);
    const heard: TradeId[] = [];
    const tellBoth = () =>
      untold.tell(
        [
          { tradeId: besides, owner: uuid7<UserId>(0) },
          { tradeId, owner },
        ],
        (end) => {
          heard.push(end.tradeId);
          return isHere;
        },
      );
    for (const comes of [true, false]) {
      await writes(false);
      // Who is there had theirs written as told: nothing brings it back once it is not spoken.
      isHere = true;
      untold.marks({ tradeId: besides, owner });
      isHere = comes;
      Object.assign(database, { any: away });
      await (comes ? assert.rejects(tellBoth(), /away/) : tellBoth());
      Object.assign(database, { any });
      assert.deepEqual(heard.splice(0), comes ? [besides, tradeId] : [besides]);
      assert.equal(await row(), true, 'at most told twice');
    }
  });

  it('where another process has written it', async () => {
    for (const before of [true, false]) {
      for (const here of [true, false]) {
        await row(before);
        untold.find(tradeId);
        isHere = here;
        await tell();
        assert.equal(await row(), !here);
      }
    }
  });
});

describe('the end of a binary', () => {
  const desk = useDesk();

  it('changes nothing that an index knows, so that thousands at once touch none', async () => {
    const { rows } = await desk.database
      .admin()
      .query(`select indexdef as index from pg_indexes where tablename = 'binary_trade'`);
    assert.ok(rows.length >= 5);
    for (const { index } of rows) {
      assert.doesNotMatch(index, /\b(status|result|payout|(entry|exit)_(price|at|seq|feed)|settled_at)\b/);
    }
  });
});
