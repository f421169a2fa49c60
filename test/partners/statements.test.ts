import assert from 'node:assert/strict';
import type { Identity } from '../../src/accounts/identity.ts';
import type { UserId } from '../../src/ids.ts';
import { INR, type Percentage } from '../../src/money.ts';
import { auditEarnings } from '../../src/partners/audit.ts';
import { closeMonths } from '../../src/partners/close-months.ts';
import type { CarryOver } from '../../src/partners/commission.ts';
import type { Partners } from '../../src/partners/partners.ts';
import { firstOfMonth, nextMonth, startOfDay } from '../../src/partners/slots.ts';
import { newestStatements, type Statement } from '../../src/partners/statement-store.ts';
import { recordAgreement } from '../../src/partners/store.ts';
import { balancesOf } from '../../src/wallet/reads.ts';
import { accepted, assertRefused, movableClock } from '../accounts/support.ts';
import { newAdmins } from '../cashier/support.ts';
import { assertBooks } from '../journeys/support.ts';
import { assertProjections, newPartner, type Partner, refer } from '../rounds/followed.ts';
import { Mortality } from '../rounds/mortality.ts';
import { ANDAR_WINS, BAHAR_WINS, newGame, playRound } from '../rounds/played.ts';
import { roundDeps } from '../rounds/support.ts';
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
  let cat: Identity;
  before(async () => {
    wallet = await openWallet(database.url());
    [ann, bob, cat] = (await newAdmins(database.pool(), 3)) as [Identity, Identity, Identity];
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
    const admin = database.admin();
    await admin.query(`update partners set created_at = '2025-09-15' where id = $1`, [partner.id]);
    await admin.query('update partner_terms set carry_over = $2 where partner_id = $1', [partner.id, carryOver]);
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

  it('S0-67 what becomes of a loss is agreed before the month, not when it is known', async () => {
    const [partner, player] = await people('carry');
    await autumn(player);
    const agreed = { ...TERMS, carryOver: 'none', status: 'active' } as const;
    for (const [since, expected] of [
      ['2025-11-01T00:15:00Z', autumns.carry],
      ['2025-11-01T00:00:00Z', [...autumns.carry.slice(0, 2), autumns.none[2]]],
    ] as const) {
      await database.admin().query('delete from partner_statement where partner_id = $1', [partner.id]);
      await recordAgreement(database.pool(), partner.id, agreed, new Date(since));
      await partners.sweep();
      assert.deepEqual((await statements(partner)).map(shown), expected, since);
    }
  });

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

  it('a month is closed when all of it is counted, whatever else is not', async () => {
    const [partner, player] = await people('carry');
    const closed = async () => {
      await closeMonths(database.pool(), partner.id, clock.now());
      return (await newestStatements(database.pool(), partner.id, undefined, 100)).map(({ period }) => period).at(-1);
    };
    await playAt(database, wallet.actor, '2025-10-02T12:00:00Z', [[player, 100_000, 0]]);
    assert.equal(await closed(), '2025-09-01', 'nothing of it is left');
    assert.equal((await newestStatements(database.pool(), partner.id, undefined, 1))[0]?.period, '2025-09-01');
    await partners.count();
    await playAt(database, wallet.actor, '2030-01-01T00:00:00Z', [[player, 100_000, 0]]);
    await closed();
    const all = await newestStatements(database.pool(), partner.id, undefined, 100);
    assert.equal(all.at(-2)?.due, 5_000n);
    assert.ok(all.length > 10, 'bets never cease');
    await partners.count();
  });

  it('S0-59 S0-61 is paid by two people from `partner-commission`, with what was pending of its month', async () => {
    const [partner, player] = await people('monthly-reset');
    await autumn(player);
    await partners.sweep();
    const [september, october] = (await statements(partner)) as [Statement, Statement];
    const pay = (by: Identity, { id } = september) => partners.pay(by, partner.id, id);
    assertRefused(await pay(ann), 'NOT_OPEN');
    assertRefused(await partners.approve(ann, partner.id, october.id), 'NOT_OPEN');
    assertRefused(await partners.approve(identityOf(partner.userId), partner.id, september.id), 'SAME_PERSON');
    assert.equal(accepted(await partners.approve(ann, partner.id, september.id, 'as billed')).status, 'APPROVED');
    assertRefused(await partners.approve(bob, partner.id, september.id), 'ALREADY_DECIDED');
    assert.equal(accepted(await partners.approve(ann, partner.id, september.id)).status, 'APPROVED', 'once more');
    assertRefused(await pay(ann), 'SAME_PERSON');
    const [other] = await people('carry');
    assertRefused(await partners.pay(bob, other.id, september.id), 'NOT_FOUND');
    assert.equal(await real(partner), 0n);
    await Promise.all([pay(bob), pay(bob)]);
    const [paid] = await statements(partner);
    assert.equal(paid?.status, 'PAID');
    assert.deepEqual([await pay(bob), await partners.approve(ann, partner.id, september.id)], [paid, paid]);
    assertRefused(await pay(cat), 'ALREADY_DECIDED');
    assert.equal(await real(partner), 3_000n);
    const { rows: acts } = await database
      .admin()
      .query(
        `select action, reason from audit_log where target = $1 and action like 'partner.statement.%' order by seq`,
        [`partner:${partner.id}`],
      );
    assert.deepEqual(
      acts.map(({ action, reason }) => [action, reason]),
      [
        ['partner.statement.approve', 'as billed'],
        ['partner.statement.pay', null],
      ],
    );
  });

  it('S0-59 S0-61 what rounds earned in a month is paid with it, or netted where nothing is due', async () => {
    const deps = roundDeps(database.pool(), wallet);
    const game = await newGame(deps);
    const all: Partner[] = [];
    for (const wins of [0, 1]) {
      const partner = await newPartner(database.pool(), database.admin(), TERMS);
      const player = newUser();
      await refer(database.admin(), partner, [player]);
      assert.ok((await wallet.actor.execute(credit(player, 1_000_000))).ok);
      await playRound(deps, game, [{ userId: player, betSide: 'andar', amount: 20_000 }], BAHAR_WINS);
      const lucky = [{ userId: player, betSide: 'andar', amount: 50_000 }] as const;
      if (wins > 0) await playRound(deps, game, lucky, ANDAR_WINS);
      all.push(partner);
    }
    const later = movableClock();
    later.advance(40 * 86_400_000);
    const then = newPartners(database, wallet.actor, { clock: later });
    await then.sweep();
    const [first, second] = all as [Partner, Partner];
    const state = async ({ id }: Partner) => {
      const { rows } = await database.admin().query(
        `select e.status, e.paid_at is not null as paid, p.total_commission::int as total,
                p.pending_commission::int as pending, s.status as statement, s.due::int
           from partners p join partner_game_earnings e on e.partner_id = p.id
           join partner_statement s on s.partner_id = p.id and s.period = date_trunc('month', e.created_at)
          where p.id = $1`,
        [id],
      );
      return rows;
    };
    const waiting = { status: 'pending', paid: false, total: 1_000, pending: 1_000, statement: 'CLOSED', due: 1_000 };
    assert.deepEqual(await state(first), [waiting]);
    const nothing = { statement: 'NOTHING_DUE', due: 0, total: 1_000, pending: 0 };
    assert.deepEqual(await state(second), [{ status: 'netted', paid: false, ...nothing }]);
    const [statement] = (await statements(first)) as [Statement];
    accepted(await then.approve(ann, first.id, statement.id));
    accepted(await then.pay(bob, first.id, statement.id));
    assert.deepEqual(await state(first), [
      { status: 'paid', paid: true, total: 1_000, pending: 0, statement: 'PAID', due: 1_000 },
    ]);
    assert.equal(await real(first), 1_000n);
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

  const one = `id = (select id from partner_statement where status = 'PAID' order by id limit 1)`;
  const [MONTHS, CHAIN, PAYMENTS] = ['statements of partners', 'months of partners', 'payments to partners'];
  const tampering: readonly (readonly [string, string, readonly string[]])[] = [
    ['what was counted', `update partner_statement set real_paid = real_paid + 1 where ${one}`, [MONTHS]],
    [
      'more that is due',
      `update partner_statement set earned = earned + 1, due = due + 1 where ${one}`,
      [MONTHS, PAYMENTS],
    ],
    [
      'a loss forgotten',
      `update partner_statement set carried_in = 0, due = earned, carried_out = 0, status = 'CLOSED'
        where carried_in < 0 and earned > 0`,
      [CHAIN],
    ],
    ['a month left out', `delete from partner_statement where period = '2025-10-01'`, [CHAIN]],
    ['a payment to somebody else', `update partner_statement set moved = 1 where ${one}`, [PAYMENTS]],
    ['a payment that no statement knows', `delete from partner_statement where ${one}`, [PAYMENTS]],
  ];
  for (const [what, statement, expected] of tampering) {
    it(`S1-22 the audit finds ${what}`, async () => {
      const admin = database.admin();
      const { rows } = await admin.query(`
        select string_agg(column_name, ', ') as columns from information_schema.columns
         where table_name = 'partner_statement' and is_generated = 'NEVER'`);
      const { columns } = rows[0];
      await admin.query('create table saved as table partner_statement');
      await admin.query(statement);
      const found = await auditEarnings(database.pool());
      await admin.query('delete from partner_statement');
      await admin.query(`insert into partner_statement (${columns}) select ${columns} from saved`);
      await admin.query('drop table saved');
      assert.deepEqual(
        found.flatMap(({ check, broken }) => (broken.length > 0 ? [check] : [])),
        expected,
      );
    });
  }
});
