import assert from 'node:assert/strict';
import type { Server } from '../../src/server.ts';
import { useDatabase } from '../support/database.ts';
import { assertBooks, type Guest, get, newPlayer, quickTable, sit, start } from './support.ts';

/** In the order in which they are said (S0-86). */
const AFTER_THE_CARDS = ['round-result', 'payout', 'game_complete'];

describe('the journey of one player', () => {
  const database = useDatabase();
  let server: Server;
  before(async () => {
    server = await start(database, [quickTable('journey', { bettingMs: 1_200 })]);
  });
  after(async () => {
    await server.stop();
    await assertBooks(database);
  });

  const events = 'S0-24 S0-46 S0-79 S0-80 S0-81 S0-83 S0-84 S0-85 S0-86';
  const journey = 'S0-90 S0-91 S0-92 S0-93 X-11 100,000 less a stake of 10,000 is 90,000, and 110,000 when Andar wins';

  it(`${journey}; everybody hears what is theirs to hear (${events})`, async function () {
    this.timeout(60_000);
    const watcher = await sit(server, 'journey');
    let won = false;
    let lost = false;
    while (!won || !lost) {
      const player = await newPlayer(server);
      const guest = await sit(server, 'journey', player);
      const winner = await playOnce(guest, watcher);
      won ||= winner === 'andar';
      lost ||= winner === 'bahar';
      const { items } = await get(server, '/bets/me', player);
      assert.deepEqual(
        items.map(({ status, amount, payout }: Record<string, unknown>) => [status, amount, payout]),
        [winner === 'andar' ? ['won', 10_000, 20_000] : ['lost', 10_000, 0]],
      );
      const wallet = await get(server, '/wallets/me', player);
      assert.deepEqual([wallet.total, wallet.turnover], [winner === 'andar' ? 110_000 : 90_000, 10_000]);
      await guest.leaves();
    }
    await watcher.leaves();
  });

  async function playOnce(guest: Guest, watcher: Guest): Promise<string> {
    const roundId = await guest.newRound();
    const reply = await guest.bet('andar', 10_000);
    assert.equal(reply.ok, true, JSON.stringify(reply));
    const { betId, ...bet } = reply.bet;
    assert.match(betId, /^[1-9][0-9]*$/);
    assert.deepEqual(bet, { roundId, betSide: 'andar', amount: 10_000, bettingWindow: 1 });
    const { version, ...balance } = reply.balance;
    assert.deepEqual(balance, { real: 90_000, bonus: 0, held: 0, total: 90_000 });
    assert.ok(version > 0);
    assert.deepEqual(await guest.hears('bet-confirmed'), { bet: reply.bet });
    assert.equal((await guest.hears('balance-update')).balance, 90_000);
    assert.deepEqual(await watcher.hears('bet-placed'), { betSide: 'andar', amount: 10_000, count: 1 });

    const result = await watcher.hears('round-result', (body) => body.roundId === roundId);
    const told = await guest.hears('game_complete', (body) => body.roundId === roundId);
    assert.equal(told.winner, result.winningSide);
    const since = guest.heard.findLastIndex(({ type }) => type === 'bet-confirmed');
    const heard = guest.heard.slice(since).map(({ type }) => type);
    const order = heard.filter((type) => AFTER_THE_CARDS.includes(type));
    assert.deepEqual(
      order,
      AFTER_THE_CARDS.filter((type) => type !== 'payout' || result.winningSide === 'andar'),
    );
    const userPayout =
      result.winningSide === 'andar'
        ? { amount: 20_000, totalBet: 10_000, netProfit: 10_000, result: 'win' }
        : { amount: 0, totalBet: 10_000, netProfit: -10_000, result: 'loss' };
    assert.deepEqual(told.userPayout, userPayout);
    assert.equal(told.newBalance, 90_000 + userPayout.amount);
    const payouts = guest.all('payout').map(({ amount, newBalance }) => [amount, newBalance]);
    assert.deepEqual(payouts, userPayout.amount > 0 ? [[20_000, 110_000]] : []);
    assert.deepEqual(watcher.all('game_complete'), [], 'what a player won is nobody else’s to hear');
    return result.winningSide;
  }
});
