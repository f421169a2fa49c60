import assert from 'node:assert/strict';
import fc from 'fast-check';
import { WireWallet } from '../../src/http/wire-wallet.ts';
import type { UserId } from '../../src/ids.ts';
import { minor } from '../../src/money.ts';
import type { Server } from '../../src/server.ts';
import { assertBooks, get, newPlayer, start } from '../journeys/support.ts';
import { useDatabase } from '../support/database.ts';
import { credit, endHold, grant, hold, newKey, openBook } from '../wallet/fixture.ts';

const BOOK = 1_000_000;

type Op = { readonly kind: 'real' | 'bonus' | 'hold' | 'release' | 'stake'; readonly amount: number };

describe('the names that the documents use for money', () => {
  const database = useDatabase();
  let server: Server;
  before(async () => {
    server = await start(database, []);
    assert.ok((await server.wallet.execute(openBook(BOOK))).ok);
  });
  after(async () => {
    await server.stop();
    await assertBooks(database);
  });

  const names = 'S2-01 S2-02 S2-10 S2-11 S2-20 S2-21 S2-22 S2-23 S2-27';
  it(`${names} are the wallet's own figures, over HTTP and in the view, whatever happened`, async () => {
    const amount = fc.integer({ min: 1, max: 5_000 });
    const kind = fc.constantFrom(
      'real' as const,
      'bonus' as const,
      'hold' as const,
      'release' as const,
      'stake' as const,
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.record({ kind, amount }), { maxLength: 12 }), async (ops) => {
        const player = await newPlayer(server, 1_000);
        for (const op of ops) await carryOut(player.userId, op);
        const wallet = WireWallet.parse(await get(server, '/wallets/me', player));
        assert.equal(wallet.realBalance, wallet.real);
        assert.equal(wallet.bonusBalance, wallet.bonus);
        assert.equal(wallet.totalBalance, wallet.realBalance + wallet.bonusBalance);
        assert.equal(wallet.pending, wallet.held);
        assert.equal(wallet.total, wallet.totalBalance + wallet.pending);
        assert.ok(wallet.withdrawable <= wallet.realBalance);
        const [row] = await rowsOf(player.userId);
        assert.deepEqual(row, expectedRow(wallet));
        const { items } = await get(server, '/wallets/me/ledger?limit=1', player);
        assert.equal(items[0].balance.total, wallet.total, 'the newest line is the last update');
      }),
      { numRuns: 25 },
    );
  });

  it('S2-19 S2-24 S2-26 a row of the view says whose it is, since when and how often', async () => {
    const before = Date.now();
    const { userId } = await newPlayer(server, 5_000);
    await carryOut(userId, { kind: 'stake', amount: 100 });
    const { rows } = await database.admin().query(
      `select id = wallet_id as same, player_id, currency_id, count_balance::int, created_at, updated_at
         from balances where player_id = $1`,
      [userId],
    );
    const { created_at: created, updated_at: updated, ...rest } = rows[0];
    assert.deepEqual(rest, { same: true, player_id: userId, currency_id: 'INR', count_balance: 1 });
    assert.ok(before - 1_000 < created.getTime() && created <= updated && updated.getTime() < Date.now() + 1_000);
  });

  it('S2-26 the counters of the documents are there, at nothing where there is no such thing', async () => {
    const { userId } = await newPlayer(server, 5_000);
    assert.ok((await server.wallet.execute(grant(userId, 100, { requirement: 0 }))).ok);
    const { rows } = await database.admin().query('select * from balances where player_id = $1', [userId]);
    const names =
      'balance tournaments happyhours refunds progress daily_entries invite welcomebonus smsbonus wheelfortune';
    const counts = names.split(' ').map((name) => Number(rows[0][`count_${name}`]));
    assert.deepEqual(counts, [0, 0, 0, 0, 1, 0, 0, 0, 0, 0]);
  });

  it('S4-48 X-08 every change of a balance is a line that says whose it was, and adds up to it', async () => {
    const { userId } = await newPlayer(server, 5_000);
    await carryOut(userId, { kind: 'stake', amount: 100 });
    await carryOut(userId, { kind: 'hold', amount: 700 });
    const { rows } = await database
      .admin()
      .query('select actor, action, amount::int, bucket from balance_audit where user_id = $1 order by seq, amount', [
        userId,
      ]);
    assert.deepEqual(
      rows.map((row) => ({ ...row })),
      [
        { actor: 'SYSTEM', action: `CREDIT:${userId}:5000:CREDIT`, amount: 5_000, bucket: 'real' },
        { actor: 'SYSTEM', action: `DEBIT:${userId}:100:STAKE`, amount: -100, bucket: 'real' },
        { actor: 'SYSTEM', action: `DEBIT:${userId}:700:HOLD`, amount: -700, bucket: 'real' },
        { actor: 'SYSTEM', action: `CREDIT:${userId}:700:HOLD`, amount: 700, bucket: 'held' },
      ],
    );
  });

  it('S2-18 a wallet is found by its player through an index', async () => {
    const { rows } = await database.admin().query(`
      select indexdef from pg_indexes where tablename = 'wallet' and indexname = 'wallet_owner'`);
    assert.match(rows[0]?.indexdef ?? '', /UNIQUE .* \(owner, currency\)$/);
  });

  it('X-02 S2-05 S2-09 S2-13 S2-14 S2-16 money, bonus and rank are one wallet and its rank', async () => {
    const { userId, username } = await newPlayer(server, 300_000);
    await carryOut(userId, { kind: 'bonus', amount: 500 });
    await carryOut(userId, { kind: 'stake', amount: 150_000 });
    const { rows } = await database.admin().query(`
      select u.username, b.bonus_balance::int as bonus, r.name as rank
        from balances b
        join users u on u.id = b.player_id
        join vip_rank r on r.xp_from = (select max(xp_from) from vip_rank where xp_from <= b.xp)
       where b.bonus > 0 and r.level > 0`);
    assert.deepEqual(rows, [{ username, bonus: 500, rank: 'Silver' }]);
  });

  it('S2-17 S2-28 S2-29 money is whole minor units in columns of its own, and JSON only shows it', async () => {
    const { rows } = await database.admin().query(`
      select table_name, column_name from information_schema.columns
       where table_schema = 'public' and data_type in ('json', 'jsonb', 'numeric', 'double precision', 'real', 'money')
         and table_name in ('wallet', 'transfer', 'command', 'closing', 'book', 'balances', 'position', 'hold')`);
    assert.deepEqual(rows, [{ table_name: 'balances', column_name: 'bonuses' }]);
  });

  async function carryOut(owner: UserId, { kind, amount }: Op): Promise<void> {
    if (kind === 'real' || kind === 'bonus') {
      assert.ok((await server.wallet.execute(credit(owner, amount, kind))).ok);
    } else if (kind === 'hold') {
      await server.wallet.execute(hold(owner, amount));
    } else if (kind === 'release') {
      const { rows } = await database
        .admin()
        .query(
          `select h.id::int from hold h join wallet w on w.id = h.wallet where w.owner = $1 and h.status = 'open'`,
          [owner],
        );
      if (rows[0]) assert.ok((await server.wallet.execute(endHold('release', owner, rows[0].id))).ok);
    } else {
      const lines = [{ selection: 0, amount: minor(amount), liability: minor(2 * amount) }];
      const request = `${amount}`;
      await server.wallet.execute({
        ...{ kind, origin: owner, key: newKey(), request, book: BOOK as never, window: 1, lines },
      });
    }
  }

  async function rowsOf(owner: UserId): Promise<readonly unknown[]> {
    const { rows } = await database.admin().query(
      `select amount::int, bonus::int, real_balance::int, bonus_balance::int, total_balance::int, pending::int,
              withdrawable::int, turnover::int, total_real_balance::int, total_bonus_balance::int,
              total_real_losses::int, total_bonus_losses::int, last_update_transaction_id, version::int
         from balances where player_id = $1`,
      [owner],
    );
    return rows;
  }

  function expectedRow(wallet: ReturnType<typeof WireWallet.parse>) {
    return {
      ...{ amount: wallet.realBalance, bonus: wallet.bonusBalance },
      ...{ real_balance: wallet.realBalance, bonus_balance: wallet.bonusBalance, total_balance: wallet.totalBalance },
      ...{ pending: wallet.pending, withdrawable: wallet.withdrawable, turnover: wallet.turnover },
      ...{ total_real_balance: wallet.totalRealBalance, total_bonus_balance: wallet.totalBonusBalance },
      ...{ total_real_losses: wallet.totalRealLosses, total_bonus_losses: wallet.totalBonusLosses },
      ...{ last_update_transaction_id: wallet.lastUpdateTransactionId, version: wallet.version },
    };
  }
});
