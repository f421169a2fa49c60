import assert from 'node:assert/strict';
import { INR } from '../../src/money.ts';
import { type StatementLine, statementOf } from '../../src/wallet/statement.ts';
import { useDatabase } from '../support/database.ts';
import {
  cancel,
  close,
  credit,
  endHold,
  hold,
  newUser,
  openBook,
  openWallet,
  settle,
  stake,
  type TestWallet,
  window,
} from './fixture.ts';

describe('a statement', () => {
  const database = useDatabase();
  let wallet: TestWallet;
  const player = newUser();
  const other = newUser();
  before(async () => {
    wallet = await openWallet(database.url());
    const { actor } = wallet;
    const place = async (owner: typeof player, amount: number) => {
      const bet = await actor.execute(stake(owner, 1, amount));
      assert.ok(bet.ok);
      return bet.seq;
    };
    for (const owner of [player, other]) await actor.execute(credit(owner, 1_000));
    await actor.execute(credit(player, 200, 'bonus'));
    await actor.execute(openBook(1));
    const [won, mixed] = [await place(player, 300), await place(player, 800)];
    const lost = await place(other, 500);
    await actor.execute(cancel(player, 1, await place(player, 50)));
    const held = await actor.execute(hold(other, 100));
    await actor.execute(endHold('capture', other, held.ok ? held.seq : 0));
    await actor.execute(window('closeWindow', 1, 1));
    await actor.execute(settle(1, [close(won, 570), close(mixed, 801), close(lost, 0)]));
  });
  after(() => wallet.end());

  it('adds up: every line is the one below it plus its change, from nothing to what the wallet has', async () => {
    for (const owner of [player, other]) {
      const lines = await everything(owner, 100);
      const { rows } = await database
        .admin()
        .query('select real, bonus, held, version::int from wallet where owner = $1', [owner]);
      const [newest] = lines;
      assert.ok(newest);
      const { real, bonus, held } = newest.balance;
      assert.deepEqual([`${real}`, `${bonus}`, `${held}`], [rows[0].real, rows[0].bonus, rows[0].held]);
      for (const [at, line] of lines.entries()) {
        const below = lines[at + 1]?.balance ?? { real: 0n, bonus: 0n, held: 0n };
        for (const bucket of ['real', 'bonus', 'held'] as const) {
          assert.equal(line.balance[bucket], below[bucket] + line.change[bucket], `${line.seq} ${bucket}`);
        }
      }
    }
  });

  it('says what each movement was, and of which bet and round', async () => {
    const lines = await everything(other, 100);
    assert.deepEqual(
      lines.map(({ reason, change: { real, held } }) => `${reason} ${real} ${held}`),
      ['capture 0 -100', 'hold -100 100', 'stake -500 0', 'credit 1000 0'],
    );
    assert.deepEqual(
      lines.map(({ game }) => game),
      [null, null, 'test', null],
    );
    const payout = (await everything(player, 100)).find(({ reason }) => reason === 'payout');
    assert.equal(payout?.game, 'test');
    assert.ok(payout.position && payout.ref);
  });

  it('is the same whatever the size of its pages, and nobody else’s', async () => {
    const whole = await everything(player, 100);
    assert.ok(whole.length > 6);
    for (const size of [1, 2, 3, whole.length]) assert.deepEqual(await everything(player, size), whole);
    const foreign = { seq: whole[0]?.seq ?? 0, real: 0n as never, bonus: 0n as never, held: 0n as never };
    const found = await statementOf(database.pool(), other, INR, { limit: 10, after: foreign });
    assert.deepEqual(found, { lines: [], next: null });
    assert.deepEqual(await statementOf(database.pool(), newUser(), INR, { limit: 10 }), { lines: [], next: null });
  });

  async function everything(owner: typeof player, limit: number): Promise<readonly StatementLine[]> {
    const lines: StatementLine[] = [];
    for (let after = undefined as Parameters<typeof statementOf>[3]['after']; ; ) {
      const page = await statementOf(database.pool(), owner, INR, { limit, after });
      lines.push(...page.lines);
      if (page.next === null) return lines;
      after = page.next;
    }
  }
});
