import assert from 'node:assert/strict';
import { BinaryEntered, BinaryResolved } from '../../schema/trading.ts';
import { createBackoffice } from '../../src/backoffice/backoffice.ts';
import type { TradeId } from '../../src/ids.ts';
import { changeDesk } from '../../src/trading/acts.ts';
import { findBinary } from '../../src/trading/binary-store.ts';
import { DESK_MAIN } from '../../src/trading/desk-row.ts';
import { newAdmins } from '../cashier/support.ts';
import { until } from '../market/market-house.ts';
import { latenessAt } from '../support/lateness.ts';
import { silent } from '../wallet/fixture.ts';
import { accepted, bets, binaryOf, binaryWish, codeOf, countedOf, type House, purse, say, useDesk } from './house.ts';

const settled = (house: House, id: TradeId) =>
  until('the result', async () => (await binaryOf(house.database, id)).result !== null);

describe('binaries on a desk', () => {
  const desk = useDesk();

  const ends: readonly [string, 'UP' | 'DOWN', exit: string, result: string, payout: number][] = [
    ['S4-37 S4-38 S4-40 UP and above wins 1.8 of the stake', 'UP', '42000.01', 'WIN', 1_800],
    ['S4-37 UP and below loses', 'UP', '41999.99', 'LOSS', 0],
    ['S4-37 DOWN and below wins', 'DOWN', '41999.99', 'WIN', 1_800],
    ['S4-37 S4-44 a tie loses', 'UP', '42000', 'LOSS', 0],
  ];
  for (const [name, direction, exit, result, payout] of ends) {
    it(name, async () => {
      const house = await desk.open();
      const ann = await desk.player(house, 100_000);
      await say(house, '41000');
      const opened = accepted(await house.desk.openBinary(binaryWish(house, ann, { direction, expirySeconds: 10 })));
      assert.equal(opened.balance.real, 99_000n, 'S4-43 the stake is taken at once');
      const { tradeId } = opened.row.terms;
      house.clock.advance(1_000);
      await say(house, '42000');
      await until('the entry', () => house.desk.binaries.entryOf(tradeId) !== undefined);
      house.clock.advance(4_500);
      await say(house, exit);
      house.clock.advance(5_000);
      await say(house, '1');
      await settled(house, tradeId);
      const binary = await binaryOf(house.database, tradeId);
      assert.deepEqual([binary.result, binary.payout, binary.entry], [result, payout, '42000.00']);
      assert.equal(await purse(house.database, ann), `${99_000 + payout}/0`);
      await until('the news', () => house.told.some(({ type }) => type === 'BINARY_RESOLVED'));
      const said = house.told.find(({ type }) => type === 'BINARY_RESOLVED')?.message;
      const { entryPrice, exitPrice, ...rest } = BinaryResolved.parse(said);
      assert.deepEqual([entryPrice, rest.result, rest.payout, rest.tradeId], ['42000.00', result, payout, tradeId]);
      assert.equal(Number(exitPrice), Number(exit));
      const paid = house.told.findLast(({ type }) => type === 'BALANCE_UPDATED')?.message;
      const reason = result === 'WIN' ? 'BINARY_WIN' : 'BINARY_LOSS';
      assert.deepEqual([paid.newBalance, paid.change, paid.reason], [99_000 + payout, payout, reason]);
      const entered = house.told.find(({ type }) => type === 'BINARY_ENTERED')?.message;
      assert.equal(BinaryEntered.parse(entered).entryPrice, '42000.00');
    });
  }

  it('S4-44 a tie gives the stake back where the desk says so, also where it says otherwise by then', async () => {
    const house = await desk.open();
    const ann = await desk.player(house, 100_000);
    const backoffice = createBackoffice({ database: house.database, clock: house.clock, log: silent });
    const [admin] = await newAdmins(desk.database.pool(), 1);
    assert.ok(admin);
    const { settings } = house.desk.row;
    const set = async (tie: 'LOSE' | 'REFUND') => {
      const binaries = { ...settings.binaries, terms: { ...settings.binaries.terms, tie } };
      await backoffice.act(admin, (tx) => changeDesk(tx, DESK_MAIN, { ...settings, binaries }, 'a test'));
      await house.desk.refresh();
    };
    await set('REFUND');
    await say(house, '41000');
    const tradeId = await bets(house, ann, { expirySeconds: 10 });
    await set('LOSE');
    house.clock.advance(1_000);
    await say(house, '42000');
    house.clock.advance(4_500);
    await say(house, '42000.00');
    house.clock.advance(5_000);
    await say(house, '1');
    await settled(house, tradeId);
    const { result, payout, entry, exit } = await binaryOf(house.database, tradeId);
    assert.deepEqual([result, payout, entry, exit], ['VOID', 1_000, '42000.00', '42000.00']);
    assert.equal(await purse(house.database, ann), '100000/0');
    assert.equal(await countedOf(house, ann), '1000 1 0 loss 0 wager 1000 refunded', 'it was played');
  });

  it('S4-36 S4-42 is settled by the clock where no price comes, within 100 ms, from the last one before', async () => {
    const house = await desk.open();
    const ann = await desk.player(house);
    await say(house, '41000');
    const tradeId = await bets(house, ann, { expirySeconds: 60 });
    const expiry = Date.parse((await binaryOf(house.database, tradeId)).expiry);
    await say(house, '42000', undefined, house.clock.now() + 1);
    house.clock.advance(57_500);
    await say(house, '42001');
    await house.desk.sweep();
    const late = latenessAt(expiry, house.clock.now);
    assert.equal((await binaryOf(house.database, tradeId)).result, null);
    const lateAnyway = await late;
    await settled(house, tradeId);
    const { result, exit, entry } = await binaryOf(house.database, tradeId);
    assert.deepEqual([result, entry, exit], ['WIN', '42000.00', '42001.00']);
    const { settledAt } = (await findBinary(house.database, tradeId)) ?? assert.fail();
    const took = Number(settledAt) - expiry;
    assert.ok(took >= 0 && took < 100 + lateAnyway, `settled ${took} ms after its expiry, a timer ${lateAnyway} ms`);
  });

  it('S4-36 S4-42 has moved its money, in its row and in the ledger, within 100 ms of its expiry', async () => {
    const house = await desk.open();
    const ann = await desk.player(house, 100_000);
    await say(house, '41000');
    const { actor } = house.wallet;
    const execute = actor.execute.bind(actor);
    const paidAt = new Map<number, number>();
    actor.execute = async (command) => {
      const answer = await execute(command);
      // It answers after the commit, and the row was written before it was asked.
      const closes = answer.ok && command.kind === 'settle' ? command.closes : [];
      for (const { position } of closes) paidAt.set(position, house.clock.now());
      return answer;
    };
    const ids: TradeId[] = [];
    for (let n = 0; n < 5; n += 1) {
      ids.push(await bets(house, ann));
      await new Promise((resolve) => setTimeout(resolve, 120));
    }
    await say(house, '42000');
    await say(house, '42001', undefined, house.clock.now() + 1);
    const expiries = (await Promise.all(ids.map((id) => binaryOf(house.database, id)))).map(({ expiry }) => expiry);
    house.clock.advance(Date.parse(expiries[0] ?? '') - house.clock.now() - 200);
    const anyway = expiries.map((expiry) => latenessAt(Date.parse(expiry), house.clock.now));
    await house.desk.sweep();
    // The ledger's lines are of the database's clock.
    const ahead = house.clock.now() - Date.now();
    await until('all of them', () => paidAt.size === ids.length);
    const { rows } = await desk.database.admin().query(
      `select b.seq::int, b.expires_at::float8 as expiry, extract(epoch from b.settled_at)::float8 * 1000 as row,
              extract(epoch from l.at)::float8 * 1000 as ledger
         from binary_trade b
         join closing c on c.shard = 0 and c.position = b.seq and c.payout = b.payout
         join link l on l.shard = 0 and l.batch = c.batch
        where b.id = any($1) and b.result = 'WIN'`,
      [ids],
    );
    assert.equal(rows.length, ids.length);
    // Of five the third: what else the machine does at this moment may hold up one or two of them.
    const third = (latest: readonly number[]) => latest.toSorted((one, other) => one - other)[2] ?? Number.NaN;
    const lateAnyway = Math.max(...(await Promise.all(anyway)));
    for (const late of [
      third(rows.map(({ row, expiry }) => row - expiry)),
      third(rows.map(({ ledger, expiry }) => ledger + ahead - expiry)),
      third(rows.map(({ seq, expiry }) => (paidAt.get(seq) ?? Number.NaN) - expiry)),
    ]) {
      assert.ok(late > -2 && late <= 100 + lateAnyway, `${late} ms after its expiry, a timer ${lateAnyway} ms`);
    }
  });

  it('S4-42 is void, and the stake comes back, without a price for its entry, or near its expiry', async () => {
    const house = await desk.open();
    const ann = await desk.player(house, 100_000);
    await say(house, '41000');
    const without = await bets(house, ann, { expirySeconds: 60 });
    house.clock.advance(5_200);
    await house.desk.sweep();
    await settled(house, without);
    assert.deepEqual((await binaryOf(house.database, without)).result, 'VOID');
    await house.desk.binaries.idle();
    const said = house.told.find(({ type }) => type === 'BINARY_RESOLVED')?.message;
    const { tradeId, timestamp, ...told } = BinaryResolved.parse(said);
    assert.ok(tradeId === without && Date.parse(timestamp) > 0);
    assert.deepEqual(told, { result: 'VOID', entryPrice: null, exitPrice: null, payout: 1_000 });
    const { newBalance, change, reason } = house.told.findLast(({ type }) => type === 'BALANCE_UPDATED')?.message ?? {};
    assert.deepEqual([newBalance, change, reason], [100_000, 1_000, 'BINARY_VOID']);
    await say(house, '42000');
    const old = await bets(house, ann, { expirySeconds: 20 });
    house.clock.advance(1_000);
    await say(house, '42001');
    await say(house, '42002', undefined, house.clock.now() + 1);
    house.clock.advance(19_200);
    await house.desk.sweep();
    await settled(house, old);
    const { result, payout, entry } = await binaryOf(house.database, old);
    assert.deepEqual([result, payout, entry], ['VOID', 1_000, '42001.00']);
    assert.equal(await purse(house.database, ann), '100000/0');
    assert.equal(await countedOf(house, ann), '0 0 0 loss 0 wager 0 cancelled cancelled', 'as if none had ever been');
  });

  it('the same key and wish are answered as the first time, another wish is refused', async () => {
    const house = await desk.open();
    const ann = await desk.player(house, 100_000);
    await say(house, '41000');
    const wish = binaryWish(house, ann);
    const all = await Promise.all([1, 2, 3].map(() => house.desk.openBinary(wish)));
    assert.equal(new Set(all.map((answer) => accepted(answer).row.terms.tradeId)).size, 1);
    assert.equal(codeOf(await house.desk.openBinary({ ...wish, stake: 999 })), 'IDEMPOTENCY_KEY_REUSED');
    assert.equal(codeOf(await house.desk.openBinary({ ...wish, direction: 'DOWN' })), 'IDEMPOTENCY_KEY_REUSED');
    assert.equal(await purse(house.database, ann), '99000/0');
  });

  it('refuses with a code, and nothing has changed', async () => {
    const house = await desk.open();
    const ann = await desk.player(house, 100_000);
    assert.equal(codeOf(await house.desk.openBinary(binaryWish(house, ann))), 'STALE_PRICE');
    await say(house, '42000');
    const refusals: readonly [Parameters<typeof binaryWish>[2], string][] = [
      [{ symbol: 'DOGE/USDT' }, 'INVALID_REQUEST'],
      [{ expirySeconds: 4 }, 'INVALID_REQUEST'],
      [{ expirySeconds: 3_601 }, 'INVALID_REQUEST'],
      [{ stake: 99 }, 'BELOW_MINIMUM'],
      [{ stake: 10_000_001 }, 'ABOVE_MAXIMUM'],
      [{ stake: 100_001 }, 'INSUFFICIENT_FUNDS'],
      [{ quotedAt: house.clock.now() - 2_001 }, 'STALE_PRICE'],
    ];
    for (const [more, code] of refusals) {
      const wish = binaryWish(house, ann, more);
      assert.equal(codeOf(await house.desk.openBinary(wish)), code, JSON.stringify(more));
      assert.equal(codeOf(await house.desk.openBinary(wish)), code, `${JSON.stringify(more)}, again`);
    }
    assert.equal(await purse(house.database, ann), '100000/0');
    assert.equal(house.desk.risks.ofPlayer(ann).open, 0);
  });

  it('takes no more of one direction than the limit, the other way still some', async () => {
    const house = await desk.open();
    const people = await Promise.all([1, 2].map(() => desk.player(house, 1_000_000_000)));
    await say(house, '42000');
    // Each would win ₹80,000, and ₹1,000,000 is the limit.
    const wishes = Array.from({ length: 20 }, (_, at) =>
      binaryWish(house, people[at % 2] as never, { stake: 10_000_000, expirySeconds: 60 }),
    );
    const codes = (await Promise.all(wishes.map((wish) => house.desk.openBinary(wish)))).map(codeOf);
    assert.deepEqual([codes.filter((code) => code === 'OK').length, new Set(codes).size], [12, 2]);
    assert.ok(codes.includes('EXPOSURE_LIMIT'));
    const down = binaryWish(house, people[0] as never, { direction: 'DOWN', stake: 10_000_000 });
    assert.equal(codeOf(await house.desk.openBinary(down)), 'OK');
  });
});
