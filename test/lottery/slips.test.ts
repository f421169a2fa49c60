import assert from 'node:assert/strict';
import type { UserId } from '../../src/ids.ts';
import { layOffOf, riskOf } from '../../src/lottery/risk.ts';
import { findSlipByKey } from '../../src/lottery/slip-store.ts';
import { minor } from '../../src/money.ts';
import { isRefusal } from '../../src/refusal.ts';
import { totalOf } from '../rounds/support.ts';
import { newKey, setLimit } from '../wallet/fixture.ts';
import { useLottery } from './house.ts';
import { DAY_MS, number, rupees, shownLines, submitted } from './support.ts';

describe('slips of the lottery', () => {
  const { database, clock, wallet, lottery, ann, bob, open, collector, hand, count } = useLottery();

  const codeOf = (answer: object) => ('code' in answer ? answer.code : 'taken');

  it('S3-09 S3-25 two collectors who race for the last of a limit never exceed it, and one has it', async () => {
    for (let round = 0; round < 10; round++) {
      const phase = await open({ globalLimit: rupees(1_000) });
      const racers = await Promise.all(Array.from({ length: 6 }, () => collector()));
      assert.equal(codeOf(await hand(phase, racers[0] as UserId, '123-700')), 'taken');
      const answers = await Promise.all(racers.map((who) => hand(phase, who, '999-1, 123-300')));
      assert.deepEqual(answers.map(codeOf).sort(), [...Array(5).fill('NUMBER_LIMIT_EXCEEDED'), 'taken']);
      const [first] = await riskOf(database.pool(), phase);
      assert.deepEqual([first?.number, first?.totalBet], ['123', 100_000n]);
      const refused = answers.find(isRefusal);
      assert.deepEqual(refused?.details, [{ number: '123', amount: 30_000 }]);
    }
  });

  it('S3-09 where a phase takes what fits, racers share it to the last unit, and hear what was not taken', async () => {
    const phase = await open({ globalLimit: rupees(1_000), overLimit: 'accept-to-limit' });
    const racers = await Promise.all(Array.from({ length: 5 }, () => collector()));
    const answers = await Promise.all(racers.map((who) => hand(phase, who, '123-300, 456-10')));
    const on123 = (lines: readonly { number: string; amount: bigint }[]) =>
      Number(lines.find((line) => line.number === '123')?.amount ?? 0n);
    const slips = answers.map(submitted).sort((one, other) => on123(other.lines) - on123(one.lines));
    assert.deepEqual(
      slips.map(({ lines, declined }) => [on123(lines), on123(declined)]),
      [
        [30_000, 0],
        [30_000, 0],
        [30_000, 0],
        [10_000, 20_000],
        [0, 30_000],
      ],
    );
    assert.deepEqual(shownLines(slips[4] ?? assert.fail()), ['456-10']);
    assert.deepEqual(codeOf(await hand(phase, racers[0] as UserId, '123-1')), 'NUMBER_LIMIT_EXCEEDED');
    const totals = await Promise.all(racers.map((who) => totalOf(database.pool(), who)));
    assert.deepEqual(totals.sort(), [969_000, 969_000, 969_000, 989_000, 999_000]);
  });

  it('S3-24 where a phase lays off, all is taken and what is above the limit is listed as a slip', async () => {
    const phase = await open({ globalLimit: rupees(1_000), overLimit: 'lay-off' });
    const who = await collector();
    assert.equal(codeOf(await lottery().limit(ann(), phase.id, number('007'), rupees(5))), 'taken');
    submitted(await hand(phase, who, '123-1500, 007-20.50, 456-1000'));
    const { numbers, total, text } = await layOffOf(database.pool(), phase);
    assert.deepEqual([numbers.length, total, text], [2, 51_550n, '123-500, 007-15.50']);
  });

  it('S3-03 S3-09 a number may have a limit of its own, above or below the others’, from when it is set', async () => {
    const phase = await open({ globalLimit: rupees(100) });
    const who = await collector();
    assert.equal(codeOf(await hand(phase, who, '123-101')), 'NUMBER_LIMIT_EXCEEDED');
    await lottery().limit(ann(), phase.id, number('123'), rupees(500));
    await lottery().limit(ann(), phase.id, number('007'), minor(0));
    assert.equal(codeOf(await hand(phase, who, '123-500')), 'taken');
    assert.equal(codeOf(await hand(phase, who, '007-0.01')), 'NUMBER_LIMIT_EXCEEDED');
    await lottery().limit(ann(), phase.id, number('123'), rupees(200));
    assert.equal(codeOf(await hand(phase, who, '123-1')), 'NUMBER_LIMIT_EXCEEDED', 'what is above it already stays');
    await lottery().limit(bob(), phase.id, number('007'), null);
    assert.equal(codeOf(await hand(phase, who, '007-100')), 'taken');
    const { rows } = await database
      .admin()
      .query('select number, max_amount::int from number_limits where phase_id = $1', [phase.id]);
    assert.deepEqual(rows, [{ number: '123', max_amount: 20_000 }]);
    assert.equal(await count('audit_log', "action = 'phase.limit' and target", `phase:${phase.id}`), 4);
  });

  it('who cannot pay for a slip learns nothing of what is on its numbers', async () => {
    const phase = await open({ globalLimit: rupees(100) });
    submitted(await hand(phase, await collector(), '123-100'));
    const poor = await collector(4_900);
    for (const text of ['123-50', '456-50']) {
      const answer = await hand(phase, poor, text);
      assert.deepEqual([codeOf(answer), isRefusal(answer) && answer.details], ['INSUFFICIENT_FUNDS', undefined]);
    }
  });

  it('S3-11 S3-12 S3-25 a slip that comes many times at once is taken once, and each hears the same', async () => {
    const phase = await open();
    const who = await collector();
    const key = newKey();
    const answers = await Promise.all(Array.from({ length: 12 }, () => hand(phase, who, '123R-50', { key })));
    for (const answer of answers) assert.deepEqual(answer, answers[0]);
    submitted(answers[0] ?? assert.fail());
    assert.equal(await totalOf(database.pool(), who), 1_000_000 - 30_000);
    assert.equal(await count('lottery_slip', 'user_id', who), 1);
    const other = await collector();
    submitted(await hand(phase, other, '1-1'.padStart(5, '0'), { key }));
    assert.equal(await count('lottery_slip', 'key', key), 2, 'keys are each collector’s own');
    assert.equal(codeOf(await hand(await open(), who, '123R-50', { key })), 'IDEMPOTENCY_KEY_REUSED');
  });

  it('S3-12 what was refused stays so under its key, with the same words, whatever has changed since', async () => {
    const phase = await open({ globalLimit: rupees(100), minStake: rupees(10), maxStake: rupees(500) });
    const who = await collector(20_000);
    const cases: readonly [string, string][] = [
      ['BELOW_MINIMUM', '123-9.99'],
      ['ABOVE_MAXIMUM', '123-500.01'],
      ['NUMBER_LIMIT_EXCEEDED', '123-101'],
      ['INSUFFICIENT_FUNDS', '5T-10'],
    ];
    const keys = cases.map(() => newKey());
    const refused = [];
    for (const [index, [code, text]] of cases.entries()) {
      const answer = await hand(phase, who, text, { key: keys[index] });
      assert.equal(codeOf(answer), code);
      refused.push(answer);
    }
    await lottery().limit(ann(), phase.id, number('123'), rupees(1_000));
    for (const [index, [, text]] of cases.entries()) {
      assert.deepEqual(await hand(phase, who, text, { key: keys[index] }), refused[index]);
    }
    assert.equal(await totalOf(database.pool(), who), 20_000);
  });

  it('S3-13 a key that has moved money elsewhere moves none here', async () => {
    const phase = await open();
    const who = await collector();
    const key = newKey();
    const limit = { ...setLimit(who, 'wager', 1, minor(500_000)), key };
    assert.ok((await wallet().actor.execute(limit)).ok);
    assert.equal(codeOf(await hand(phase, who, '123-1', { key })), 'IDEMPOTENCY_KEY_REUSED');
    assert.equal(codeOf(await hand(phase, who, '123-1', { key })), 'IDEMPOTENCY_KEY_REUSED');
    assert.equal(codeOf(await hand(phase, who, '123-5001')), 'PLAYER_LIMIT');
    assert.equal(codeOf(await hand(phase, who, '123-5000')), 'taken');
  });

  it('S3-19 a slip counts by when it arrived; at the cut-off it is late, and stays late under its key', async () => {
    const phase = await open({ endsAt: new Date(clock.now() + DAY_MS) });
    const who = await collector();
    const end = phase.endsAt.getTime();
    assert.equal(codeOf(await hand(phase, who, '123-1', { receivedAt: end - 1 })), 'taken');
    const key = newKey();
    assert.equal(codeOf(await hand(phase, who, '123-1', { key, receivedAt: end })), 'PHASE_CLOSED');
    assert.equal(codeOf(await hand(phase, who, '123-1', { key, receivedAt: end - 1 })), 'PHASE_CLOSED');
    assert.equal((await findSlipByKey(database.pool(), who, key))?.status, 'REFUSED');
  });

  it('S3-19 slips that race with the close are taken or refused, and the books know which', async () => {
    for (let round = 0; round < 5; round++) {
      const phase = await open();
      const racers = await Promise.all(Array.from({ length: 8 }, () => collector()));
      const early = racers.slice(0, 4).map((who) => hand(phase, who, '123-10'));
      const close = lottery().close(ann(), phase.id);
      const late = racers.slice(4).map((who) => hand(phase, who, '123-10'));
      const answers = await Promise.all([...early, ...late]);
      assert.ok(!isRefusal(await close));
      const taken = answers.filter((answer) => !isRefusal(answer)).length;
      for (const answer of answers) if (isRefusal(answer)) assert.equal(answer.code, 'PHASE_CLOSED');
      const [risk] = await riskOf(database.pool(), phase);
      assert.equal(risk?.totalBet ?? 0n, BigInt(taken * 1_000));
      const totals = await Promise.all(racers.map((who) => totalOf(database.pool(), who)));
      assert.deepEqual(
        totals.map((total) => total === 999_000),
        answers.map((answer) => !isRefusal(answer)),
      );
    }
  });
});
