import assert from 'node:assert/strict';
import type { Decided, WalletObserver } from '../../src/wallet/observer.ts';
import { useDatabase } from '../support/database.ts';
import { credit, newUser, openBook, openWallet, shown, stake, type TestWallet } from './fixture.ts';
import { DatabaseProxy } from './proxy.ts';

/** Remembers what it was told. */
class Witness implements WalletObserver {
  readonly batches: { decided: readonly Decided[]; tookMs: number | undefined }[] = [];
  readonly away: string[] = [];

  committed(batch: readonly Decided[], tookMs: number | undefined): void {
    this.batches.push({ decided: [...batch], tookMs });
  }

  turnedAway({ kind }: { kind: string }, code: string): void {
    this.away.push(`${kind} ${code}`);
  }

  /** What was answered to stakes that are on record. */
  get stakes(): readonly string[] {
    const decided = this.batches.flatMap((batch) => batch.decided);
    return decided.flatMap(({ command, answer }) => (command.kind === 'stake' && answer ? [shown(answer)] : []));
  }
}

describe('who looks on at the wallet', () => {
  const database = useDatabase();
  let proxy: DatabaseProxy;
  let witness: Witness;
  let wallet: TestWallet;
  let books = 0;

  beforeEach(async () => {
    proxy = await DatabaseProxy.open(database.url());
    witness = new Witness();
    await open(5_000);
    await wallet.actor.execute(openBook(++books));
  });
  afterEach(async () => {
    await wallet.end();
    await proxy.close();
  });

  async function open(patienceMs: number): Promise<void> {
    wallet = await openWallet(proxy.url, { patienceMs, observer: witness });
  }

  it('hears of every batch with what was answered, before the callers do', async () => {
    const player = newUser();
    await wallet.actor.execute(credit(player, 1_000));
    const bets = [stake(player, books, 100), stake(player, books, 5_000)];
    const heardFirst = bets.map(async (bet) => {
      await wallet.actor.execute(bet);
      return witness.stakes.length > 0;
    });
    assert.deepEqual(await Promise.all(heardFirst), [true, true]);
    assert.deepEqual(witness.stakes, ['900/0/0 v2', 'INSUFFICIENT_FUNDS']);
    assert.ok(witness.batches.every(({ tookMs }) => tookMs !== undefined && tookMs > 0));
    assert.equal(witness.batches.length, wallet.actor.stats.batches);
    assert.deepEqual(witness.away, []);
  });

  it('hears once of a batch whose commit was found afterwards, though nobody knows how long it took', async () => {
    const player = newUser();
    await wallet.actor.execute(credit(player, 1_000));
    const meant = proxy.commits + 1;
    proxy.fateOf = (commit) => (commit === meant ? 'lose-reply' : 'pass');
    assert.equal((await wallet.actor.execute(stake(player, books, 100))).ok, true);
    assert.deepEqual(witness.stakes, ['900/0/0 v2']);
    assert.equal(witness.batches.at(-1)?.tookMs, undefined);
  });

  it('hears of those who were sent away with nothing on record', async () => {
    const player = newUser();
    await wallet.end();
    await open(1_000);
    assert.ok((await wallet.actor.execute(credit(player, 1_000))).ok);
    proxy.isAway = true;
    proxy.cut();
    const answer = await wallet.actor.execute(stake(player, books, 100));
    assert.equal(shown(answer), 'UNKNOWN_OUTCOME');
    assert.equal(shown(await wallet.actor.execute(stake(player, books, 100))), 'BUSY');
    assert.deepEqual(witness.away, ['stake UNKNOWN_OUTCOME', 'stake BUSY']);
    assert.deepEqual(witness.stakes, []);
    proxy.isAway = false;
  });
});
