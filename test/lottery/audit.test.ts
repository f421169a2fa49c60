import assert from 'node:assert/strict';
import type { Identity } from '../../src/accounts/identity.ts';
import { auditLottery } from '../../src/lottery/audit.ts';
import type { Lottery } from '../../src/lottery/lottery.ts';
import type { PhaseRow } from '../../src/lottery/phase-row.ts';
import type { SubmittedSlip } from '../../src/lottery/submit.ts';
import type { Percentage } from '../../src/money.ts';
import { accepted } from '../accounts/support.ts';
import { newAdmins } from '../cashier/support.ts';
import { useDatabase } from '../support/database.ts';
import { openWallet, type TestWallet } from '../wallet/fixture.ts';
import { addCollector, assertLottery, newLottery, openPhase, resultOf, slipWish, submitted } from './support.ts';

interface Made {
  readonly settled: PhaseRow;
  readonly drawn: PhaseRow;
  readonly winner: SubmittedSlip;
  readonly voided: SubmittedSlip;
  readonly open: SubmittedSlip;
}

describe('the audit of the lottery', () => {
  const database = useDatabase();
  let wallet: TestWallet;
  let made: Made;

  before(async () => {
    wallet = await openWallet(database.url());
    const lottery = newLottery(database.pool(), wallet.actor);
    made = await play(lottery);
  });
  after(() => wallet.end());
  afterEach(() => assertLottery(database));

  async function play(lottery: Lottery): Promise<Made> {
    const [ann, bob] = (await newAdmins(database.pool(), 2)) as [Identity, Identity];
    const settled = await openPhase(lottery, ann, { commission: 500 as Percentage });
    const [carl, dora] = [await addCollector(database.pool(), wallet), await addCollector(database.pool(), wallet)];
    const hand = async ({ id }: PhaseRow, who: typeof carl, text: string) =>
      submitted(await lottery.submit(slipWish(id, who, text)));
    const winner = await hand(settled, carl, '123-500, 124-20');
    await hand(settled, dora, '999-7');
    const voided = await hand(settled, dora, '123-100, 555-5');
    accepted((await lottery.voidSlip(ann, voided.slipId, 'mistyped')) as { ok?: true });
    await resultOf(lottery, settled.id, [ann, bob], '123');
    accepted((await lottery.settle(ann, settled.id)) as { ok?: true });
    const drawn = await openPhase(lottery, bob, { draw: 'provable' });
    await hand(drawn, carl, '5T-1');
    const open = await hand(await openPhase(lottery, ann), dora, '123-10, 124-10');
    return { settled, drawn, winner, voided, open };
  }

  /** What it finds after a statement, which is then taken back. */
  const cases: readonly [string, (is: Made) => [change: string, back: string], string][] = [
    [
      'a slip of another sum than its positions',
      ({ open }) => on('lottery_slip', open.slipId, 'total = total + 1', 'total = total - 1'),
      'slips against positions',
    ],
    [
      'a slip of fewer lines than it staked',
      ({ open }) => on('lottery_slip', open.slipId, 'lines = 1, total = 1000', 'lines = 2, total = 2000'),
      'positions against slips',
    ],
    [
      'a void slip that is shown as taken',
      ({ voided }) => {
        const back = `update lottery_slip set status = 'VOID', void_by = (select created_by from lottery_phase limit 1),
                             void_reason = 'mistyped', void_at = now() where id = '${voided.slipId}'`;
        const change = `update lottery_slip set status = 'ACCEPTED', void_by = null, void_reason = null, void_at = null
                         where id = '${voided.slipId}'`;
        return [change, back];
      },
      'slips against positions',
    ],
    [
      'a settlement that took more than it says',
      ({ settled }) => {
        const where = `where phase = '${settled.id}'`;
        return [
          `update settlement_ledger set total_in = total_in - 1, net_profit = net_profit - 1 ${where}`,
          `update settlement_ledger set total_in = total_in + 1, net_profit = net_profit + 1 ${where}`,
        ];
      },
      'settlements of phases',
    ],
    [
      'another number than the one that was paid',
      ({ settled }) => on('lottery_phase', settled.id, both('124'), both('123')),
      'payouts of phases',
    ],
    [
      'another multiplier than the one that was paid',
      ({ settled }) => on('lottery_phase', settled.id, 'straight_multiplier = 79', 'straight_multiplier = 80'),
      'payouts of phases',
    ],
    [
      'a payout that a slip does not have',
      ({ winner }) => on('lottery_slip', winner.slipId, 'payout = payout - 1', 'payout = payout + 1'),
      'collectors of phases',
    ],
    [
      'a commission that was not credited',
      ({ settled }) => {
        const where = `where phase = '${settled.id}' and commission_seq is not null`;
        return [
          `update lottery_collector set commission = commission + 1 ${where}`,
          `update lottery_collector set commission = commission - 1 ${where}`,
        ];
      },
      'collectors of phases',
    ],
    [
      'a drawn number that is not the one',
      ({ drawn }) => {
        const set = (to: string) => `update lottery_phase set winning_number = ${to} where id = '${drawn.id}'`;
        return [
          set(`lpad(((winning_number::int + 1) % 1000)::text, 3, '0')`),
          set(`lpad(((winning_number::int + 999) % 1000)::text, 3, '0')`),
        ];
      },
      'numbers that were drawn',
    ],
    [
      'a seed that was not committed to',
      ({ drawn }) => {
        const swap = `update lottery_seed set revealed = reverse(revealed) where phase = '${drawn.id}'`;
        return [swap, swap];
      },
      'numbers that were drawn',
    ],
  ];

  for (const [name, statements, check] of cases) {
    it(`S3-05 S3-21 finds ${name}`, async () => {
      const [change, back] = statements(made);
      await database.admin().query(change);
      const found = await auditLottery(database.pool());
      await database.admin().query(back);
      const broken = found.filter((finding) => finding.broken.length > 0).map((finding) => finding.check);
      assert.ok(broken.includes(check), JSON.stringify(found));
    });
  }
});

function on(table: string, id: string, change: string, back: string): [string, string] {
  const update = (to: string) => `update ${table} set ${to} where id = '${id}'`;
  return [update(change), update(back)];
}

function both(digits: string): string {
  return `winning_number = '${digits}', entered_number = '${digits}'`;
}
