import assert from 'node:assert/strict';
import { minor } from '../../src/money.ts';
import type { Server } from '../../src/server.ts';
import {
  assertBooks,
  type Guest,
  newKey,
  newPlayer,
  type Player,
  quickTable,
  sit,
  start,
  until,
} from '../journeys/support.ts';
import { useDatabase } from '../support/database.ts';

describe('a bet of unknown outcome', () => {
  const database = useDatabase();
  let server: Server;
  let player: Player;
  let guest: Guest;
  before(async () => {
    server = await start(database, [quickTable('calm', { bettingMs: 60_000, exposureCap: minor(1_000_000_000) })]);
  });
  beforeEach(async () => {
    player = await newPlayer(server, 1_000_000);
    guest = await sit(server, 'calm', player);
  });
  afterEach(() => guest.leaves());
  after(async () => {
    await server.stop();
    await assertBooks(database);
  });

  const codeOf = async (answer: Promise<{ code?: string }>) => (await answer).code;

  for (const found of ['by asking again', 'by my-bets', 'by the undo']) {
    it(`X-04 is counted once when it becomes known ${found}, and so is its undo`, async () => {
      const sums = () => [guest.state.totalAndarBets, guest.state.totalBetAmount, guest.state.totalBets].map(Number);
      const [andar = 0, amount = 0, count = 0] = sums();
      const more = [andar + 50_000, amount + 50_000, count + 1].join();
      const message = { key: newKey(), roundId: guest.state.roundId, betSide: 'andar', amount: 50_000 };
      const betId = await lost(() => guest.asks('place-bet', message));
      const told = () => guest.all('bet-placed').filter((bet) => bet.amount === 50_000).length;
      if (found === 'by asking again') assert.equal((await guest.asks('place-bet', message)).bet.betId, betId);
      if (found === 'by my-bets') assert.deepEqual((await guest.asks('my-bets')).bets[0].betId, betId);
      if (found !== 'by the undo') {
        await guest.asks('place-bet', message);
        await until(() => sums().join() === more && told() === 1, 5_000, 'the sums and the news');
      }
      const undo = { key: newKey(), betId };
      await lost(() => guest.asks('undo-bet', undo));
      for (const _ of [1, 2]) assert.equal((await guest.asks('undo-bet', undo)).ok, true);
      await guest.asks('place-bet', message);
      await guest.asks('my-bets');
      await until(() => sums().join() === [andar, amount, count].join(), 5_000, 'the sums to be as before');
      assert.equal(told(), found === 'by the undo' ? 0 : 1);
    });
  }

  /** What the wallet does and answers to the next command, which is lost on the way back. Answers its first seq. */
  async function lost(ask: () => Promise<{ code?: string }>): Promise<string> {
    const { wallet } = server;
    const execute = wallet.execute.bind(wallet);
    let seq = '';
    wallet.execute = async (command) => {
      const answer = await execute(command);
      if (command.origin !== player.userId) return answer;
      wallet.execute = execute;
      seq = answer.ok ? String(answer.seq) : '';
      return { ok: false, code: 'UNKNOWN_OUTCOME', duplicate: false };
    };
    assert.equal(await codeOf(ask()), 'UNKNOWN_OUTCOME');
    return seq;
  }
});
