import assert from 'node:assert/strict';
import type { Bonuses } from '../../src/bonuses/bonuses.ts';
import { periodOf } from '../../src/bonuses/cashback.ts';
import type { UserId } from '../../src/ids.ts';
import { minor } from '../../src/money.ts';
import { movableClock } from '../accounts/support.ts';
import { Mortality } from '../rounds/mortality.ts';
import { useDatabase } from '../support/database.ts';
import { close, credit, openBook, openWallet, settle, stake, type TestWallet, window } from '../wallet/fixture.ts';
import { DAY_MS } from './examples.ts';
import { addCampaign, addPlayer, assertBonuses, bonusesOf, newBonuses, shown } from './support.ts';

/** The first points of Silver, 5 % cashback, and of Gold, 10 %. */
const [SILVER, GOLD] = [100_000, 500_000];
const WEEK_MS = 7 * DAY_MS;

describe('cashback of a week', () => {
  const database = useDatabase();
  const clock = movableClock();
  let wallet: TestWallet;
  let bonuses: Bonuses;
  let book = 7_000;
  before(async () => {
    // A Monday in the middle of the day: what a test does is within a week.
    clock.advance(periodOf(clock.now()).beginsAt + WEEK_MS + DAY_MS / 2 - clock.now());
    wallet = await openWallet(database.url(), { clock });
    bonuses = newBonuses(database.pool(), wallet.actor, { clock });
  });
  after(() => wallet.end());
  afterEach(() => assertBonuses(database));

  /** Stakes as much and gets so much back. */
  async function play(player: UserId, amount: number, payout = 0): Promise<void> {
    book += 1;
    assert.ok((await wallet.actor.execute(openBook(book))).ok);
    assert.ok((await wallet.actor.execute(credit(player, amount))).ok);
    const staked = await wallet.actor.execute(stake(player, book, amount));
    assert.ok(staked.ok);
    assert.ok((await wallet.actor.execute(window('closeWindow', book, 1))).ok);
    assert.ok((await wallet.actor.execute(settle(book, [close(staked.seq, payout)]))).ok);
  }
  const of = async (player: UserId) => (await bonusesOf(database.pool(), player, clock.now())).map(shown);
  const rows = async (player: UserId) => {
    const { rows: found } = await database.admin().query(
      `select period::text, net_loss::int as at, loss::int, level, amount::int from cashback
        where user_id = $1 order by period`,
      [player],
    );
    return found.map(({ period: _, ...row }) => Object.values(row).join(' '));
  };
  const anotherWeek = async () => {
    clock.advance(WEEK_MS);
    await bonuses.settleCashback();
  };

  it('S2-36 what was lost without a campaign is written down, and never paid for', async () => {
    const player = await addPlayer(database.pool());
    await play(player, SILVER);
    await bonuses.settleCashback();
    assert.deepEqual(await rows(player), [`${SILVER} ${SILVER} 1 0`]);
    await addCampaign(database.pool(), 'CASHBACK', { enabledAt: new Date(clock.now()), wagering: 10_000 });
    await play(player, SILVER);
    await anotherWeek();
    assert.deepEqual((await rows(player)).at(-1), `${2 * SILVER} ${SILVER} 1 0`, 'the week began before it');
    assert.deepEqual(await of(player), []);
    await play(player, 10_001);
    await anotherWeek();
    assert.deepEqual((await rows(player)).at(-1), `210001 10001 1 500`);
    assert.deepEqual(await of(player), ['ACTIVE 500/50000']);
  });

  it('S2-09 S2-36 is the part that the rank says, at most the maximum, once', async () => {
    await database.admin().query(`update bonus_campaign set max_amount = 60000`);
    const [bronze, gold, rich, winner, staff] = [
      await addPlayer(database.pool()),
      await addPlayer(database.pool()),
      await addPlayer(database.pool()),
      await addPlayer(database.pool()),
      await addPlayer(database.pool(), { role: 'ADMIN' }),
    ] as const;
    await play(bronze, SILVER - 1);
    await play(gold, GOLD, 100_001);
    await play(rich, 2 * GOLD);
    await play(winner, GOLD, 2 * GOLD);
    await play(staff, GOLD);
    const other = newBonuses(database.pool(), wallet.actor, { clock });
    clock.advance(WEEK_MS);
    await Promise.all([bonuses, other, bonuses, other].map((each) => each.settleCashback()));
    assert.deepEqual(await of(bronze), []);
    assert.deepEqual(await of(gold), ['ACTIVE 39999/3999900']);
    assert.deepEqual(await of(rich), ['ACTIVE 60000/6000000']);
    assert.deepEqual([await of(winner), await of(staff)], [[], []]);
    assert.deepEqual(await rows(winner), [`-${GOLD} -${GOLD} 2 0`]);
    await play(gold, 50_000);
    clock.advance(DAY_MS);
    await bonuses.settleCashback();
    assert.deepEqual(
      await of(gold),
      ['ACTIVE 39999/3999900'],
      'the week is settled, what was lost since is the next one’s',
    );
    await anotherWeek();
    assert.deepEqual(await of(gold), ['ACTIVE 39999/3999900', 'ACTIVE 5000/500000']);
    await anotherWeek();
    assert.equal((await of(gold)).length, 2, 'nothing was lost since');
  });

  it('a server that was away for weeks settles them once, as one', async () => {
    const player = await addPlayer(database.pool());
    await play(player, SILVER);
    clock.advance(3 * WEEK_MS);
    for (let time = 0; time < 2; time++) await bonuses.settleCashback();
    assert.deepEqual(await rows(player), [`${SILVER} ${SILVER} 1 5000`]);
    assert.deepEqual(await of(player), ['ACTIVE 5000/500000']);
  });

  it('killed before or after any of its effects it is settled once, for all of its players', async () => {
    const players = [await addPlayer(database.pool()), await addPlayer(database.pool())];
    for (const after of [false, true]) {
      for (let step = 1; ; step++) {
        for (const player of players) await play(player, SILVER);
        clock.advance(WEEK_MS);
        const before = await Promise.all(players.map(of));
        const mortality = new Mortality(step, after);
        const mortal = newBonuses(mortality.database(database.pool()), mortality.wallet(wallet.actor), { clock });
        await mortal.settleCashback().catch((error: Error) => assert.equal(error.message, 'killed'));
        await bonuses.settleCashback();
        await bonuses.sweep();
        for (const [index, player] of players.entries()) {
          const since = (await of(player)).slice(before[index]?.length);
          assert.equal(since.length, 1, `killed at ${step}`);
        }
        if (!mortality.dead) break;
      }
    }
  });

  it('S2-36 of two campaigns at once there cannot be both', async () => {
    await assert.rejects(
      addCampaign(database.pool(), 'CASHBACK', { maxAmount: minor(1) }),
      /bonus_campaign_cashback|unique/i,
    );
  });
});
