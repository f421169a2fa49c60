import assert from 'node:assert/strict';
import type { Identity } from '../../src/accounts/identity.ts';
import type { PhaseId, UserId } from '../../src/ids.ts';
import type { PhaseRow } from '../../src/lottery/phase-row.ts';
import { findPhase, newestPhases } from '../../src/lottery/phase-store.ts';
import { INR, type Percentage } from '../../src/money.ts';
import { isRefusal } from '../../src/refusal.ts';
import { balancesOf, findBook } from '../../src/wallet/reads.ts';
import { until } from '../journeys/support.ts';
import { newKey } from '../wallet/fixture.ts';
import { useLottery } from './house.ts';
import {
  addCollector,
  DAY_MS,
  newLottery,
  number,
  openPhase,
  phaseWish,
  resultOf,
  slipWish,
  submitted,
} from './support.ts';

describe('phases of the lottery', () => {
  const { database, clock, wallet, lottery, ann, bob, open } = useLottery();

  const codeOf = (answer: object) => ('code' in answer ? answer.code : 'done');
  const found = async ({ id }: PhaseRow) => (await findPhase(database.pool(), id)) ?? assert.fail();
  const actions = async ({ id }: PhaseRow) => {
    const asked = `select action from audit_log where target = $1 order by seq`;
    return (await database.admin().query(asked, [`phase:${id}`])).rows.map(({ action }) => action);
  };

  it('S3-19 one is open at a time: making the next closes it, also when two people do so at once', async () => {
    const first = await open();
    const made = await Promise.all([open({ name: 'a' }), open({ name: 'b' }), open({ name: 'c' })]);
    assert.equal((await found(first)).status, 'CLOSED');
    const still = await newestPhases(database.pool(), { status: 'OPEN' }, 10);
    assert.equal(still.length, 1);
    for (const { id, book } of [first, ...made]) {
      const { status } = (await findPhase(database.pool(), id)) ?? assert.fail();
      assert.equal((await findBook(database.pool(), book))?.state, status === 'OPEN' ? 'open' : 'closed');
    }
    const second = database.admin().query(
      `update lottery_phase set status = 'OPEN', closed_at = null, shut_at = null
                                            where id = $1`,
      [first.id],
    );
    await assert.rejects(second, /lottery_phase_open/, 'the database allows no second one');
  });

  it('S3-02 S3-10 what cannot be played is not made', async () => {
    const wishes: readonly [object, RegExp][] = [
      [{ endsAt: new Date(clock.now()) }, /endDate must be ahead/],
      [{ endsAt: new Date(clock.now() + 367 * DAY_MS) }, /endDate must be within a year/],
      [{ straightMultiplier: 1_000 }, /would return 100\.000 %/],
      [{ commission: 9_200 as Percentage }, /would return 100\.000 % with its commission/],
      [{ permutationMultiplier: 10 }, /several numbers would win together/],
      [{ minStake: 10n, maxStake: 9n }, /maxStake is less than minStake/],
    ];
    const before = await open();
    for (const [more, why] of wishes) {
      const answer = await lottery().create(ann(), phaseWish(clock, more));
      assert.ok(isRefusal(answer) && answer.code === 'INVALID_REQUEST');
      assert.match(answer.message, why);
    }
    assert.equal((await found(before)).status, 'OPEN', 'and closes no other');
  });

  it('S3-19 closes by itself when its time is over', async () => {
    const phase = await openPhase(lottery(), ann(), { endsAt: new Date(clock.now() + 150) }, clock);
    let told: PhaseRow | undefined;
    const silence = lottery().onPhase((changed) => {
      told = changed;
    });
    await until(() => told?.id === phase.id && told.shutAt !== null, 3_000, 'the cut-off');
    const { status, closedAt } = await found(phase);
    assert.equal(status, 'CLOSED');
    assert.ok(closedAt && closedAt >= phase.endsAt && closedAt.getTime() < phase.endsAt.getTime() + 1_000);
    silence();
  });

  it('S3-19 closes at the next start where its time was over meanwhile, and what comes then is late', async () => {
    const phase = await open({ endsAt: new Date(clock.now() + DAY_MS) });
    const who = await addCollector(database.pool(), wallet());
    submitted(await lottery().submit(slipWish(phase.id, who, '123-1', { receivedAt: clock.now() })));
    clock.advance(DAY_MS);
    const next = newLottery(database.pool(), wallet().actor, { clock });
    await next.start();
    next.stop();
    assert.equal((await found(phase)).status, 'CLOSED');
    const late = await lottery().submit(slipWish(phase.id, who, '123-1', { receivedAt: clock.now() }));
    assert.equal(codeOf(late), 'PHASE_CLOSED');
  });

  it('S3-20 the number takes two people; who entered one may correct it; nobody does either again', async () => {
    const phase = await open();
    const enter = (by: Identity, digits: string) => lottery().enterNumber(by, phase.id, number(digits));
    assert.equal(codeOf(await enter(ann(), '123')), 'INVALID_REQUEST', 'while it is open');
    assert.equal(codeOf(await lottery().settle(ann(), phase.id)), 'INVALID_REQUEST');
    await lottery().close(ann(), phase.id);
    assert.equal(codeOf(await lottery().close(bob(), phase.id)), 'NOT_OPEN');
    const first = await enter(ann(), '132');
    assert.deepEqual([codeOf(first), isRefusal(first) || first.confirmations], ['done', 1]);
    assert.equal(codeOf(await enter(ann(), '132')), 'SAME_PERSON');
    assert.equal(codeOf(await enter(ann(), '123')), 'done');
    const other = await enter(bob(), '132');
    assert.ok(!isRefusal(other) && other.confirmations === 1 && other.disputed, 'and the first one is gone');
    assert.equal(codeOf(await lottery().settle(ann(), phase.id)), 'INVALID_REQUEST', 'on one person’s word');
    const back = await enter(ann(), '123');
    assert.ok(!isRefusal(back) && back.confirmations === 1 && back.disputed);
    const second = await enter(bob(), '123');
    assert.ok(!isRefusal(second) && second.confirmations === 2 && !second.disputed);
    assert.equal(second.phase.winningNumber, '123');
    for (const by of [ann(), bob()]) assert.equal(codeOf(await enter(by, '123')), 'ALREADY_DECIDED');
    assert.deepEqual(await actions(phase), [
      ...['phase.create', 'phase.close', 'phase.result.enter', 'phase.result.correct', 'phase.result.dispute'],
      ...['phase.result.dispute', 'phase.result.confirm'],
    ]);
  });

  it('S3-20 two people at once make one entry and one confirmation', async () => {
    for (let round = 0; round < 5; round++) {
      const phase = await open();
      await lottery().close(ann(), phase.id);
      const entered = await Promise.all(
        [ann(), bob(), ann()].map((by) => lottery().enterNumber(by, phase.id, number('007'))),
      );
      const outcomes = entered.map((answer) => (isRefusal(answer) ? answer.code : `${answer.confirmations}`)).sort();
      assert.ok(outcomes.includes('1') && outcomes.includes('2'), outcomes.join());
      assert.equal((await found(phase)).status, 'RESULT');
    }
  });

  it('S3-05 S3-21 over a thousand winning lines and collectors are paid in chunks, each once', async function () {
    this.timeout(120_000);
    const phase = await open({ commission: 250 as Percentage });
    const collectors: UserId[] = [];
    for (let count = 0; count < 1_050; count += 50) {
      const some = await Promise.all(Array.from({ length: 50 }, () => addCollector(database.pool(), wallet(), 10_000)));
      const slips = some.map((who) =>
        lottery().submit(slipWish(phase.id, who, '123-1, 456-3', { receivedAt: clock.now() })),
      );
      for (const slip of await Promise.all(slips)) submitted(slip);
      collectors.push(...some);
    }
    await resultOf(lottery(), phase.id, [ann(), bob()], '123');
    const rows = await Promise.all([ann(), bob(), ann()].map((by) => lottery().settle(by, phase.id)));
    for (const row of rows) assert.deepEqual(row, rows[0], 'whoever asks, and however often');
    const [row] = rows;
    assert.ok(row && !isRefusal(row));
    const { totalIn, totalOut, commission, winningLines, lines, collectors: count } = row;
    assert.deepEqual(
      [totalIn, totalOut, commission, winningLines, lines, count],
      [420_000n, 8_400_000n, 10_500n, 1_050, 2_100, 1_050],
    );
    const balances = await balancesOf(database.pool(), INR, collectors);
    for (const who of collectors) assert.equal(balances.get(who)?.real, 10_000n - 400n + 8_000n + 10n);
    const closings = `select count(*)::int as n
                        from closing c join transfer t on t.shard = c.shard and t.seq = c.position
                       where t.book = $1`;
    const { rows: closed } = await database.admin().query(closings, [phase.book]);
    assert.equal(closed[0].n, 1_050, 'losing lines have no closing of their own');
    assert.equal((await actions(phase)).filter((action) => action === 'phase.settle').length, 1);
  });

  it('S3-05 S3-19 a settled phase is read-only', async () => {
    const phase = await open();
    const who = await addCollector(database.pool(), wallet());
    const { slipId } = submitted(await lottery().submit(slipWish(phase.id, who, '123-1', { receivedAt: clock.now() })));
    await resultOf(lottery(), phase.id, [ann(), bob()], '999');
    const row = await lottery().settle(bob(), phase.id);
    assert.ok(!isRefusal(row));
    assert.deepEqual([row.totalIn, row.totalOut, row.netProfit], [100n, 0n, 100n]);
    const late = [
      await lottery().submit(slipWish(phase.id, who, '123-1', { receivedAt: clock.now() })),
      await lottery().voidSlip(ann(), slipId, 'too late'),
      await lottery().limit(ann(), phase.id, number('123'), null),
      await lottery().close(ann(), phase.id),
      await lottery().enterNumber(ann(), phase.id, number('999')),
    ];
    assert.deepEqual(late.map(codeOf), [
      ...['PHASE_CLOSED', 'PHASE_CLOSED', 'PHASE_CLOSED', 'NOT_OPEN', 'ALREADY_DECIDED'],
    ]);
    await lottery().sweep();
    assert.deepEqual(await lottery().settle(ann(), phase.id), row);
    const admin = database.admin();
    const twice = `insert into settlement_ledger select gen_random_uuid(), phase, winning_number, total_in, total_out,
                     commission, net_profit, slips, lines, winning_lines, collectors, settled_at, settled_by
                     from settlement_ledger where phase = $1`;
    await assert.rejects(admin.query(twice, [phase.id]), /settlement_ledger_phase_key/);
    await admin.query('set role croupier_app');
    await assert.rejects(admin.query('update settlement_ledger set total_out = 0'), /permission denied/);
    await admin.query('reset role');
  });

  it('S3-21 a phase without a slip settles to nothing', async () => {
    const phase = await open();
    await resultOf(lottery(), phase.id, [ann(), bob()], '000');
    const row = await lottery().settle(ann(), phase.id);
    assert.ok(!isRefusal(row) && row.totalIn === 0n && row.collectors === 0);
  });

  it('a phase that there is not is nobody’s', async () => {
    const nowhere = newKey() as string as PhaseId;
    const answers = [
      await lottery().close(ann(), nowhere),
      await lottery().limit(ann(), nowhere, number('123'), null),
      await lottery().enterNumber(ann(), nowhere, number('123')),
      await lottery().settle(ann(), nowhere),
      await lottery().preview(nowhere, '123-5'),
    ];
    assert.deepEqual(answers.map(codeOf), Array(5).fill('NOT_FOUND'));
  });
});
