import assert from 'node:assert/strict';
import type { Identity } from '../../src/accounts/identity.ts';
import type { AwardId } from '../../src/bonuses/award.ts';
import type { Bonuses } from '../../src/bonuses/bonuses.ts';
import type { Campaign } from '../../src/bonuses/campaign.ts';
import type { Gift } from '../../src/bonuses/give.ts';
import type { UserId } from '../../src/ids.ts';
import { minor } from '../../src/money.ts';
import { isRefusal } from '../../src/refusal.ts';
import type { Wallet } from '../../src/rounds/insist.ts';
import { ACTIVE_GRANTS_MAX } from '../../src/wallet/bonus.ts';
import { accepted, assertRefused, movableClock } from '../accounts/support.ts';
import { newAdmins } from '../cashier/support.ts';
import { useDatabase } from '../support/database.ts';
import { credit, exclude, hold, newKey, openWallet, type TestWallet } from '../wallet/fixture.ts';
import { DAY_MS } from './examples.ts';
import { addCampaign, addDeposit, addPlayer, assertBonuses, bonusesOf, newBonuses, shown } from './support.ts';

describe('bonuses, when much happens at once', () => {
  const database = useDatabase();
  const clock = movableClock();
  let wallet: TestWallet;
  let bonuses: Bonuses;
  let manual: Campaign;
  let ann: Identity;
  let bob: Identity;
  before(async () => {
    wallet = await openWallet(database.url(), { clock });
    bonuses = newBonuses(database.pool(), wallet.actor, { clock });
    manual = await addCampaign(database.pool(), 'MANUAL');
    [ann, bob] = (await newAdmins(database.pool(), 2)) as [Identity, Identity];
  });
  after(() => wallet.end());
  afterEach(() => assertBonuses(database));

  const giftTo = (userId: UserId, amount = 5_000): Gift => {
    return { campaign: manual.id, userId, amount: minor(amount), reason: 'kind', key: newKey() };
  };
  const of = async (userId: UserId) => await bonusesOf(database.pool(), userId, clock.now());
  const counts = (all: readonly { readonly status: string }[]) =>
    Object.fromEntries([...Map.groupBy(all, ({ status }) => status)].map(([status, each]) => [status, each.length]));

  it('S2-08 an occasion that is heard of and found by two processes at once is one bonus', async () => {
    await addCampaign(database.pool(), 'SIGN_UP');
    await addCampaign(database.pool(), 'DEPOSIT');
    const other = newBonuses(database.pool(), wallet.actor, { clock });
    const player = await addPlayer(database.pool());
    const deposit = await addDeposit(database.pool(), player, 20_000);
    const signUp = { id: player, role: 'PLAYER', createdAt: new Date() } as const;
    await Promise.all([
      ...[bonuses, other].flatMap((each) => [each.sweep(), each.signedUp(signUp), each.credited(deposit)]),
      ...[bonuses, other].map((each) => each.sweep()),
    ]);
    assert.deepEqual((await of(player)).map(shown).sort(), ['ACTIVE 10000/300000', 'ACTIVE 10000/300000']);
    await database.admin().query(`update bonus_campaign set enabled_at = null where kind <> 'MANUAL'`);
  });

  it('X-04 the same gift under one key is one bonus, another gift under it is refused', async () => {
    const player = await addPlayer(database.pool());
    const gift = giftTo(player);
    const answers = await Promise.all([1, 2, 3].map(() => bonuses.give(ann, gift)));
    const ids = new Set(answers.map((answer) => accepted(answer).id));
    assert.equal(ids.size, 1);
    for (const more of [{ amount: minor(5_001) }, { reason: 'other' }, { userId: await addPlayer(database.pool()) }]) {
      assertRefused(await bonuses.give(ann, { ...gift, ...more }), 'IDEMPOTENCY_KEY_REUSED');
    }
    const others = accepted(await bonuses.give(bob, gift));
    assert.ok(!ids.has(others.id), 'keys are each giver’s own');
    assert.equal((await of(player)).length, 2);
    const { rows } = await database.admin().query(
      `select actor, amount::int, reason from audit_log
        where action = 'bonus.give' and after->>'userId' = $1 order by seq`,
      [player],
    );
    assert.deepEqual(
      rows,
      [ann, bob].map(({ userId: actor }) => ({ actor, amount: 5_000, reason: 'kind' })),
    );
  });

  it('of several who want it over one is heard', async () => {
    for (let round = 0; round < 5; round++) {
      const player = await addPlayer(database.pool());
      const { id } = accepted(await bonuses.give(ann, giftTo(player)));
      const ends = await Promise.all([
        bonuses.cancel(ann, id, 'first'),
        bonuses.decline(player, id),
        bonuses.cancel(bob, id, 'second'),
        bonuses.decline(player, id),
      ]);
      const won = ends.filter((end) => !isRefusal(end));
      assert.equal(won.length, 1);
      for (const end of ends) if (isRefusal(end)) assert.match(end.code, /^(ALREADY_DECIDED|NOT_OPEN)$/);
      const [bonus] = await of(player);
      assert.deepEqual([bonus?.status, bonus?.balance], ['CANCELLED', 0n]);
      const { rows } = await database
        .admin()
        .query(`select actor from audit_log where action = 'bonus.cancel' and target = $1`, [`bonus:${id}`]);
      assert.equal(rows.length, bonus?.outcome === 'cancelled' ? 1 : 0);
    }
  });

  it(`S2-35 beyond ${ACTIVE_GRANTS_MAX} at a time bonuses wait, and come in their order as there is room`, async () => {
    const player = await addPlayer(database.pool());
    const ids: AwardId[] = [];
    for (let count = 0; count < ACTIVE_GRANTS_MAX + 3; count++) {
      ids.push(accepted(await bonuses.give(ann, giftTo(player, 1_000 + count))).id);
    }
    assert.deepEqual(counts(await of(player)), { ACTIVE: ACTIVE_GRANTS_MAX, PENDING: 3 });
    await bonuses.sweep();
    assert.deepEqual(counts(await of(player)), { ACTIVE: ACTIVE_GRANTS_MAX, PENDING: 3 });
    const [first, second, waiting] = [ids[0], ids[1], ids.at(-3)] as [AwardId, AwardId, AwardId];
    const dropped = accepted(await bonuses.decline(player, waiting));
    assert.deepEqual([dropped.status, dropped.outcome], ['CANCELLED', 'declined']);
    accepted(await bonuses.decline(player, first));
    assert.deepEqual(counts(await of(player)), { ACTIVE: ACTIVE_GRANTS_MAX - 1, CANCELLED: 2, PENDING: 2 });
    const late = accepted(await bonuses.give(ann, giftTo(player)));
    assert.equal(late.status, 'PENDING', 'who comes later waits behind who waits');
    await Promise.all([bonuses.sweep(), bonuses.sweep()]);
    const now = await of(player);
    assert.deepEqual(counts(now), { ACTIVE: ACTIVE_GRANTS_MAX, CANCELLED: 2, PENDING: 2 });
    assert.equal(now.find(({ id }) => id === ids.at(-2))?.status, 'ACTIVE');
    accepted(await bonuses.cancel(ann, second, 'to make room'));
    clock.advance(29 * DAY_MS);
    await bonuses.sweep();
    assert.equal((await of(player)).find(({ id }) => id === ids.at(-1))?.status, 'ACTIVE');
    const [{ expiresAt } = assert.fail()] = (await of(player)).filter(({ id }) => id === ids.at(-1));
    assert.ok(expiresAt !== null && expiresAt > clock.now() + 29 * DAY_MS, 'its days begin when it does');
  });

  it('S2-08 what waits for longer than it would be good for never comes', async () => {
    const player = await addPlayer(database.pool());
    const longer = await addCampaign(database.pool(), 'MANUAL', { validDays: 60 });
    for (let count = 0; count < ACTIVE_GRANTS_MAX; count++) {
      accepted(await bonuses.give(ann, { ...giftTo(player), campaign: longer.id }));
    }
    const { id } = accepted(await bonuses.give(ann, giftTo(player)));
    clock.advance(30 * DAY_MS);
    await bonuses.sweep();
    const bonus = (await of(player)).find((each) => each.id === id);
    assert.deepEqual([bonus?.status, bonus?.outcome, bonus?.expiresAt], ['CANCELLED', 'lapsed', null]);
    assertRefused(await bonuses.decline(player, id), 'NOT_OPEN');
    clock.advance(30 * DAY_MS);
    assert.deepEqual(counts(await of(player)), { EXPIRED: ACTIVE_GRANTS_MAX, CANCELLED: 1 }, 'before anybody looks');
    await bonuses.sweep();
    assert.deepEqual(counts(await of(player)), { EXPIRED: ACTIVE_GRANTS_MAX, CANCELLED: 1 });
    assert.equal(
      (await of(player)).reduce((sum, { balance }) => sum + balance, 0n),
      0n,
    );
  });

  it('who is excluded from play gets none, and it stays so', async () => {
    const player = await addPlayer(database.pool());
    assert.ok((await wallet.actor.execute(exclude(player, clock.now() + DAY_MS))).ok);
    const gift = giftTo(player);
    assertRefused(await bonuses.give(ann, gift), 'SELF_EXCLUDED');
    clock.advance(2 * DAY_MS);
    await bonuses.sweep();
    assertRefused(await bonuses.give(ann, gift), 'SELF_EXCLUDED');
    assert.deepEqual((await of(player)).map(shown), ['CANCELLED 5000/150000 refused']);
    assert.equal(accepted(await bonuses.give(ann, giftTo(player))).status, 'ACTIVE');
  });

  it('what is over before the wallet could end it is not called taken back, and the log says so', async () => {
    const player = await addPlayer(database.pool());
    const outrun: Wallet = {
      async execute(command) {
        if (command.kind === 'endBonus') {
          assert.ok((await wallet.actor.execute(credit(player, 1_000))).ok);
          assert.ok((await wallet.actor.execute(hold(player, 1_000))).ok, 'a withdrawal forfeits it');
        }
        return wallet.actor.execute(command);
      },
    };
    const late = newBonuses(database.pool(), outrun, { clock });
    const { id } = accepted(await bonuses.give(ann, giftTo(player)));
    assertRefused(await late.cancel(bob, id, 'a mistake'), 'NOT_OPEN');
    const { rows } = await database
      .admin()
      .query(`select action, reason from audit_log where target = $1 order by seq`, [`bonus:${id}`]);
    assert.deepEqual(
      rows.map(({ action, reason }) => `${action}: ${reason}`),
      ['bonus.give: kind', 'bonus.cancel: a mistake', 'bonus.cancel.late: it was forfeited before'],
    );
    const other = accepted(await bonuses.give(ann, giftTo(player)));
    assertRefused(await late.decline(player, other.id), 'NOT_OPEN');
    assert.deepEqual(
      (await of(player)).map(({ outcome }) => outcome),
      ['forfeited', 'forfeited'],
    );
  });

  it('where nothing has to be staked it is real money at once', async () => {
    const free = await addCampaign(database.pool(), 'MANUAL', { wagering: 0 });
    const player = await addPlayer(database.pool());
    const bonus = accepted(await bonuses.give(ann, { ...giftTo(player), campaign: free.id }));
    assert.deepEqual([shown(bonus), bonus.balance], ['COMPLETED 5000/0 completed', 0n]);
    assertRefused(await bonuses.decline(player, bonus.id), 'NOT_OPEN');
    assertRefused(await bonuses.cancel(bob, bonus.id, 'too late'), 'NOT_OPEN');
  });
});
