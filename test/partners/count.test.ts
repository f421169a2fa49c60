import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { UserId } from '../../src/ids.ts';
import { countClosed } from '../../src/partners/count.ts';
import type { Adjust, OpenBook } from '../../src/wallet/command.ts';
import { assertProjections, newPartner, type Partner, refer } from '../rounds/followed.ts';
import { useDatabase } from '../support/database.ts';
import {
  cancel,
  close,
  closePool,
  credit,
  GAME,
  grant,
  newUser,
  openBook,
  openPool,
  openWallet,
  settle,
  slip,
  stake,
  type TestWallet,
  voidBook,
  window,
} from '../wallet/fixture.ts';

describe('what is counted for partners', () => {
  const database = useDatabase();
  const { signal } = new AbortController();
  let wallet: TestWallet;
  let books = 100;
  before(async () => {
    wallet = await openWallet(database.url());
  });
  after(() => wallet.end());
  afterEach(() => assertProjections(database));

  const count = () => countClosed(database.pool(), signal);
  const does = async (command: Parameters<TestWallet['actor']['execute']>[0]) => {
    const answer = await wallet.actor.execute(command);
    if (!answer.ok) assert.fail(`${command.kind}: ${answer.code}`);
    return answer;
  };
  const newBook = async () => {
    books += 1;
    await does(openBook(books));
    return books;
  };
  async function people(count: number, { balance = 100_000 } = {}): Promise<[Partner, UserId[]]> {
    const partner = await newPartner(database.pool(), database.admin());
    const players = Array.from({ length: count }, newUser);
    await refer(database.admin(), partner, players);
    for (const player of players) await does(credit(player, balance));
    return [partner, players];
  }
  async function sumsOf({ id }: Partner): Promise<unknown> {
    const { rows } = await database.admin().query({
      text: `select game, sum(bets)::int, sum(staked)::int, sum(paid)::int, sum(real_staked)::int, sum(real_paid)::int,
                    sum(converted)::int
               from partner_rollup where partner_id = $1 group by game order by game`,
      values: [id],
      rowMode: 'array',
    });
    return rows;
  }

  it('S0-52 S0-53 S0-54 every closed position of a referred player, in any game; no undone or void one', async () => {
    const [partner, [ann, bob]] = (await people(2)) as [Partner, [UserId, UserId]];
    const stranger = newUser();
    await does(credit(stranger, 1_000));
    const book = await newBook();
    const won = (await does(stake(ann, book, 400))).seq;
    const lost = (await does(stake(bob, book, 300))).seq;
    const other = (await does(stake(stranger, book, 1_000))).seq;
    const undone = (await does(stake(ann, book, 50))).seq;
    await does(cancel(ann, book, undone));
    const back = (await does(stake(ann, book, 60))).seq;
    const open = await newBook();
    await does(stake(ann, open, 70));
    const taken = await newBook();
    const gone = (await does(stake(bob, taken, 80))).seq;
    await does(voidBook(taken, [gone]));
    await does(window('closeWindow', book, 1));
    await does(settle(book, [close(won, 700), close(lost, 0), close(other, 0), close(back, 60, 'refunded')]));
    assert.deepEqual(
      (await count()).map(({ partnerId }) => partnerId),
      [partner.id],
    );
    assert.deepEqual(await sumsOf(partner), [[GAME, 3, 760, 760, 760, 760, 0]]);
    assert.deepEqual(await count(), [], 'nothing has happened since');
  });

  it('lines of a pool, those that won one by one and those that are lost with it', async () => {
    const [partner, [ann, bob]] = (await people(2)) as [Partner, [UserId, UserId]];
    books += 1;
    await does(openPool(books));
    const first = (await does(slip(ann, books, ['1:100', '2:200', '3:300']))).seq;
    await does(slip(bob, books, ['2:50']));
    await does(window('closeWindow', books, -1));
    await does(settle(books, [close(first, 8_000)], false));
    await count();
    assert.deepEqual(await sumsOf(partner), [[GAME, 1, 100, 8_000, 100, 8_000, 0]]);
    const { rows } = await database.admin().query('select wallet::int from pool_player where book = $1', [books]);
    await does(
      closePool(
        books,
        rows.map((row) => row.wallet),
      ),
    );
    await count();
    assert.deepEqual(await sumsOf(partner), [[GAME, 4, 650, 8_000, 650, 8_000, 0]]);
  });

  /** At a desk of this kind: three of four end. */
  async function endsAtDesk(standing: 'margin' | 'stake'): Promise<Partner> {
    const [partner, [ann]] = (await people(1)) as [Partner, [UserId]];
    books += 1;
    await does({ ...(openBook(books) as OpenBook), standing });
    const positions = [];
    for (const amount of [1_000, 2_000, 3_000, 4_000]) positions.push((await does(stake(ann, books, amount))).seq);
    const [gain, part, gone] = positions as [number, number, number];
    await does(settle(books, [close(gain, 1_700), close(part, 500), close(gone, 0)], false));
    await count();
    return partner;
  }

  it('stakes that end at a desk', async () => {
    assert.deepEqual(await sumsOf(await endsAtDesk('stake')), [[GAME, 3, 6_000, 2_200, 6_000, 2_200, 0]]);
  });

  it('nothing that a partner was paid from the wallet of collectors, as all of them were once', async () => {
    const [partner] = await people(1);
    const sub = await newPartner(database.pool(), database.admin());
    await database.admin().query('update users set referred_by = $1 where id = $2', [partner.userId, sub.userId]);
    const { seq } = await does({ ...(credit(sub.userId, 300) as Adjust), from: 'commission' });
    await database.admin().query(
      `insert into partner_statement (id, partner_id, period, currency, bets, staked, paid, real_staked, real_paid,
                                      converted, shown_staked, shown_paid, shown_ggr, shown_ngr, share_percentage,
                                      commission_rate, carry_over, earned, carried_in, due, carried_out, status,
                                      closed_at, approved_by, approved_at, paid_by, paid_at, moved, moved_at, rules)
       values (gen_random_uuid(), $1, '2025-10-01', 'INR', 1, 6000, 0, 6000, 0, 0, 3000, 0, 3000, 3000, 5000, 1000,
               'none', 300, 0, 300, 0, 'PAID', now(), $2, now(), $3, now(), $4, now(), 1)`,
      [sub.id, partner.userId, sub.userId, seq],
    );
    await count();
    assert.deepEqual(await sumsOf(partner), []);
  });

  it('no margins: LONG and SHORT closed on either side of a month would be a commission for nothing', async () => {
    assert.deepEqual(await sumsOf(await endsAtDesk('margin')), []);
  });

  it('bonus money counts in the bets; of the net (DOMAIN 5) it is what became real of it', async () => {
    const [partner, [ann]] = (await people(1, { balance: 100 })) as [Partner, [UserId]];
    await does(grant(ann, 1_000, { requirement: 500 }));
    const book = await newBook();
    const mixed = (await does(stake(ann, book, 400))).seq;
    await does(window('closeWindow', book, 1));
    await does(settle(book, [close(mixed, 800)]));
    await count();
    assert.deepEqual(await sumsOf(partner), [[GAME, 1, 400, 800, 100, 200, 0]]);
    const next = await newBook();
    const last = (await does(stake(ann, next, 300))).seq;
    await does(window('closeWindow', next, 1));
    await does(settle(next, [close(last, 0)]));
    await count();
    assert.deepEqual(await sumsOf(partner), [
      ['bonuses', 0, 0, 0, 0, 0, 1_200],
      [GAME, 2, 700, 800, 300, 200, 0],
    ]);
  });

  it('what was closed before somebody became a partner is not theirs, whenever it is counted', async () => {
    const [partner, [ann]] = (await people(1)) as [Partner, [UserId]];
    const late = newUser();
    const lateBook = await newBook();
    await does(credit(late, 1_000));
    const before = (await does(stake(late, lateBook, 100))).seq;
    const after = (await does(stake(late, lateBook, 10))).seq;
    await does(window('closeWindow', lateBook, 1));
    await does(settle(lateBook, [close(before, 0)], false));
    const second = await newPartner(database.pool(), database.admin());
    await refer(database.admin(), second, [late]);
    await does(settle(lateBook, [close(after, 0)]));
    await count();
    assert.deepEqual(await sumsOf(second), [[GAME, 1, 10, 0, 10, 0, 0]]);
    assert.deepEqual([await sumsOf(partner), ann.length], [[], 36]);
  });

  it('S0-94 counted by several at once, and cut off, it comes to the same', async () => {
    const [partner, players] = await people(3);
    const bet = fc.record({ who: fc.nat(2), amount: fc.integer({ min: 1, max: 99 }), pays: fc.nat(200) });
    await fc.assert(
      fc.asyncProperty(fc.array(bet, { minLength: 1, maxLength: 6 }), async (bets) => {
        const book = await newBook();
        const seqs = [];
        for (const { who, amount } of bets) seqs.push((await does(stake(players[who] as UserId, book, amount))).seq);
        await does(window('closeWindow', book, 1));
        const closes = seqs.map((seq, index) => close(seq, bets[index]?.pays ?? 0));
        for (const [index, one] of closes.entries()) await does(settle(book, [one], index === closes.length - 1));
        await Promise.all([count(), count(), countClosed(database.pool(), AbortSignal.abort())]);
        await assertProjections(database);
      }),
      { numRuns: 8 },
    );
    assert.notDeepEqual(await sumsOf(partner), []);
  });
});
