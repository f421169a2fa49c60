import assert from 'node:assert/strict';
import type { TradeId } from '../../src/ids.ts';
import { minor } from '../../src/money.ts';
import { findBinary, recordResults } from '../../src/trading/binary-store.ts';
import { recordMarked } from '../../src/trading/desk-store.ts';
import { findTrade, recordTradeEnds } from '../../src/trading/trade-store.ts';
import { until } from '../market/market-house.ts';
import { newKey } from '../wallet/fixture.ts';
import {
  accepted,
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

/** Fails what `fails` says, as a database that is away would. */
function lose(house: House, fails: (statement: string) => boolean): void {
  const { database } = house;
  const query = database.query.bind(database);
  Object.assign(database, {
    query: (statement: { sql: string }, ...rest: unknown[]) => {
      if (fails(statement.sql)) return Promise.reject(new Error('lost'));
      return query(statement as never, ...(rest as []));
    },
  });
}

const writesEnds = (sql: string) => sql.includes('update trade t') || sql.includes('update binary_trade t');

describe('a desk that is killed', () => {
  const desk = useDesk();

  it('S4-35 finds everything open again, and goes on at the prices that were', async () => {
    const house = await desk.open();
    const ann = await desk.player(house);
    await say(house, '50000');
    const [kept, stopped] = [await opens(house, ann), await opens(house, ann, { stopLoss: '49500' })];
    const binary = await bets(house, ann, { direction: 'DOWN' });
    house.clock.advance(10);
    await say(house, '49999');
    // From here on nothing that ends reaches its row.
    lose(house, writesEnds);
    house.clock.advance(10);
    await say(house, '49500');
    await say(house, '49400', undefined, house.clock.now() + 5);
    await house.crash();
    house.clock.advance(10_000);
    const next = await desk.open();
    await until('the stop', async () => (await tradeOf(next.database, stopped)).status === 'CLOSED');
    const { exit, reason } = await tradeOf(next.database, stopped);
    assert.deepEqual([exit, reason], ['49500.00', 'STOP_LOSS'], 'at the tick that had reached it');
    await until('the result', async () => (await binaryOf(next.database, binary)).result !== null);
    const { result, entry, exit: last } = await binaryOf(next.database, binary);
    assert.deepEqual([result, entry, last], ['WIN', '49999.00', '49400.00'], 'as if it had been there');
    assert.equal((await tradeOf(next.database, kept)).status, 'OPEN');
    await say(next, '50500');
    assert.equal(codeOf(await closes(next, ann, kept)), 'OK');
    assert.equal((await tradeOf(next.database, kept)).pnl, 50_000);
    assert.deepEqual([next.desk.trades.size, next.desk.binaries.size, next.desk.risks.ofPlayer(ann).open], [0, 0, 0]);
  });

  it('S4-35 S4-42 sweeps nothing before all of the log was held against what is open', async () => {
    const house = await desk.open();
    const ann = await desk.player(house, 100_000);
    house.clock.advance(2);
    await say(house, '50000');
    const binary = await bets(house, ann);
    lose(house, writesEnds);
    for (const price of ['50001', '50002', '50003']) {
      house.clock.advance(2_000);
      await say(house, price);
    }
    await house.crash();
    // The log is read slowly, and meanwhile a minute is over.
    let isSwept = false;
    const next = await desk.open(undefined, {
      prepare: (starting, database) => {
        const any = database.any.bind(database);
        const slowly = async (statement: { sql: string }, ...rest: never[]) => {
          if (!isSwept && statement.sql.includes('from tick')) {
            await starting.sweep();
            await new Promise((resolve) => setTimeout(resolve, 100));
            assert.equal(codeOf(await starting.openBinary(binaryWish(house, ann))), 'BUSY');
            isSwept = true;
          }
          return any(statement as never, ...rest);
        };
        Object.assign(database, { any: slowly });
      },
    });
    assert.ok(isSwept);
    await until('the result', async () => (await binaryOf(next.database, binary)).result !== null);
    const { result, entry, exit } = await binaryOf(next.database, binary);
    assert.deepEqual([result, entry, exit], ['WIN', '50001.00', '50002.00']);
  });

  it('S4-20 S4-39 S4-41 S4-46 pays what was written and not settled, once: it was open until then', async () => {
    const house = await desk.open();
    const ann = await desk.player(house, 10_000_000);
    await say(house, '50000');
    const tradeId = await opens(house, ann);
    const { actor } = house.wallet;
    const execute = actor.execute.bind(actor);
    actor.execute = (command) =>
      command.kind === 'settle' ? Promise.resolve({ ok: false, code: 'BUSY', duplicate: false }) : execute(command);
    await say(house, '51000');
    const key = newKey();
    const closing = closes(house, ann, tradeId, key);
    await until('its row', async () => {
      const { rows } = await desk.database.admin().query('select status from trade where id = $1', [tradeId]);
      return rows[0].status === 'CLOSED';
    });
    assert.equal((await tradeOf(house.database, tradeId)).status, 'OPEN', 'its money has not moved');
    await house.crash();
    await closing.catch(() => undefined);
    const next = await desk.open();
    await until('the money', async () => (await purse(next.database, ann)) === '10100000/0');
    assert.equal((await tradeOf(next.database, tradeId)).status, 'CLOSED');
    assert.equal(codeOf(await closes(next, ann, tradeId, key)), 'OK', 'the key hears what came of it');
    await next.desk.sweep();
    assert.equal(await purse(next.database, ann), '10100000/0');
  });

  it('asks again for what the wallet had not answered, and holds against it what came since', async () => {
    const house = await desk.open();
    const ann = await desk.player(house, 10_000_000);
    await say(house, '50000');
    const { actor } = house.wallet;
    const execute = actor.execute.bind(actor);
    let asked = 0;
    // The first is done and its answer lost, the second never comes there.
    actor.execute = async (command) => {
      if (command.kind !== 'stake') return execute(command);
      asked += 1;
      if (asked === 1) await execute(command);
      return { ok: false, code: 'UNKNOWN_OUTCOME', duplicate: false };
    };
    const wishes = [tradeWish(house, ann, { stopLoss: '49900' }), tradeWish(house, ann)];
    const opening = wishes.map((wish) => house.desk.openTrade(wish));
    await until('both', () => asked > 1);
    house.clock.advance(10);
    await say(house, '49900');
    await house.crash();
    const answers = await Promise.all(opening);
    assert.deepEqual(answers.map(codeOf), ['UNKNOWN_OUTCOME', 'UNKNOWN_OUTCOME']);
    const next = await desk.open();
    const again = await Promise.all(wishes.map((wish) => next.desk.openTrade(wish)));
    const [stopped, open] = again.map((answer) => accepted(answer).row.terms.tradeId) as [TradeId, TradeId];
    await until('the stop', async () => (await tradeOf(next.database, stopped)).status === 'CLOSED');
    assert.equal((await tradeOf(next.database, stopped)).exit, '49900.00');
    assert.equal((await tradeOf(next.database, open)).status, 'OPEN');
    assert.equal(next.desk.trades.size, 1);
    assert.equal(await purse(next.database, ann), `${10_000_000 - 10_000 - 500_000}/500000`);
  });

  it('can do nothing any more once another has its books', async () => {
    const house = await desk.open();
    const ann = await desk.player(house, 10_000_000);
    await say(house, '50000');
    const tradeId = await opens(house, ann);
    const { actor } = house.wallet;
    const { claim } = await import('../wallet/fixture.ts');
    assert.ok((await actor.execute(claim(house.desk.row.trades))).ok);
    const key = newKey();
    assert.equal(codeOf(await closes(house, ann, tradeId, key)), 'UNKNOWN_OUTCOME');
    assert.equal(await purse(house.database, ann), '9500000/500000');
    const row = async () => (await findTrade(house.database, tradeId))?.status;
    assert.equal(await row(), 'OPEN', 'nor writes it an end that the other one may have to decide');
    const { markedAt, id } = house.desk.row;
    assert.equal(await recordMarked(house.database, id, markedAt + 1, house.desk.trades.claim), false);
    await house.crash();
    const next = await desk.open();
    assert.equal(await recordMarked(next.database, id, markedAt + 1, next.desk.trades.claim), true);
    await say(next, '50000');
    assert.equal(codeOf(await closes(next, ann, tradeId, key)), 'OK');
    assert.equal(await purse(next.database, ann), '10000000/0');
  });

  it('S4-20 S4-39 pays what the row says where the one before it has written an end after all', async () => {
    const house = await desk.open();
    const ann = await desk.player(house, 10_000_000);
    house.clock.advance(2);
    await say(house, '50000');
    const [tradeId, binaryId] = [await opens(house, ann), await bets(house, ann)];
    house.clock.advance(2);
    await say(house, '50100');
    const [trade, binary] = await Promise.all([
      findTrade(house.database, tradeId),
      findBinary(house.database, binaryId),
    ]);
    const exit = house.market.lastTick(BTC);
    assert.ok(trade?.seq && binary?.seq && exit);
    house.clock.advance(4_000);
    await say(house, '50500');
    const last = house.market.lastTick(BTC);
    // Their updates were on their way when the books were claimed: nothing that this process knows of.
    const at = new Date(1_700_000_000_000);
    const end = { reason: 'OWNER', exit, pnl: minor(10_000), payout: minor(510_000), at, key: newKey() } as const;
    const { claim } = house.desk.trades;
    const late = { id: tradeId, seq: trade.seq, status: 'CLOSED', end, untold: false } as const;
    assert.equal(await recordTradeEnds(house.database, [late], claim), true);
    const settlement = { result: 'WIN', payout: minor(1_800), entry: exit, exit: last } as const;
    const { rows } = await desk.database
      .admin()
      .query('select epoch from book where id = $1', [house.desk.row.binaries]);
    const other = { book: house.desk.row.binaries, epoch: Number(rows[0].epoch) };
    await recordResults(house.database, [{ id: binaryId, seq: binary.seq, settlement, at, untold: false }], other);

    assert.equal(codeOf(await closes(house, ann, tradeId)), 'NOT_OPEN', 'by another wish, as it turns out');
    house.clock.advance(2_000);
    await say(house, '40000');
    await until('the result', async () => (await binaryOf(house.database, binaryId)).result !== null);
    await Promise.all([house.desk.trades.idle(), house.desk.binaries.idle()]);
    const { exit: price, pnl } = await tradeOf(house.database, tradeId);
    assert.deepEqual([price, pnl], ['50100.00', 10_000]);
    assert.equal(await purse(house.database, ann), '10010800/0');
    const told = house.told.filter(({ type }) => type === 'TRADE_CLOSED' || type === 'BINARY_RESOLVED');
    assert.deepEqual(
      told.filter(({ userId }) => userId === ann).map(({ message }) => [message.exitPrice, message.timestamp]),
      [
        ['50100.00', at.toISOString()],
        ['50500.00', at.toISOString()],
      ],
    );
  });
});
