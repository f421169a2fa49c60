import assert from 'node:assert/strict';
import { BackendTerminatedError } from 'slonik';
import { pauseDesk, resumeDesk } from '../../src/trading/acts.ts';
import type { Command } from '../../src/wallet/command.ts';
import { until } from '../market/market-house.ts';
import {
  BTC,
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

/** Of its calls with these words the one of this number is done, and nobody hears of it. */
function lose(house: House, name: 'query' | 'maybeOne', words: string, number = 1): void {
  const { database } = house;
  const act = database[name].bind(database) as (statement: { sql: string }) => Promise<unknown>;
  let calls = 0;
  Object.assign(database, {
    [name]: async (statement: { sql: string }) => {
      const answer = await act(statement);
      if (statement.sql.includes(words)) calls += 1;
      if (!statement.sql.includes(words) || calls !== number) return answer;
      throw new BackendTerminatedError(new Error('away') as never);
    },
  });
}

describe('a desk on a bad day', () => {
  const desk = useDesk();

  it('does not say that nothing was done where it may have been', async () => {
    const house = await desk.open();
    const ann = await desk.player(house, 10_000_000);
    await say(house, '50000');
    const first = tradeWish(house, ann);
    lose(house, 'query', 'insert into trade');
    assert.equal(codeOf(await house.desk.openTrade(first)), 'UNKNOWN_OUTCOME');
    assert.equal(codeOf(await house.desk.openTrade(first)), 'OK');
    const second = tradeWish(house, ann);
    lose(house, 'maybeOne', 'where t.user_id', 2);
    assert.equal(codeOf(await house.desk.openTrade(second)), 'UNKNOWN_OUTCOME');
    assert.equal(codeOf(await house.desk.openTrade(second)), 'OK');
    const bet = binaryWish(house, ann);
    lose(house, 'query', 'insert into binary_trade');
    assert.equal(codeOf(await house.desk.openBinary(bet)), 'UNKNOWN_OUTCOME');
    assert.equal(codeOf(await house.desk.openBinary(bet)), 'OK');
    const tradeId = await opens(house, ann);
    lose(house, 'maybeOne', 'where t.id', 2);
    assert.equal(codeOf(await closes(house, ann, tradeId)), 'UNKNOWN_OUTCOME');
    assert.equal((await tradeOf(house.database, tradeId)).status, 'CLOSED');
  });

  it('takes no stake more than three seconds after it was asked for, however long the wallet was busy', async () => {
    const house = await desk.open();
    const ann = await desk.player(house, 10_000_000);
    await say(house, '50000');
    const { actor } = house.wallet;
    const execute = actor.execute.bind(actor);
    let isBusy = true;
    Object.assign(actor, {
      execute: async (command: Command) => {
        if (command.kind !== 'stake' || !isBusy) return execute(command);
        isBusy = false;
        house.clock.advance(3_500);
        return { ok: false, code: 'BUSY', duplicate: false };
      },
    });
    const before = await purse(house.database, ann);
    assert.equal(codeOf(await house.desk.openTrade(tradeWish(house, ann))), 'STALE_PRICE');
    assert.deepEqual(await purse(house.database, ann), before);
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

  it('S4-18 closes a trade at the price of the moment, however long the wallet took over the wish', async () => {
    const house = await desk.open();
    const ann = await desk.player(house);
    house.clock.advance(2);
    await say(house, '50000');
    const tradeId = await opens(house, ann);
    const { actor } = house.wallet;
    const execute = actor.execute.bind(actor);
    actor.execute = async (command) => {
      if (command.kind === 'request') {
        house.clock.advance(6_000);
        await say(house, '50100');
      }
      return execute(command);
    };
    assert.equal(codeOf(await closes(house, ann, tradeId)), 'OK');
    actor.execute = execute;
    assert.equal((await tradeOf(house.database, tradeId)).exit, '50100.00');
  });

  it('S4-24 an end is written also where somebody else changes the row at this moment', async () => {
    const house = await desk.open();
    const ann = await desk.player(house);
    house.clock.advance(2);
    await say(house, '50000');
    const trade = await opens(house, ann, { stopLoss: '49900' });
    const binary = await bets(house, ann);
    const admin = desk.database.admin();
    for (const table of ['trade', 'binary_trade']) {
      await admin.query('begin');
      await admin.query(`update ${table} set request = request where id in ($1, $2)`, [trade, binary]);
      house.clock.advance(table === 'trade' ? 2 : 12_000);
      await say(house, '49800');
      await new Promise((resolve) => setTimeout(resolve, 100));
      await admin.query('commit');
      await Promise.all([house.desk.trades.idle(), house.desk.binaries.idle()]);
    }
    assert.equal((await tradeOf(house.database, trade)).status, 'CLOSED');
    assert.equal((await binaryOf(house.database, binary)).result !== null, true);
  });

  it('does not ask a market that has ended over and over', async () => {
    const house = await desk.open();
    const ann = await desk.player(house);
    await say(house, '50000');
    await bets(house, ann);
    let asked = 0;
    const seal = house.market.sealThrough.bind(house.market);
    house.market.sealThrough = (symbol, at) => {
      asked += 1;
      return seal(symbol, at);
    };
    house.market.abandon();
    house.clock.advance(10_000);
    await house.desk.sweep();
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.ok(asked <= 2, `asked ${asked} times`);
    await house.crash();
    await desk.open();
  });

  it('S4-24 goes back, after a crash, to the first price whose ends are not written, how long ever', async () => {
    const { clock, crash } = await desk.open();
    const { after } = clock;
    await crash();
    // Of the next desk the mark is set every 50 ms, and nothing else is sooner.
    const MARK_MS = 5_000;
    Object.assign(clock, { after: (ms: number, act: () => void) => after(ms === MARK_MS ? 50 : ms, act) });
    const house = await desk.open(desk.database.url(), { patienceMs: MARK_MS + 1 });
    const ann = await desk.player(house);
    clock.advance(2);
    await say(house, '50000');
    const [tradeId] = [await opens(house, ann, { stopLoss: '49900' }), await opens(house, ann)];
    const { database } = house;
    const query = database.query.bind(database);
    Object.assign(database, {
      query: (statement: { sql: string }) =>
        statement.sql.includes('update trade t') ? Promise.reject(new Error('lost')) : query(statement as never),
    });
    await say(house, '49900');
    for (const price of ['49950', '49800', '49950']) {
      clock.advance(5_000);
      await say(house, price);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    Object.assign(clock, { after });
    await house.crash();
    const next = await desk.open();
    await until('its end', async () => (await tradeOf(next.database, tradeId)).status === 'CLOSED');
    assert.equal((await tradeOf(next.database, tradeId)).exit, '49900.00');
  });

  it('S4-24 goes back as far for an end that the database refused, and goes on where it was written', async () => {
    const { clock, crash } = await desk.open();
    const { after: wait } = clock;
    await crash();
    Object.assign(clock, { after: (ms: number, act: () => void) => wait(ms / 100, act) });
    const house = await desk.open();
    const ann = await desk.player(house);
    clock.advance(2);
    await say(house, '50000');
    const [tradeId] = [await opens(house, ann, { stopLoss: '49900' }), await opens(house, ann)];
    const admin = desk.database.admin();
    await admin.query(`
      create function no_ends() returns trigger language plpgsql as
        $$ begin raise exception 'not now' using errcode = 'data_exception'; end $$;
      create trigger no_ends before update on trade for each row
        when (new.status = 'CLOSED') execute function no_ends()`);
    const passes = async () => {
      for (const price of ['49950', '50050', '49950']) {
        clock.advance(5_000);
        await say(house, price);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    };
    clock.advance(2);
    await say(house, '49900');
    const stoppedAt = house.market.lastTick(BTC)?.at ?? 0;
    await passes();
    assert.ok(house.desk.row.markedAt < stoppedAt, 'not past what is not written');
    // The sweep finds it open, and that it has ended.
    await house.desk.sweep();
    await passes();
    assert.ok(house.desk.row.markedAt < stoppedAt, 'nor while it is refused again');
    Object.assign(clock, { after: wait });
    await house.crash();
    await admin.query('drop trigger no_ends on trade; drop function no_ends()');
    const next = await desk.open();
    await until('its end', async () => (await tradeOf(next.database, tradeId)).status === 'CLOSED');
    assert.equal((await tradeOf(next.database, tradeId)).exit, '49900.00');
  });
});
