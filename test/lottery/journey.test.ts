import assert from 'node:assert/strict';
import { BalanceUpdated } from '../../schema/account.ts';
import { WirePhase, WireSettlement } from '../../src/lottery/wire-phase.ts';
import { WireRisk } from '../../src/lottery/wire-risk.ts';
import { WireSlip, WireSlipInFull, WireSubmittedSlip } from '../../src/lottery/wire-slip.ts';
import type { Server } from '../../src/server.ts';
import {
  assertBooks,
  enterAccount,
  get,
  newKey,
  newPlayer,
  newStaff,
  type Player,
  send,
  start,
} from '../journeys/support.ts';
import { useDatabase } from '../support/database.ts';
import { drawAndSettle, handIn, newCollector, newPhase } from './journey-support.ts';

describe('a phase of the lottery, over HTTP', () => {
  const database = useDatabase();
  let server: Server;
  let ann: Player;
  let bob: Player;

  before(async () => {
    server = await start(database, []);
    ann = await newStaff(server, 'ADMIN');
    bob = await newStaff(server, 'MASTER');
  });
  after(async () => {
    await server.stop();
    await assertBooks(database);
  });

  const money = async (who: Player) => (await get(server, '/wallets/me', who)).real;
  const code = (answer: { json: { error?: { code: string } } }) => answer.json.error?.code;

  it('S3-02 S3-08 S3-10 a phase takes 50,000.00 on a number and pays 80 times, and says what it returns', async () => {
    const phase = WirePhase.parse(await newPhase(server, ann));
    const { globalLimit, straightMultiplier, permutationMultiplier, rtp, status, active, overLimit, commission } =
      phase;
    assert.deepEqual(
      { globalLimit, straightMultiplier, permutationMultiplier, rtp, status, active, overLimit, commission },
      {
        ...{ globalLimit: 5_000_000, straightMultiplier: 80, permutationMultiplier: 0, rtp: '8.000' },
        ...{ status: 'OPEN', active: true, overLimit: 'reject-slip', commission: 0 },
      },
    );
    const { items } = await get(server, '/lottery/phases?status=OPEN');
    assert.deepEqual(items, [phase]);
    assert.deepEqual(await get(server, `/lottery/phases/${phase.phaseId}`), phase);
  });

  it('S3-05 S3-12 S3-17 S3-21 S3-23 from a slip to the settlement that pays it', async () => {
    const { phaseId } = await newPhase(server, ann, { commission: 800 });
    const [carl, dora] = [await newCollector(server), await newCollector(server)];
    const own = await enterAccount(server, carl);
    const key = newKey();
    const first = await handIn(server, phaseId, carl, '123-500\n112R-100, 007-10', {}, key);
    assert.equal(first.status, 201, JSON.stringify(first.json));
    const slip = WireSubmittedSlip.parse(first.json);
    assert.deepEqual(
      slip.lines.map(({ number, amount }) => `${number}-${amount}`),
      ['123-50000', '112-10000', '121-10000', '211-10000', '007-1000'],
    );
    assert.deepEqual([slip.total, slip.errors, slip.declined, slip.balance.real], [81_000, [], [], 9_919_000]);
    assert.deepEqual(await handIn(server, phaseId, carl, '123-500\n112R-100, 007-10', {}, key), first);
    assert.equal(code(await handIn(server, phaseId, carl, '123-500', {}, key)), 'IDEMPOTENCY_KEY_REUSED');
    assert.equal(await money(carl), 9_919_000);
    const placed = BalanceUpdated.parse(await own.hears('BALANCE_UPDATED', ({ reason }) => reason === 'SLIP_PLACED'));
    assert.deepEqual([placed.change, placed.newBalance], [-81_000, 9_919_000]);
    assert.equal((await handIn(server, phaseId, dora, '123-20 999-30')).status, 201);

    const risk = await get(server, `/lottery/phases/${phaseId}/risk`, ann);
    assert.deepEqual(risk.map((row: unknown) => WireRisk.parse(row)).slice(0, 2), [
      { number: '123', totalBet: 52_000, potentialPayout: 4_160_000, limit: 5_000_000, excess: 0 },
      { number: '112', totalBet: 10_000, potentialPayout: 800_000, limit: 5_000_000, excess: 0 },
    ]);
    const reconciled = await get(server, '/admin/reconciliation', ann);
    assert.equal(reconciled.right, true);
    const pools = reconciled.currencies[0].games.find(({ game }: { game: string }) => game === 'lottery');
    assert.deepEqual([pools.atStake.real, pools.difference, pools.bets], [86_000, 0, 7]);
    const settled = WireSettlement.parse(await drawAndSettle(server, phaseId, [ann, bob], '123'));
    const { totalIn, totalOut, commission, netProfit, winningNumber, slips, lines, winningLines, collectors } = settled;
    assert.deepEqual(
      { totalIn, totalOut, commission, netProfit, winningNumber, slips, lines, winningLines, collectors },
      {
        ...{ totalIn: 86_000, totalOut: 80 * 52_000, commission: 6_880, netProfit: 86_000 - 80 * 52_000 - 6_880 },
        ...{ winningNumber: '123', slips: 2, lines: 7, winningLines: 2, collectors: 2 },
      },
    );
    assert.deepEqual(
      [await money(carl), await money(dora)],
      [9_919_000 + 80 * 50_000 + 6_480, 10_000_000 - 5_000 + 80 * 2_000 + 400],
    );
    const paid = BalanceUpdated.parse(await own.hears('BALANCE_UPDATED', ({ reason }) => reason === 'PHASE_SETTLED'));
    assert.deepEqual([paid.change, paid.newBalance], [4_006_480, 13_925_480]);

    const again = await send(server, 'POST', `/admin/lottery/phases/${phaseId}/settle`, bob);
    assert.deepEqual([again.status, again.json], [200, settled], 'repeating it changes nothing');
    assert.equal(await money(carl), 13_925_480);
    const shown = WireSlipInFull.parse(await get(server, `/lottery/slips/${slip.slipId}`, carl));
    assert.deepEqual(
      shown.lines.map(({ number, outcome, payout }) => `${number} ${outcome} ${payout}`),
      ['123 won 4000000', '112 lost 0', '121 lost 0', '211 lost 0', '007 lost 0'],
    );
    assert.equal(shown.payout, 4_000_000);
    const phase = WirePhase.parse(await get(server, `/lottery/phases/${phaseId}`));
    assert.deepEqual([phase.status, phase.active, phase.winningNumber], ['SETTLED', false, '123']);
    const { items } = await get(server, '/admin/lottery/settlements', ann);
    assert.deepEqual(items[0], settled);
    const shares = await get(server, `/admin/lottery/phases/${phaseId}/collectors`, ann);
    assert.deepEqual(
      shares.items.find(({ userId }: { userId: string }) => userId === dora.userId),
      { userId: dora.userId, slips: 1, lines: 2, winningLines: 1, stake: 5_000, payout: 160_000, commission: 400 },
    );
    const { items: results } = await get(server, '/lottery/results', dora);
    const { settledAt } = settled;
    assert.deepEqual(results, [
      {
        ...{ phaseId, name: 'Feb-01', winningNumber: '123', settledAt, slips: 1, lines: 2, winningLines: 1 },
        ...{ stake: 5_000, payout: 160_000, commission: 400 },
      },
    ]);
    await own.leaves();
  });

  it('S3-16 S3-17 a preview says all that a slip would be, stores nothing and takes nothing', async () => {
    const { phaseId } = await newPhase(server, ann);
    const carl = await newCollector(server, 100);
    const path = `/lottery/phases/${phaseId}/slips`;
    const preview = await send(server, 'POST', path, carl, { text: '123-500, 12-5', preview: true });
    assert.equal(preview.status, 201);
    const { slipId, lines, total, errors } = preview.json;
    assert.deepEqual([slipId, lines, total], [null, [{ number: '123', amount: 50_000 }], 50_000]);
    assert.deepEqual(
      errors.map(({ position, fragment }: Record<string, unknown>) => [position, fragment]),
      [[9, '12-5']],
    );
    assert.deepEqual((await get(server, '/lottery/slips', carl)).items, []);
    const refused = await handIn(server, phaseId, carl, '123-500, 12-5');
    assert.deepEqual([refused.status, code(refused)], [400, 'INVALID_REQUEST']);
    assert.deepEqual(refused.json.error.details, errors);
    const stale = await handIn(server, phaseId, carl, '123-1', { digest: preview.json.digest });
    assert.equal(code(stale), 'INVALID_REQUEST');
    assert.equal(code(await send(server, 'POST', path, carl, { text: '123-1' })), 'INVALID_REQUEST', 'no key');
    for (const text of ['123-1\u0000', '123-1 \ud800']) {
      assert.equal(code(await handIn(server, phaseId, carl, text)), 'INVALID_REQUEST');
      assert.equal(code(await send(server, 'POST', path, carl, { text, preview: true })), 'INVALID_REQUEST');
    }
    assert.equal(await money(carl), 100);
  });

  it('S3-13 S3-14 S3-25 who cannot pay for a slip hears so, every time under its key', async () => {
    const { phaseId } = await newPhase(server, ann);
    const carl = await newCollector(server, 9_999);
    const key = newKey();
    assert.deepEqual(code(await handIn(server, phaseId, carl, '123-100', {}, key)), 'INSUFFICIENT_FUNDS');
    const deposit = { 'Idempotency-Key': newKey() };
    await send(server, 'POST', '/transactions/deposits', carl, { amount: 10_000, method: 'upi' }, deposit);
    assert.deepEqual(code(await handIn(server, phaseId, carl, '123-100', {}, key)), 'INSUFFICIENT_FUNDS');
    assert.equal(await money(carl), 9_999);
  });

  it('S3-18 collectors hand in slips, people of the house see risk and manage; nobody else', async () => {
    const { phaseId } = await newPhase(server, ann);
    const carl = await newCollector(server);
    const player = await newPlayer(server);
    const path = `/lottery/phases/${phaseId}`;
    const admin = `/admin${path}`;
    const denied: readonly [string, string, Player, object?][] = [
      ['POST', `${path}/slips`, player, { text: '123-1' }],
      ['POST', `${path}/slips`, ann, { text: '123-1' }],
      ['GET', '/lottery/slips', player],
      ['GET', `${path}/risk`, carl],
      ['GET', `${path}/lay-off`, carl],
      ['GET', `${path}/heat-map`, player],
      ['POST', '/admin/lottery/phases', carl, { name: 'x' }],
      ['PUT', `${admin}/limits/123`, carl, { maxAmount: 1 }],
      ['POST', `${admin}/close`, player],
      ['POST', `${admin}/result`, carl, { winningNumber: '123' }],
      ['POST', `${admin}/settle`, carl],
      ['GET', '/admin/lottery/slips', carl],
      ['GET', '/admin/lottery/settlements', player],
    ];
    for (const [method, where, who, body] of denied) {
      const answer = await send(server, method, where, who, body, { 'Idempotency-Key': newKey() });
      assert.deepEqual([where, answer.status, code(answer)], [where, 403, 'FORBIDDEN']);
    }
    assert.equal((await send(server, 'GET', `${path}/risk`)).status, 401);
  });

  it('a slip is shown to its collector and to the house, to others it is not there', async () => {
    const { phaseId } = await newPhase(server, ann);
    const [carl, dora] = [await newCollector(server), await newCollector(server)];
    const { slipId } = (await handIn(server, phaseId, carl, '123-5')).json;
    assert.equal(code(await send(server, 'GET', `/lottery/slips/${slipId}`, dora)), 'NOT_FOUND');
    assert.deepEqual((await get(server, '/lottery/slips', dora)).items, []);
    const [mine] = (await get(server, '/lottery/slips', carl)).items;
    const { status, lineCount, total } = WireSlip.parse(mine);
    assert.deepEqual([mine.slipId, status, lineCount, total], [slipId, 'ACCEPTED', 1, 500]);
    assert.equal((await get(server, `/lottery/slips/${slipId}`, carl)).text, '123-5');
    assert.equal((await get(server, `/admin/lottery/slips/${slipId}`, bob)).slipId, slipId);
    const missing = newKey();
    assert.equal(code(await handIn(server, missing, carl, '123-5')), 'NOT_FOUND');
    assert.equal(code(await send(server, 'GET', `/lottery/phases/${missing}`)), 'NOT_FOUND');
  });

  it('S3-22 a slip of a thousand lines is one command; one of 20,000 characters fits, whatever they are', async () => {
    const { phaseId } = await newPhase(server, ann);
    const carl = await newCollector(server, 100_000_000);
    const text = Array.from({ length: 1_000 }, (_, n) => `${String(n).padStart(3, '0')}-${n + 1}.50`).join('\n');
    const commands = async () => {
      const counted = 'select count(*)::int from command where origin = $1';
      return (await database.admin().query(counted, [carl.userId])).rows[0].count;
    };
    const { status, json } = await handIn(server, phaseId, carl, text);
    assert.deepEqual([status, json.lines?.length, json.total], [201, 1_000, 50_100_000]);
    assert.equal(await commands(), 1);
    const long = await handIn(server, phaseId, carl, '၁၂၃-၅ '.repeat(3_333));
    assert.deepEqual([long.status, long.json.total], [201, 3_333 * 500]);
    assert.equal(await commands(), 2);
    const longer = await handIn(server, phaseId, carl, '123-5 '.repeat(3_334));
    assert.match(longer.json.error.details[0].message, /at most 20000 characters/);
  });
});
