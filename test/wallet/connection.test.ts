import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Key } from '../../src/ids.ts';
import { until } from '../journeys/support.ts';
import { useDatabase } from '../support/database.ts';
import { lockWaits } from '../support/lock-waits.ts';
import {
  close,
  credit,
  findings,
  newKey,
  newUser,
  openBook,
  openWallet,
  settle,
  shown,
  stake,
  type TestWallet,
  window,
} from './fixture.ts';
import { DatabaseProxy } from './proxy.ts';

describe('a bad line between the wallet and its database', () => {
  const database = useDatabase();
  let proxy: DatabaseProxy;
  let wallet: TestWallet;
  let books = 0;

  beforeEach(async () => {
    proxy = await DatabaseProxy.open(database.url());
    wallet = await openWallet(proxy.url, { patienceMs: 10_000 });
    await wallet.actor.execute(openBook(++books));
  });
  afterEach(async () => {
    await wallet.end();
    await proxy.close();
    assert.deepEqual(await findings(database.pool()), []);
  });

  /** The next COMMIT meets this fate, those after it pass. */
  function next(fate: 'lose-request' | 'lose-reply' | 'hold'): void {
    const meant = proxy.commits + 1;
    proxy.fateOf = (commit) => (commit === meant ? fate : 'pass');
  }

  /** For what is about waiting in vain: a wallet that does not wait for long. */
  async function losePatienceSoon(patienceMs = 600): Promise<void> {
    await wallet.end();
    wallet = await openWallet(proxy.url, { patienceMs });
  }
  const onItsWay = (commit: number) => until(() => proxy.commits >= commit, 5_000, 'the commit to be on its way');

  const records = async (key: Key) => {
    const { rows } = await database.admin().query('select from command where key = $1', [key]);
    return rows.length;
  };

  for (const fate of ['lose-request', 'lose-reply'] as const) {
    it(`S1-25 S1-27 ${fate}: callers hear the truth, and nothing is doubled`, async () => {
      const player = newUser();
      await wallet.actor.execute(credit(player, 1_000));
      next(fate);
      const bets = [stake(player, books, 100), stake(player, books, 5_000), stake(player, books, 200)];
      const answers = await Promise.all(bets.map((bet) => wallet.actor.execute(bet)));
      assert.deepEqual(answers.map(shown), ['900/0/0 v2', 'INSUFFICIENT_FUNDS', '700/0/0 v3']);
      assert.ok(answers.every(({ duplicate }) => !duplicate));
      assert.equal(wallet.actor.stats.recoveries, 1);
      for (const { key } of bets) assert.equal(await records(key), 1);
      assert.equal(shown(await wallet.actor.execute(credit(player, 1))), '701/0/0 v4');
    });

    it(`S1-25 S1-27 ${fate} under a payout: a retry of the settlement pays no second time`, async () => {
      const player = newUser();
      await wallet.actor.execute(credit(player, 100));
      const bet = await wallet.actor.execute(stake(player, books, 100));
      assert.ok(bet.ok);
      await wallet.actor.execute(window('closeWindow', books, 1));
      next(fate);
      const payout = settle(books, [close(bet.seq, 200)]);
      const answers = [await wallet.actor.execute(payout), await wallet.actor.execute(payout)];
      assert.deepEqual(
        answers.map(({ ok, duplicate }) => [ok, duplicate]),
        [
          [true, false],
          [true, true],
        ],
      );
      assert.equal(shown(await wallet.actor.execute(credit(player, 1))), '201/0/0 v4');
    });

    it(`${fate} and then silence: UNKNOWN_OUTCOME for what was sent, BUSY for the rest, one effect`, async () => {
      const player = newUser();
      await wallet.actor.execute(credit(player, 1_000));
      await losePatienceSoon();
      next(fate);
      proxy.isAway = true;
      const commit = proxy.commits + 1;
      const sent = stake(player, books, 100);
      const outcome = wallet.actor.execute(sent);
      await onItsWay(commit);
      const waiting = stake(player, books, 10);
      const busy = wallet.actor.execute(waiting);
      assert.deepEqual([shown(await outcome), shown(await busy)], ['UNKNOWN_OUTCOME', 'BUSY']);
      assert.equal(await records(waiting.key), 0);
      assert.equal(shown(await wallet.actor.execute(waiting)), 'BUSY');
      proxy.isAway = false;
      const again = await untilAnswered(() => wallet.actor.execute(sent));
      assert.deepEqual([shown(again), again.duplicate], ['900/0/0 v2', fate === 'lose-reply']);
      assert.equal(shown(await wallet.actor.execute(waiting)), '890/0/0 v3');
      assert.equal(await records(sent.key), 1);
    });
  }

  it('a server that hangs is away as well; what it does late is found, not done again', async () => {
    const player = newUser();
    await wallet.actor.execute(credit(player, 1_000));
    await losePatienceSoon();
    next('hold');
    const commit = proxy.commits + 1;
    const sent = stake(player, books, 100);
    const first = wallet.actor.execute(sent);
    await onItsWay(commit);
    const onTop = wallet.actor.execute(stake(player, books, 10));
    assert.deepEqual([shown(await first), shown(await onTop)], ['UNKNOWN_OUTCOME', 'BUSY']);
    proxy.release();
    const again = await untilAnswered(() => wallet.actor.execute(sent));
    assert.deepEqual([shown(again), again.duplicate], ['900/0/0 v2', true]);
    assert.equal(shown(await wallet.actor.execute(credit(player, 1))), '901/0/0 v3');
  });

  it("a successor's batch of the same number is not taken for our own", async () => {
    const [ours, theirs] = [newUser(), newUser()];
    await wallet.actor.execute(credit(ours, 1_000));
    next('lose-request');
    proxy.isAway = true;
    const bet = stake(ours, books, 100);
    const answer = wallet.actor.execute(bet);
    const successor = await openWallet(database.url());
    await successor.actor.execute(credit(theirs, 500));
    assert.equal(await records(bet.key), 0);
    proxy.isAway = false;
    assert.equal(shown(await answer), '900/0/0 v2');
    assert.equal(await records(bet.key), 1);
    await successor.end();
  });

  it('a book is written as its own batch leaves it, not as the next one will', async () => {
    const book = books;
    const player = newUser();
    await wallet.actor.execute(credit(player, 100));
    const bet = await wallet.actor.execute(stake(player, book, 100));
    assert.ok(bet.ok);
    await losePatienceSoon(2_000);
    // The batch that closes the window has to wait; on top of it, in memory, the book is settled already.
    const admin = database.admin();
    await admin.query('begin');
    await admin.query('select from shard for update');
    const closed = wallet.actor.execute(window('closeWindow', book, 1));
    await until(async () => (await lockWaits(admin)) === 1, 1_500, 'the batch to wait');
    // Under a new key, which needs no look-up: that would have to wait for the batch on its way.
    const settlement = { ...settle(book, [close(bet.seq, 200)]), key: newKey() };
    const settled = wallet.actor.execute(settlement);
    const settling = proxy.commits + 2;
    proxy.fateOf = (commit) => (commit === settling ? 'lose-request' : 'pass');
    proxy.isAway = true;
    await admin.query('rollback');
    assert.ok((await closed).ok);
    assert.equal(shown(await settled), 'UNKNOWN_OUTCOME');
    const { rows } = await admin.query('select state, last_seq from book where id = $1', [book]);
    assert.deepEqual(rows, [{ state: 'closed', last_seq: null }]);
    proxy.isAway = false;
    assert.ok((await untilAnswered(() => wallet.actor.execute(settlement))).ok);
  });

  it('connections that die under load: every command is answered once, and is on record once', async function () {
    this.timeout(60_000);
    await wallet.end();
    wallet = await openWallet(database.url());
    const players = Array.from({ length: 500 }, newUser);
    await Promise.all(players.map((player) => wallet.actor.execute(credit(player, 1_000))));
    const commands = Array.from({ length: 20_000 }, (_, i) => stake(players[i % 500] ?? newUser(), books, 50));
    let killedAt = -1;
    const killer = setInterval(() => {
      // None before the last one was got over: a wallet that fails again and again stops.
      const { batches } = wallet.actor.stats;
      if (batches === killedAt) return;
      killedAt = batches;
      void database.admin().query(`
        select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and (query like '%with fence as (%' or query = 'COMMIT')
           and pid <> pg_backend_pid()`);
    }, 100);
    const heard = new Map<string, number>();
    let nextCommand = 0;
    const client = async () => {
      for (let command = commands[nextCommand++]; command !== undefined; command = commands[nextCommand++]) {
        const answer = await wallet.actor.execute(command);
        const what = answer.ok ? 'OK' : answer.code;
        heard.set(what, (heard.get(what) ?? 0) + 1);
      }
    };
    await Promise.all(Array.from({ length: 500 }, client));
    clearInterval(killer);
    assert.ok(wallet.actor.stats.recoveries > 0, 'no connection died');
    // Twenty bets of 50 use up each thousand; the other twenty of each player are refused.
    assert.deepEqual(Object.fromEntries(heard), { OK: 10_000, INSUFFICIENT_FUNDS: 10_000 });
    const { rows } = await database
      .admin()
      .query('select count(*)::int as records from command where key = any($1)', [commands.map(({ key }) => key)]);
    assert.equal(rows[0]?.records, 20_000);
  });
});

/** Callers that are told to ask again do so, with the same key. */
async function untilAnswered<Answer extends { ok: boolean; code?: string }>(ask: () => Promise<Answer>) {
  for (;;) {
    const answer = await ask();
    if (answer.ok || (answer.code !== 'BUSY' && answer.code !== 'UNKNOWN_OUTCOME')) return answer;
    await sleep(20);
  }
}
