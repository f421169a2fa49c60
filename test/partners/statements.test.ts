import assert from 'node:assert/strict';
import type { Identity } from '../../src/accounts/identity.ts';
import type { UserId } from '../../src/ids.ts';
import { INR, type Percentage } from '../../src/money.ts';
import type { CarryOver } from '../../src/partners/commission.ts';
import type { Partners } from '../../src/partners/partners.ts';
import { firstOfMonth, nextMonth, startOfDay } from '../../src/partners/slots.ts';
import { newestStatements, type Statement } from '../../src/partners/statement-store.ts';
import { isRefusal } from '../../src/refusal.ts';
import { balancesOf } from '../../src/wallet/reads.ts';
import { accepted, assertRefused, movableClock } from '../accounts/support.ts';
import { newAdmins } from '../cashier/support.ts';
import { assertBooks } from '../journeys/support.ts';
import { assertProjections, newPartner, type Partner, refer } from '../rounds/followed.ts';
import { Mortality } from '../rounds/mortality.ts';
import { useDatabase } from '../support/database.ts';
import { credit, newUser, openWallet, type TestWallet } from '../wallet/fixture.ts';
import { type Bet, identityOf, newPartners, playAt } from './support.ts';

/** So that there are few months to close. */
const FEW_MONTHS_AGO = new Date(Date.now() - 70 * 86_400_000).toISOString();
const TERMS = { sharePercentage: 5_000 as Percentage, commissionRate: 1_000 as Percentage };

describe('the statements of partners', () => {
  const database = useDatabase();
  const clock = movableClock();
  let wallet: TestWallet;
  let partners: Partners;
  let ann: Identity;
  let bob: Identity;
  before(async () => {
    wallet = await openWallet(database.url());
    [ann, bob] = (await newAdmins(database.pool(), 2)) as [Identity, Identity];
    partners = newPartners(database, wallet.actor, { clock });
  });
  after(() => wallet.end());
  afterEach(async () => {
    await assertProjections(database);
    await assertBooks(database);
  });

  /** A partner since last September, and a player. */
  async function people(carryOver: CarryOver): Promise<[Partner, UserId]> {
    const partner = await newPartner(database.pool(), database.admin(), TERMS);
    await database
      .admin()
      .query(`update partners set created_at = '2025-09-15', carry_over = $2 where id = $1`, [partner.id, carryOver]);
    const player = newUser();
    await refer(database.admin(), partner, [player]);
    assert.ok((await wallet.actor.execute(credit(player, 1_000_000))).ok);
    return [partner, player];
  }
  /** September won 100,000 and lost 40,000 on another day, October lost 200,000, November won 90,000. */
  async function autumn(player: UserId): Promise<void> {
    const all: readonly (readonly [string, Bet])[] = [
      ['2025-09-20T12:00:00Z', [player, 100_000, 0]],
      ['2025-09-30T23:59:59Z', [player, 10_000, 50_000]],
      ['2025-10-01T00:00:00Z', [player, 100_000, 300_000]],
      ['2025-11-10T12:00:00Z', [player, 90_000, 0]],
    ];
    for (const [at, bet] of all) await playAt(database, wallet.actor, at, [bet]);
  }
  const statements = async ({ id }: Partner) =>
    (await newestStatements(database.pool(), id, undefined, 100)).toReversed().slice(0, 3);
  const shown = ({ period, earned, carriedIn, due, carriedOut, status }: Statement) =>
    `${period} ${earned} ${carriedIn} ${due} ${carriedOut} ${status}`;
  const real = async ({ userId }: Partner) =>
    (await balancesOf(database.pool(), INR, [userId])).get(userId)?.real ?? 0n;

  const autumns: Readonly<Record<CarryOver, readonly string[]>> = {
    none: ['2025-09-01 5000 0 5000 0 CLOSED', '2025-10-01 0 0 0 0 NOTHING_DUE', '2025-11-01 4500 0 4500 0 CLOSED'],
    'monthly-reset': [
      '2025-09-01 3000 0 3000 0 CLOSED',
      '2025-10-01 -10000 0 0 0 NOTHING_DUE',
      '2025-11-01 4500 0 4500 0 CLOSED',
    ],
    carry: [
      '2025-09-01 3000 0 3000 0 CLOSED',
      '2025-10-01 -10000 0 0 -10000 NOTHING_DUE',
      '2025-11-01 4500 -10000 0 -5500 NOTHING_DUE',
    ],
  };
  for (const carryOver of ['none', 'monthly-reset', 'carry'] as const) {
    it(`S0-67 with ${carryOver} a loss is remembered so long; months are closed once, whoever does it`, async () => {
      const [partner, player] = await people(carryOver);
      await autumn(player);
      await Promise.all([partners.sweep(), partners.sweep()]);
      assert.deepEqual((await statements(partner)).map(shown), autumns[carryOver]);
      const all = await newestStatements(database.pool(), partner.id, undefined, 100);
      await partners.sweep();
      assert.deepEqual(await newestStatements(database.pool(), partner.id, undefined, 100), all);
      assert.equal(await real(partner), 0n, 'no money moves by a statement alone');
    });
  }

  it('a month is closed an hour after it is over, not before', async () => {
    const [partner] = await people('carry');
    const later = movableClock();
    const month = firstOfMonth(later.now(), 'UTC');
    later.advance(startOfDay(nextMonth(month), 'UTC') - later.now());
    const waiting = newPartners(database, wallet.actor, { clock: later });
    const last = async () => (await newestStatements(database.pool(), partner.id, undefined, 1))[0]?.period;
    await waiting.sweep();
    assert.equal(nextMonth((await last()) ?? month), month);
    later.advance(3_601_000);
    await waiting.sweep();
    assert.equal(await last(), month);
  });

  it('S0-59 S0-61 is paid by two people from `commission`, and what was pending of its month is paid', async () => {
    const [partner, player] = await people('monthly-reset');
    await autumn(player);
    await partners.sweep();
    const [september, october] = (await statements(partner)) as [Statement, Statement];
    const pay = (by: Identity, { id } = september) => partners.pay(by, partner.id, id);
    assertRefused(await pay(ann), 'NOT_OPEN');
    assertRefused(await partners.approve(ann, partner.id, october.id), 'NOT_OPEN');
    assertRefused(await partners.approve(identityOf(partner.userId), partner.id, september.id), 'SAME_PERSON');
    assert.equal(accepted(await partners.approve(ann, partner.id, september.id)).status, 'APPROVED');
    assertRefused(await partners.approve(bob, partner.id, september.id), 'ALREADY_DECIDED');
    assertRefused(await pay(ann), 'SAME_PERSON');
    const [other] = await people('carry');
    assertRefused(await partners.pay(bob, other.id, september.id), 'NOT_FOUND');
    assert.equal(await real(partner), 0n);
    const paid = await Promise.all([pay(bob), pay(bob)]);
    assert.equal(paid.filter((answer) => !isRefusal(answer)).length, 1);
    assertRefused(await pay(bob), 'ALREADY_DECIDED');
    assert.equal((await statements(partner))[0]?.status, 'PAID');
    assert.equal(await real(partner), 3_000n);
  });

  it('who is suspended is not paid', async () => {
    const [partner, player] = await people('monthly-reset');
    await autumn(player);
    await partners.sweep();
    const [september] = (await statements(partner)) as [Statement];
    accepted(await partners.change(ann, partner.id, { status: 'suspended' }, 'fraud'));
    assertRefused(await partners.approve(ann, partner.id, september.id), 'NOT_OPEN');
    await playAt(database, wallet.actor, '2030-06-01T00:00:00Z', [[player, 50_000, 0]]);
    await partners.count();
    const { rows } = await database
      .admin()
      .query(`select commission_rate from partner_terms where partner_id = $1 order by since desc limit 1`, [
        partner.id,
      ]);
    assert.equal(rows[0].commission_rate, 0);
  });

  it('killed before or after any step of a payment, it is paid once', async function () {
    this.timeout(60_000);
    let deaths = 0;
    for (const after of [false, true]) {
      for (let step = 1; ; step++) {
        const [partner, player] = await people('monthly-reset');
        await playAt(database, wallet.actor, FEW_MONTHS_AGO, [[player, 60_000, 0]]);
        await database.admin().query('update partners set created_at = $2 where id = $1', [partner.id, FEW_MONTHS_AGO]);
        await partners.sweep();
        const [statement] = (await statements(partner)) as [Statement];
        accepted(await partners.approve(ann, partner.id, statement.id));
        const mortality = new Mortality(step, after);
        const dying = newPartners(database, mortality.wallet(wallet.actor), {
          clock,
          database: mortality.database(database.pool()),
        });
        await dying.pay(bob, partner.id, statement.id).catch(() => undefined);
        await partners.sweep();
        if ((await statements(partner))[0]?.status === 'APPROVED') {
          accepted(await partners.pay(bob, partner.id, statement.id));
        }
        assert.equal((await statements(partner))[0]?.status, 'PAID');
        assert.equal(await real(partner), 3_000n);
        if (!mortality.dead) break;
        deaths += 1;
      }
    }
    assert.ok(deaths > 10, `${deaths}`);
  });
});
