import assert from 'node:assert/strict';
import type { Identity } from '../../src/accounts/identity.ts';
import { auditBonuses } from '../../src/bonuses/audit.ts';
import type { Campaign } from '../../src/bonuses/campaign.ts';
import { type UserId, uuid7 } from '../../src/ids.ts';
import { minor } from '../../src/money.ts';
import { accepted, movableClock } from '../accounts/support.ts';
import { newAdmins } from '../cashier/support.ts';
import { useDatabase } from '../support/database.ts';
import {
  close,
  credit,
  endBonus,
  grant,
  newKey,
  openBook,
  openWallet,
  settle,
  stake,
  type TestWallet,
  window,
} from '../wallet/fixture.ts';
import { DAY_MS } from './examples.ts';
import { addCampaign, addDeposit, addPlayer, assertBonuses, newBonuses } from './support.ts';

const BOOK = 9_000;
const LOST = 100_000;

describe('the audit of bonuses', () => {
  const database = useDatabase();
  const clock = movableClock();
  let wallet: TestWallet;
  let player: UserId;
  let other: UserId;

  before(async () => {
    wallet = await openWallet(database.url(), { clock });
    const bonuses = newBonuses(database.pool(), wallet.actor, { clock });
    const [admin] = (await newAdmins(database.pool(), 1)) as [Identity];
    const manual = await addCampaign(database.pool(), 'MANUAL');
    await addCampaign(database.pool(), 'CASHBACK');
    [player, other] = [await addPlayer(database.pool()), await addPlayer(database.pool())];
    const gift = { campaign: manual.id, userId: player, reason: 'kind' };
    for (const amount of [5_000, 6_000]) {
      accepted(await bonuses.give(admin, { ...gift, amount: minor(amount), key: newKey() }));
    }
    const { rows } = await database.admin().query('select id from bonus_award where amount = 6000');
    accepted(await bonuses.decline(player, rows[0].id));
    clock.advance(14 * DAY_MS);
    for (const command of [openBook(BOOK), credit(player, LOST)]) assert.ok((await wallet.actor.execute(command)).ok);
    const staked = await wallet.actor.execute(stake(player, BOOK, LOST));
    assert.ok(staked.ok);
    for (const command of [window('closeWindow', BOOK, 1), settle(BOOK, [close(staked.seq, 0)])]) {
      assert.ok((await wallet.actor.execute(command)).ok);
    }
    await bonuses.settleCashback();
    assert.equal((await database.admin().query('select from cashback where amount = 5000')).rowCount, 1);
  });
  after(() => wallet.end());
  afterEach(() => assertBonuses(database));

  const found = async () =>
    (await auditBonuses(database.pool())).flatMap(({ check, broken }) => broken.map(() => check));

  /** What it finds after a statement, which is then taken back by another. */
  async function findings(statement: string, back: string): Promise<readonly string[]> {
    await database.admin().query(statement);
    try {
      return await found();
    } finally {
      await database.admin().query(back);
    }
  }

  const awards = 'awards against bonuses';
  const cashback = 'cashback against losses';
  const cases: readonly [string, string, string, string][] = [
    [
      'an award of another amount',
      'bonus_award set amount = 5001 where amount = 5000 and given_by is not null',
      'bonus_award set amount = 5000 where amount = 5001',
      awards,
    ],
    [
      'one that asks for less',
      'bonus_award set requirement = 1 where amount = 6000',
      'bonus_award set requirement = 180000 where amount = 6000',
      awards,
    ],
    [
      'one that lasts longer',
      'bonus_award set valid_days = 31 where amount = 6000',
      'bonus_award set valid_days = 30 where amount = 6000',
      awards,
    ],
    [
      'one of a bonus that there is not',
      'bonus_award set grant_id = grant_id + 1000 where amount = 6000',
      'bonus_award set grant_id = grant_id - 1000 where amount = 6000',
      awards,
    ],
    ['a loss that is another', 'cashback set loss = loss + 1', 'cashback set loss = loss - 1', 'losses of players'],
    ['more back than the rank says', 'cashback set rate = rate - 1', 'cashback set rate = rate + 1', cashback],
    [
      'another amount than was awarded',
      'cashback set amount = amount - 1',
      'cashback set amount = amount + 1',
      cashback,
    ],
  ];
  for (const [what, statement, back, check] of cases) {
    it(`finds ${what}`, async () => {
      const broken = await findings(`update ${statement}`, `update ${back}`);
      assert.ok(broken.includes(check), `found ${broken.join() || 'nothing'}`);
    });
  }

  it('finds another’s bonus', async () => {
    const of = (userId: string) =>
      `update bonus_award set user_id = '${userId}' where amount = 5000 and given_by is not null`;
    assert.deepEqual(await findings(of(other), of(player)), [awards]);
  });

  it('finds one that was to end and has not', async () => {
    const statement = `update bonus_award set ending = 'DECLINED', ending_by = user_id, ending_at = now(), ended = true
                        where amount = 5000 and given_by is not null`;
    const back = `update bonus_award set ended = false, ending = null, ending_by = null, ending_at = null
                   where amount = 5000 and given_by is not null`;
    assert.deepEqual(await findings(statement, back), [awards]);
  });

  it('finds a gift that is not in the audit log', async () => {
    const [admin, stranger] = (await newAdmins(database.pool(), 2)) as [Identity, Identity];
    const { rows } = await database.admin().query('select given_by from bonus_award where amount = 6000');
    const by = (userId: string) => `update bonus_award set given_by = '${userId}' where amount = 6000`;
    assert.notEqual(admin.userId, stranger.userId);
    assert.deepEqual(await findings(by(stranger.userId), by(rows[0].given_by)), ['gifts against the audit log']);
  });

  it('finds cashback for no loss on record', async () => {
    const id = uuid7<string>(Date.now());
    const statement = `
      insert into bonus_award (id, campaign, user_id, ref, amount, currency, requirement, valid_days, games,
                               contributions, status, created_at)
      select '${id}', k.id, '${other}', '2026-01-05', 7, 'INR', 210, 7, '{*}', '{10000}', 'PENDING', now()
        from bonus_campaign k where k.kind = 'CASHBACK'`;
    assert.deepEqual(await findings(statement, `delete from bonus_award where id = '${id}'`), [
      'cashback without a loss',
    ]);
  });

  /** One that nothing is the reason for, and what takes it back. */
  function stray(campaign: Campaign, userId: UserId, more: Record<string, string | number> = {}): [string, string] {
    const id = uuid7<string>(Date.now());
    const { ref, amount, requirement } = { ref: 'once', amount: 10_000, requirement: 300_000, ...more };
    const text = `
      insert into bonus_award (id, campaign, user_id, ref, amount, currency, requirement, valid_days, games,
                               contributions, status, created_at)
      values ('${id}', '${campaign.id}', '${userId}', '${ref}', ${amount}, 'INR', ${requirement}, 7, '{*}', '{10000}',
              'PENDING', now())`;
    return [text, `delete from bonus_award where id = '${id}'`];
  }

  it('finds one for something that has not happened', async () => {
    const occasions = 'awards against their occasions';
    const add = (kind: Campaign['kind'], more = {}) => addCampaign(database.pool(), kind, more);
    const signUp = await add('SIGN_UP', { enabledAt: null });
    const deposit = await add('DEPOSIT', { enabledAt: null });
    const once = await add('DEPOSIT', { enabledAt: null, oncePerPlayer: true });
    const referral = await add('REFERRAL', { enabledAt: null });
    const early = await addPlayer(database.pool(), { atMs: Date.now() - DAY_MS });
    const brought = await addPlayer(database.pool(), { referredBy: early });
    assert.deepEqual(await findings(...stray(signUp, early)), [occasions], 'signed up before there was one');
    assert.deepEqual(await findings(...stray(signUp, other, { ref: 'twice' })), [occasions]);
    assert.deepEqual(await findings(...stray(signUp, other)), []);
    const paid = await addDeposit(database.pool(), other, 20_000);
    for (const ref of [uuid7<string>(Date.now()), 'once']) {
      assert.deepEqual(await findings(...stray(deposit, other, { ref })), [occasions]);
    }
    assert.deepEqual(await findings(...stray(deposit, early, { ref: paid })), [occasions], 'of another');
    assert.deepEqual(await findings(...stray(once, early)), [occasions]);
    assert.deepEqual(await findings(...stray(deposit, other, { ref: paid })), []);
    assert.deepEqual(await findings(...stray(once, other)), []);
    assert.deepEqual(await findings(...stray(referral, early, { ref: brought })), [occasions], 'nothing paid in yet');
    await addDeposit(database.pool(), brought, 20_000);
    assert.deepEqual(await findings(...stray(referral, other, { ref: brought })), [occasions], 'brought by another');
    assert.deepEqual(await findings(...stray(referral, early, { ref: brought })), []);
  });

  it('finds one that promises other things than its campaign', async () => {
    const terms = 'awards against their campaigns';
    const signUp = await addCampaign(database.pool(), 'SIGN_UP', { enabledAt: null });
    const deposit = await addCampaign(database.pool(), 'DEPOSIT', { enabledAt: null });
    const ref = await addDeposit(database.pool(), other, 20_000);
    for (const [campaign, more] of [
      [signUp, { requirement: 299_999 }],
      [signUp, { amount: 9_999, requirement: 299_970 }],
      [deposit, { ref, amount: 100_001, requirement: 3_000_030 }],
      [deposit, { ref, requirement: 300_001 }],
    ] as const) {
      assert.deepEqual(await findings(...stray(campaign, other, more)), [terms]);
    }
    const since = new Date();
    const changed = await addCampaign(database.pool(), 'SIGN_UP', { enabledAt: null, wagering: 1, changedAt: since });
    assert.deepEqual(await findings(...stray(changed, other)), [], 'its terms were others before');
  });

  it('finds a bonus that was awarded to nobody', async () => {
    const given = await wallet.actor.execute(grant(other, 1_000));
    assert.ok(given.ok);
    const broken = (await auditBonuses(database.pool())).flatMap((finding) => finding.broken);
    assert.deepEqual(broken, [`bonus ${given.seq} of ${other} over 1000 was awarded to nobody`]);
    assert.ok((await wallet.actor.execute(endBonus(other, given.seq))).ok);
    await database.admin().query(
      `insert into bonus_award (id, campaign, user_id, ref, amount, currency, requirement, valid_days, games,
                                contributions, status, grant_id, asked_at, created_at, decided_at)
       select gen_random_uuid(), k.id, w.owner, 'x', g.amount, 'INR', g.requirement, 1, '{*}', '{10000}', 'GRANTED',
              g.id, to_timestamp(g.expires_at / 1000.0) - interval '1 day', k.changed_at, now()
         from bonus_grant g, wallet w, bonus_campaign k
        where g.id = $1 and w.id = g.wallet and k.kind = 'MANUAL'`,
      [given.seq],
    );
  });
});
