import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { UserId } from '../../src/ids.ts';
import { countClosed } from '../../src/partners/count.ts';
import type { Close, Command } from '../../src/wallet/command.ts';
import { assertProjections, newPartner, type Partner, refer } from '../rounds/followed.ts';
import { useDatabase } from '../support/database.ts';
import {
  cancel,
  close,
  credit,
  endBonus,
  GAME,
  grant,
  newUser,
  openBook,
  openWallet,
  settle,
  stake,
  type TestWallet,
  voidBook,
  window,
} from '../wallet/fixture.ts';

/** How a bet ends. */
const ENDS = ['undone', 'void', 'refunded', 'won', 'lost'] as const;
type End = (typeof ENDS)[number];

interface Bet {
  readonly seq: number;
  readonly amount: number;
}

describe('what bonuses cost partners', () => {
  const database = useDatabase();
  let wallet: TestWallet;
  let books = 100;
  before(async () => {
    wallet = await openWallet(database.url());
  });
  after(() => wallet.end());
  afterEach(() => assertProjections(database));

  const count = () => countClosed(database.pool(), new AbortController().signal);
  const does = async (command: Command) => {
    const answer = await wallet.actor.execute(command);
    if (!answer.ok) assert.fail(`${command.kind}: ${answer.code}`);
    return answer.seq;
  };
  const newBook = async () => {
    books += 1;
    await does(openBook(books));
    return books;
  };
  async function player(balance: number): Promise<readonly [Partner, UserId]> {
    const partner = await newPartner(database.pool(), database.admin());
    const who = newUser();
    await refer(database.admin(), partner, [who]);
    await does(credit(who, balance));
    return [partner, who];
  }

  async function finish(who: UserId, book: number, bets: readonly Bet[], end: End): Promise<void> {
    const seqs = bets.map(({ seq }) => seq);
    if (end === 'void') return void (await does(voidBook(book, seqs)));
    if (end === 'undone') for (const seq of seqs) await does(cancel(who, book, seq));
    await does(window('closeWindow', book, 1));
    const pays = { undone: 0, refunded: 1, won: 2, lost: 0 }[end];
    const closes = bets.map(({ seq, amount }) => close(seq, pays * amount, end as Close['outcome']));
    await does(settle(book, end === 'undone' ? [] : closes));
  }

  /** By game: bets, staked, paid, of these the real money, and what was converted. */
  async function sumsOf({ id }: Partner): Promise<Readonly<Record<string, string>>> {
    const { rows } = await database.admin().query(
      `select game, concat_ws(' ', sum(bets), sum(staked), sum(paid), sum(real_staked), sum(real_paid),
                              sum(converted)) as sums
         from partner_rollup where partner_id = $1 group by game`,
      [id],
    );
    return Object.fromEntries(rows.map(({ game, sums }) => [game, sums]));
  }

  /** Of a partner's only player, with nothing at stake: the net is what is gone of the money that they came with. */
  async function assertNet({ id }: Partner, who: UserId, credited: number): Promise<void> {
    const { rows } = await database.admin().query(
      `select (select coalesce(sum(real_staked - real_paid - converted), 0)::int
                 from partner_rollup where partner_id = $1) as net,
              (select real::int from wallet where owner = $2) as real`,
      [id, who],
    );
    assert.equal(rows[0].net, credited - rows[0].real);
  }

  for (const end of ENDS) {
    it(`DOMAIN 5: a bet ${end} after its bonus was completed`, async () => {
      const [partner, ann] = await player(100);
      await does(grant(ann, 1_000, { requirement: 300 }));
      const [kept, other] = [await newBook(), await newBook()];
      const bet = { seq: await does(stake(ann, kept, 300)), amount: 300 };
      await finish(ann, other, [{ seq: await does(stake(ann, other, 300)), amount: 300 }], 'lost');
      await finish(ann, kept, [bet], end);
      await count();
      const expected = {
        undone: { bonuses: '0 0 0 0 0 700', [GAME]: '1 300 0 0 0 0' },
        void: { bonuses: '0 0 0 0 0 700', [GAME]: '1 300 0 0 0 0' },
        refunded: { bonuses: '0 0 0 0 0 500', [GAME]: '2 600 300 100 300 0' },
        won: { bonuses: '0 0 0 0 0 500', [GAME]: '2 600 600 100 600 0' },
        lost: { bonuses: '0 0 0 0 0 500', [GAME]: '2 600 0 100 0 0' },
      };
      assert.deepEqual(await sumsOf(partner), expected[end]);
      await assertNet(partner, ann, 100);
    });

    it(`a bet ${end} after its bonus was taken back`, async () => {
      const [partner, ann] = await player(100);
      const bonus = await does(grant(ann, 1_000));
      const book = await newBook();
      const bet = { seq: await does(stake(ann, book, 300)), amount: 300 };
      await does(endBonus(ann, bonus));
      await finish(ann, book, [bet], end);
      await count();
      assert.equal('bonuses' in (await sumsOf(partner)), false);
      await assertNet(partner, ann, 100);
    });
  }

  it('DOMAIN 5: the net is what players no longer have of their own money, whatever their bonuses do', async () => {
    const step = fc.record({
      kind: fc.oneof(
        { weight: 4, arbitrary: fc.constant('bonus' as const) },
        { weight: 10, arbitrary: fc.constant('bet' as const) },
        { weight: 5, arbitrary: fc.constant('end' as const) },
        { weight: 3, arbitrary: fc.constant('undo' as const) },
        { weight: 3, arbitrary: fc.constantFrom('gift' as const, 'taken back' as const, 'count' as const) },
      ),
      amount: fc.integer({ min: 1, max: 100 }),
      book: fc.nat(2),
      end: fc.constantFrom(...ENDS),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 40 }), async (steps) => {
        // Little of their own, and little to be played through: bonuses are at stake, and completed meanwhile.
        const [partner, ann] = await player(10);
        const bonuses: number[] = [];
        const open = [0, 1, 2].map(() => ({ number: 0, bets: [] as Bet[] }));
        for (const one of open) one.number = await newBook();
        for (const { kind, amount, book, end } of steps) {
          const at = open[book] ?? assert.fail();
          if (kind === 'bonus') {
            const answer = await wallet.actor.execute(grant(ann, amount, { requirement: Math.ceil(amount / 10) }));
            if (answer.ok) bonuses.push(answer.seq);
          }
          if (kind === 'gift') await wallet.actor.execute(grant(ann, amount, { requirement: 0 }));
          if (kind === 'taken back') await wallet.actor.execute(endBonus(ann, bonuses.pop() ?? 0));
          if (kind === 'bet') {
            const answer = await wallet.actor.execute(stake(ann, at.number, amount));
            if (answer.ok) at.bets.push({ seq: answer.seq, amount });
          }
          if (kind === 'undo') for (const { seq } of at.bets.splice(-1)) await does(cancel(ann, at.number, seq));
          if (kind === 'end') {
            await finish(ann, at.number, at.bets.splice(0), end);
            at.number = await newBook();
          }
          if (kind === 'count') await count();
        }
        for (const { number, bets } of open) await finish(ann, number, bets, 'lost');
        await count();
        await assertNet(partner, ann, 10);
        await assertProjections(database);
      }),
      { numRuns: 20 },
    );
  });
});
