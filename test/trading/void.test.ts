import assert from 'node:assert/strict';
import { TradeClosed } from '../../schema/trading.ts';
import { createBackoffice } from '../../src/backoffice/backoffice.ts';
import { DESK_MAIN } from '../../src/trading/desk-row.ts';
import { askForSymbolVoid } from '../../src/trading/void-symbol.ts';
import { newAdmins } from '../cashier/support.ts';
import { silent } from '../wallet/fixture.ts';
import { BTC, closes, codeOf, countedOf, type House, opens, purse, say, tradeOf, useDesk } from './house.ts';

const HOUR_MS = 3_600_000;

describe('a symbol that has no prices any more', () => {
  const desk = useDesk();

  async function people({ database, clock }: House) {
    const backoffice = createBackoffice({ database, clock, log: silent });
    const [ann, bob] = await newAdmins(desk.database.pool(), 2);
    assert.ok(ann && bob);
    const ask = async (by: typeof ann) => {
      const act = { desk: DESK_MAIN, symbol: BTC, reason: 'delisted', by: by.userId, at: new Date(clock.now()) };
      return backoffice.act(by, (tx) => askForSymbolVoid(tx, act));
    };
    return { ann, bob, ask };
  }

  it('S4-52 two people give all margins of it back, after an hour, all or none; it is over then', async () => {
    const house = await desk.open();
    const [carl, dora] = [await desk.player(house, 10_000_000), await desk.player(house, 10_000_000)];
    await say(house, '50000');
    const trades = [await opens(house, carl), await opens(house, dora, { side: 'SHORT', leverage: 50 })];
    const { ann, bob, ask } = await people(house);
    house.clock.advance(HOUR_MS - 60_000);
    assert.equal(codeOf((await ask(ann)) as never), 'INVALID_REQUEST', 'there was a price within the last hour');
    house.clock.advance(61_000);
    assert.deepEqual(await ask(ann), { confirmations: 1 });
    assert.equal(codeOf((await ask(ann)) as never), 'SAME_PERSON');
    await house.desk.sweep();
    assert.equal((await tradeOf(house.database, trades[0] as never)).status, 'OPEN');
    assert.deepEqual(await ask(bob), { confirmations: 2 });
    await house.desk.sweep();
    assert.equal(await countedOf(house, carl), '0 0 0 loss 0 wager 0 cancelled', 'as if it had never been');
    for (const trade of trades) {
      const { status, reason, pnl, exit } = await tradeOf(house.database, trade);
      assert.deepEqual([status, reason, pnl, exit], ['VOID', 'HOUSE', 0, null]);
    }
    assert.deepEqual(
      [await purse(house.database, carl), await purse(house.database, dora)],
      ['10000000/0', '10000000/0'],
    );
    await house.desk.trades.idle();
    const told = house.told
      .filter(({ type }) => type === 'TRADE_CLOSED')
      .map(({ message }) => TradeClosed.parse(message));
    for (const { timestamp, ...closed } of told) {
      assert.ok(trades.includes(closed.tradeId as never) && Date.parse(timestamp) > 0);
      assert.deepEqual(closed, { tradeId: closed.tradeId, reason: 'HOUSE', exitPrice: null, pnl: 0 });
    }
    assert.equal(new Set(told.map(({ tradeId }) => tradeId)).size, 2);
    const news = house.told.findLast(({ type, userId }) => type === 'BALANCE_UPDATED' && userId === carl)?.message;
    assert.deepEqual([news.newBalance, news.change, news.reason], [10_000_000, 0, 'TRADE_SETTLEMENT']);
    assert.equal(codeOf(await closes(house, carl, trades[0] as never)), 'NOT_OPEN');
    assert.deepEqual(await ask(ann), { confirmations: 1 }, 'another one is another decision');
    await say(house, '50000');
    await house.desk.sweep();
    assert.equal(codeOf((await ask(bob)) as never), 'INVALID_REQUEST', 'prices are back');
    house.clock.advance(HOUR_MS + 1_000);
    assert.deepEqual(await ask(bob), { confirmations: 1 }, 'what was asked for before they came is no yes to this');
  });

  it('S4-52 takes two who may act for the house: the word of one who was frozen since counts for nothing', async () => {
    const house = await desk.open();
    const carl = await desk.player(house, 10_000_000);
    await say(house, '50000');
    const trade = await opens(house, carl);
    const [, held] = (await purse(house.database, carl)).split('/');
    const { ann, bob, ask } = await people(house);
    house.clock.advance(HOUR_MS + 1_000);
    assert.deepEqual(await ask(ann), { confirmations: 1 });
    await desk.database.admin().query(`update users set status = 'frozen' where id = $1`, [ann.userId]);
    assert.deepEqual(await ask(bob), { confirmations: 1 });
    await house.desk.sweep();
    assert.equal((await tradeOf(house.database, trade)).status, 'OPEN');
    const [cat] = await newAdmins(desk.database.pool(), 1);
    assert.deepEqual(await ask(cat as typeof ann), { confirmations: 2 });
    await house.desk.sweep();
    assert.equal((await tradeOf(house.database, trade)).status, 'VOID');
    const { rows } = await desk.database
      .admin()
      .query(`select before, after, amount::int from audit_log where action = 'desk.void' order by seq desc limit 1`);
    assert.deepEqual(rows, [
      {
        before: { askedBy: bob.userId, confirmedBy: null },
        after: { askedBy: bob.userId, confirmedBy: cat?.userId, trades: 1 },
        amount: Number(held),
      },
    ]);
  });

  it('is given back by the next process where the first was killed', async () => {
    const house = await desk.open();
    const { carl, trade } = await decided(house);
    await house.crash();
    const next = await desk.open();
    assert.equal((await tradeOf(next.database, trade)).status, 'VOID');
    assert.equal(await purse(next.database, carl), '10000000/0');
  });

  const isDone = async () => {
    const { rows } = await desk.database.admin().query('select done_at from desk_void');
    assert.equal(rows.length, 1);
    return rows[0].done_at !== null;
  };

  /** Somebody holds BTC, and two people have decided to undo it. */
  async function decided(house: House) {
    await desk.database.admin().query('delete from desk_void');
    const carl = await desk.player(house, 10_000_000);
    await say(house, '50000');
    const trade = await opens(house, carl);
    const { ann, bob, ask } = await people(house);
    house.clock.advance(HOUR_MS + 1_000);
    await ask(ann);
    await ask(bob);
    return { carl, trade };
  }

  it('S4-52 is not done before every margin is back, however many look after it', async () => {
    const house = await desk.open();
    const { carl, trade } = await decided(house);
    const admin = desk.database.admin();
    await admin.query('begin');
    await admin.query('select from trade where id = $1 for update', [trade]);
    await Promise.all([house.desk.sweep(), house.desk.sweep()]);
    assert.equal(await isDone(), false, 'what has ended is not written down yet');
    await Promise.all([admin.query('rollback'), house.desk.trades.idle()]);
    assert.equal(await purse(house.database, carl), '10000000/0');
    await house.desk.sweep();
    assert.equal(await isDone(), true);
  });

  it('S4-52 is done by the next process where its writing was lost with the first', async () => {
    const house = await desk.open();
    const { carl, trade } = await decided(house);
    const admin = desk.database.admin();
    await admin.query('begin');
    await admin.query('select from trade where id = $1 for update', [trade]);
    await Promise.all([house.desk.sweep(), house.desk.sweep()]);
    const crashing = house.crash();
    await admin.query(`
      select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and wait_event_type = 'Lock'`);
    await Promise.all([admin.query('rollback'), crashing]);
    const next = await desk.open();
    await next.desk.sweep();
    assert.equal((await tradeOf(next.database, trade)).status, 'VOID');
    assert.equal(await purse(next.database, carl), '10000000/0');
    assert.equal(await isDone(), true);
  });

  it('one that fails is tried again, and holds up nothing else', async () => {
    const house = await desk.open();
    const { carl, trade } = await decided(house);
    const admin = desk.database.admin();
    await admin.query(`
      create function no_voids() returns trigger language plpgsql as
        $$ begin raise exception 'not now' using errcode = 'data_exception'; end $$;
      create trigger no_voids before update on trade for each row
        when (new.status = 'VOID') execute function no_voids()`);
    await house.desk.sweep();
    assert.equal(await isDone(), false);
    assert.equal((await tradeOf(house.database, trade)).status, 'OPEN');
    await admin.query('drop trigger no_voids on trade; drop function no_voids()');
    await house.desk.sweep();
    assert.equal((await tradeOf(house.database, trade)).status, 'VOID');
    assert.deepEqual([await isDone(), await purse(house.database, carl)], [true, '10000000/0']);
  });

  it('S4-52 is one feed’s where prices come from another by now: what was opened at these is spared', async () => {
    await desk.database.admin().query('delete from desk_void');
    const house = await desk.open();
    const carl = await desk.player(house, 10_000_000);
    await say(house, '42000');
    const old = await opens(house, carl);
    await house.crash();
    const next = await desk.open(undefined, { feedId: 'another' });
    const { ann, bob, ask } = await people(next);
    next.clock.advance(2);
    await say(next, '100000');
    assert.equal(codeOf((await ask(ann)) as never), 'INVALID_REQUEST', 'the old one had a price within the hour');
    const spared = await opens(next, carl);
    next.clock.advance(HOUR_MS + 1_000);
    assert.deepEqual(await ask(ann), { confirmations: 1 }, 'a silence of both');
    await say(next, '100000');
    assert.deepEqual(await ask(bob), { confirmations: 1 }, 'of one of them, which is another decision');
    assert.deepEqual(await ask(ann), { confirmations: 2 });
    await next.desk.sweep();
    assert.equal(await isDone(), true);
    const [undone, open] = [await tradeOf(next.database, old), await tradeOf(next.database, spared)];
    assert.deepEqual([undone.status, undone.pnl, open.status], ['VOID', 0, 'OPEN']);
    assert.equal(await purse(next.database, carl), '9000000/1000000');
    assert.equal(codeOf((await ask(ann)) as never), 'INVALID_REQUEST', 'none is left of the old one');
    assert.equal(codeOf(await closes(next, carl, spared)), 'OK');
  });

  it('leaves alone what was opened after the decision, at prices that have come back', async () => {
    const house = await desk.open();
    const { carl } = await decided(house);
    await say(house, '50000');
    const late = await opens(house, carl);
    await house.desk.sweep();
    assert.equal(await isDone(), true);
    assert.equal((await tradeOf(house.database, late)).status, 'OPEN');
    assert.equal(codeOf(await closes(house, carl, late)), 'OK');
  });
});
