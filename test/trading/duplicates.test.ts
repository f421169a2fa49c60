import assert from 'node:assert/strict';
import type { TradeId } from '../../src/ids.ts';
import { findTrade } from '../../src/trading/trade-store.ts';
import { until } from '../market/market-house.ts';
import { credit, newKey } from '../wallet/fixture.ts';
import {
  accepted,
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

/** No stake reaches the wallet, or no answer to one comes back, until what this answers is called. */
function silence(house: House, { takes = false } = {}): () => void {
  const { actor } = house.wallet;
  const execute = actor.execute.bind(actor);
  actor.execute = async (command) => {
    if (command.kind !== 'stake') return execute(command);
    if (takes) await execute(command);
    throw new Error('lost');
  };
  return () => {
    actor.execute = execute;
  };
}

async function statusOf(house: House, tradeId: TradeId) {
  return (await findTrade(house.database, tradeId))?.status;
}

describe('what is sent to a desk again', () => {
  const desk = useDesk();

  it('S4-23 a wish to close what ends at that moment is answered the same ever after', async () => {
    const house = await desk.open();
    const ann = await desk.player(house, 10_000_000);
    await say(house, '50000');
    const tradeId = await opens(house, ann);
    const keys = [newKey(), newKey(), newKey()];
    const all = await Promise.all(keys.map((key) => closes(house, ann, tradeId, key)));
    assert.deepEqual(all.map(codeOf).sort(), ['NOT_OPEN', 'NOT_OPEN', 'OK']);
    const again = await Promise.all(keys.map((key) => closes(house, ann, tradeId, key)));
    assert.deepEqual(again.map(codeOf), all.map(codeOf));
  });

  it('S4-23 the same wish to close gets the same balance, whatever has moved since, whoever answers', async () => {
    const house = await desk.open();
    const ann = await desk.player(house, 10_000_000);
    await say(house, '50000');
    const [tradeId, key] = [await opens(house, ann), newKey()];
    await say(house, '50010');
    const first = accepted(await closes(house, ann, tradeId, key));
    assert.deepEqual([first.balance.real, first.balance.held], [10_001_000n, 0n]);
    assert.ok((await house.wallet.actor.execute(credit(ann, 5_000))).ok);
    const again = await Promise.all([1, 2].map(() => closes(house, ann, tradeId, key)));
    assert.deepEqual(again.map(accepted), [first, first]);
    await house.crash();
    const next = await desk.open();
    assert.deepEqual(accepted(await closes(next, ann, tradeId, key)), first);
    assert.equal(codeOf(await closes(next, ann, tradeId)), 'NOT_OPEN');
  });

  it('one key stands for a trade or for a binary, however much at once both come under it', async () => {
    const house = await desk.open();
    const ann = await desk.player(house, 10_000_000);
    await say(house, '50000');
    const key = newKey();
    const [trade, binary] = [tradeWish(house, ann, { key }), binaryWish(house, ann, { key })];
    const send = () => Promise.all([house.desk.openTrade(trade), house.desk.openBinary(binary)]);
    const first = (await send()).map(codeOf);
    assert.deepEqual(first.toSorted(), ['IDEMPOTENCY_KEY_REUSED', 'OK']);
    assert.deepEqual((await send()).map(codeOf), first);
    const taken = first[0] === 'OK' ? '9500000/500000' : '9999000/0';
    assert.equal(await purse(house.database, ann), taken);
    assert.equal(house.desk.risks.ofPlayer(ann).open, 1);
  });

  it('what was refused for where the price was is not opened later, when it is elsewhere', async () => {
    const house = await desk.open();
    const ann = await desk.player(house, 10_000_000);
    await say(house, '50000');
    const wish = tradeWish(house, ann, { stopLoss: '50001' });
    assert.equal(codeOf(await house.desk.openTrade(wish)), 'INVALID_REQUEST');
    await say(house, '50100');
    assert.equal(codeOf(await house.desk.openTrade(wish)), 'INVALID_REQUEST');
    assert.equal(await purse(house.database, ann), '10000000/0');
  });

  it('nobody waits with a wish until the price has moved: what was not taken at once is not taken later', async () => {
    const house = await desk.open();
    const ann = await desk.player(house, 10_000_000);
    await say(house, '50000');
    const speak = silence(house);
    const wishes = [tradeWish(house, ann), tradeWish(house, ann)];
    const answers = Promise.all(wishes.map((wish) => house.desk.openTrade(wish)));
    assert.deepEqual((await answers).map(codeOf), ['UNKNOWN_OUTCOME', 'UNKNOWN_OUTCOME']);
    speak();
    house.clock.advance(10_000);
    await say(house, '60000');
    const [one, other] = wishes as [(typeof wishes)[0], (typeof wishes)[0]];
    assert.equal(codeOf(await house.desk.openTrade(one)), 'STALE_PRICE');
    await house.desk.sweep();
    assert.equal(codeOf(await house.desk.openTrade(other)), 'STALE_PRICE');
    assert.equal(await purse(house.database, ann), '10000000/0');
    assert.equal(house.desk.risks.ofPlayer(ann).open, 0);
  });

  it('what the wallet had taken at once is open, however late its answer is heard', async () => {
    const house = await desk.open();
    const ann = await desk.player(house, 10_000_000);
    await say(house, '50000');
    const speak = silence(house, { takes: true });
    const wish = tradeWish(house, ann);
    assert.equal(codeOf(await house.desk.openTrade(wish)), 'UNKNOWN_OUTCOME');
    speak();
    house.clock.advance(10_000);
    const { row } = accepted(await house.desk.openTrade(wish));
    assert.equal(await statusOf(house, row.terms.tradeId), 'OPEN');
    assert.equal(await purse(house.database, ann), '9500000/500000');
  });

  it('a sweep that has read of a wish before it was opened and closed opens it no second time', async () => {
    const house = await desk.open();
    const ann = await desk.player(house, 10_000_000);
    await say(house, '50000');
    const speak = silence(house, { takes: true });
    const [first, second] = [tradeWish(house, ann), tradeWish(house, ann)];
    const answers = await Promise.all([first, second].map((wish) => house.desk.openTrade(wish)));
    assert.deepEqual(answers.map(codeOf), ['UNKNOWN_OUTCOME', 'UNKNOWN_OUTCOME']);
    // The sweep knows of both and waits with the first of them, while the second has its whole life.
    const { actor } = house.wallet;
    speak();
    const execute = actor.execute.bind(actor);
    let goOn: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    actor.execute = async (command) => {
      if (command.key === first.key) await held;
      return execute(command);
    };
    const sweeping = house.desk.sweep();
    const { row } = accepted(await house.desk.openTrade(second));
    accepted(await closes(house, ann, row.terms.tradeId));
    const told = house.told.length;
    goOn();
    await sweeping;
    await say(house, '40000');
    await until('the other', async () => (await purse(house.database, ann)).endsWith('/0'));
    assert.equal(house.desk.trades.size, 0);
    const news = house.told.slice(told).filter(({ message }) => message.tradeId === row.terms.tradeId);
    assert.deepEqual(news, []);
    assert.equal((await tradeOf(house.database, row.terms.tradeId)).exit, '50000.00');
  });

  it('prices beyond everything are refused, and break nothing', async () => {
    const house = await desk.open();
    const ann = await desk.player(house, 10_000_000);
    await say(house, '50000');
    const far = '999999999999999999';
    for (const more of [{ takeProfit: far }, { side: 'SHORT', stopLoss: far }, { amount: far }] as const) {
      assert.equal(codeOf(await house.desk.openTrade(tradeWish(house, ann, more))), 'INVALID_REQUEST');
    }
  });
});
