import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TradeId, UserId } from '../../src/ids.ts';
import { isRefusal } from '../../src/refusal.ts';
import { until } from '../market/market-house.ts';
import { DatabaseProxy } from '../wallet/proxy.ts';
import { BTC, binaryWish, closes, codeOf, purse, say, tradeWish, useDesk } from './house.ts';
import { balancesByLog } from './story-parts.ts';

const START = 1_000_000_000;

describe('a desk whose database comes and goes', () => {
  const desk = useDesk();
  let proxy: DatabaseProxy;
  before(async () => {
    proxy = await DatabaseProxy.open(desk.database.url());
  });
  after(() => proxy.close());

  it('S4-20 S4-39 in the middle of everything: everybody has what the log of prices says', async () => {
    const house = await desk.open(proxy.url);
    const people = await Promise.all([1, 2, 3].map(() => desk.player(house, START)));
    house.clock.advance(2);
    await say(house, '50000');
    const trades: { readonly owner: UserId; readonly id: TradeId }[] = [];
    const answers: Promise<unknown>[] = [];
    const opens = async (owner: UserId, at: number) => {
      const more = { side: at % 2 ? 'LONG' : 'SHORT', stopLoss: at % 2 ? '49950' : '50050', amount: '0.01' } as const;
      const opened = await house.desk.openTrade(tradeWish(house, owner, more)).catch(() => undefined);
      if (opened && !isRefusal(opened)) trades.push({ owner, id: opened.row.terms.tradeId });
    };
    for (let at = 0; at < 12; at += 1) {
      const owner = people[at % 3] as UserId;
      answers.push(...[0, 1, 2].map(() => opens(owner, at)));
      answers.push(house.desk.openBinary(binaryWish(house, owner)).catch(() => undefined));
      const trade = trades[at];
      if (trade) answers.push(closes(house, trade.owner, trade.id).catch(() => undefined));
      house.clock.advance(200); // all of them within the time in which what was asked for is still taken
      house.feed.say(BTC, 5_000_000 + ((at * 37) % 11) * 1_000 - 5_000);
      proxy.fateOf = at % 3 === 0 ? (commit) => (commit % 4 === 0 ? 'lose-reply' : 'pass') : () => 'pass';
      proxy.isAway = at % 4 === 1;
      if (at % 4 === 1) proxy.cut();
      await sleep(at % 4 === 1 ? 150 : 20);
      proxy.isAway = false;
    }
    proxy.fateOf = () => 'pass';
    await Promise.all(answers);
    assert.ok(trades.length > 0);
    for (let at = 0; at < 10; at += 1) {
      house.clock.advance(1_000);
      await say(house, '50000');
    }
    await house.desk.sweep();
    await until('the binaries', () => house.desk.binaries.size === 0);
    for (const { id, owner } of trades) {
      assert.match(codeOf(await closes(house, owner, id)), /^(OK|NOT_OPEN)$/);
    }
    const { rows } = await desk.database.admin().query(`select id, user_id from trade where status = 'OPEN'`);
    for (const { id, user_id: owner } of rows) assert.equal(codeOf(await closes(house, owner, id)), 'OK');
    await Promise.all([house.desk.trades.idle(), house.desk.binaries.idle()]);
    const byLog = await balancesByLog(desk.database.admin(), people, START);
    for (const who of people) assert.equal(await purse(house.database, who), `${byLog.get(who)}/0`);
    assert.ok(people.every((who) => house.desk.risks.ofPlayer(who).open === 0));
  });
});
