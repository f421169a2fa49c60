import assert from 'node:assert/strict';
import { parseSlip } from '../../src/games/lottery/slip/parse-slip.ts';
import { WireRisk } from '../../src/lottery/wire-risk.ts';
import type { Server } from '../../src/server.ts';
import { get, newStaff, type Player, send, start } from '../journeys/support.ts';
import { useDatabase } from '../support/database.ts';
import { handIn, newCollector, newPhase } from './journey-support.ts';
import { assertLottery } from './support.ts';

describe('the risk of a phase, over HTTP', () => {
  const database = useDatabase();
  let server: Server;
  let ann: Player;
  let path = '';

  before(async () => {
    server = await start(database, []);
    ann = await newStaff(server, 'ADMIN');
    const carl = await newCollector(server);
    const { phaseId } = await newPhase(server, ann, { globalLimit: 10_000, overLimit: 'lay-off', name: 'Feb-01 / 2' });
    path = `/lottery/phases/${phaseId}`;
    const limit = { maxAmount: 30_000 };
    const limited = await send(server, 'PUT', `/admin${path}/limits/007`, ann, limit);
    assert.deepEqual(limited.json, { phaseId, number: '007', maxAmount: 30_000 });
    assert.equal((await handIn(server, phaseId, carl, '123-150.50, 456-100, 007-250')).status, 201);
  });
  after(async () => {
    await server.stop();
    await assertLottery(database);
  });

  const text = async (where: string) => {
    const headers = { Authorization: `Bearer ${ann.token}` };
    const response = await fetch(`http://127.0.0.1:${server.port}${where}`, { headers });
    return {
      type: response.headers.get('content-type'),
      name: response.headers.get('content-disposition'),
      text: await response.text(),
    };
  };

  it('S3-07 S3-09 has liability, limit and excess of every number with a stake, the largest first', async () => {
    const figures = (await get(server, `${path}/risk`, ann)).map((figure: unknown) => WireRisk.parse(figure));
    assert.deepEqual(figures, [
      { number: '007', totalBet: 25_000, potentialPayout: 2_000_000, limit: 30_000, excess: 0 },
      { number: '123', totalBet: 15_050, potentialPayout: 1_204_000, limit: 10_000, excess: 5_050 },
      { number: '456', totalBet: 10_000, potentialPayout: 800_000, limit: 10_000, excess: 0 },
    ]);
  });

  it('S3-06 S3-07 is there as CSV, numbers with their leading zeros', async () => {
    const { type, name, text: csv } = await text(`${path}/risk?format=csv`);
    assert.deepEqual([type, name], ['text/csv; charset=utf-8', 'attachment; filename=risk-Feb-01-2.csv']);
    assert.deepEqual(csv.split('\r\n'), [
      'number,totalBet,potentialPayout,limit,excess',
      '007,25000,2000000,30000,0',
      '123,15050,1204000,10000,5050',
      '456,10000,800000,10000,0',
      '',
    ]);
  });

  it('S3-24 the lay-off list is what is above the limits, and the text of a slip that stakes just that', async () => {
    const { items, total, text: slip } = await get(server, `${path}/lay-off`, ann);
    assert.deepEqual(
      items.map(({ number, excess }: { number: string; excess: number }) => [number, excess]),
      [['123', 5_050]],
    );
    assert.deepEqual([total, slip], [5_050, '123-50.50']);
    assert.equal(Number(parseSlip(slip).total), total);
    const { text: csv } = await text(`${path}/lay-off?format=csv`);
    assert.deepEqual(csv.split('\r\n').slice(1), ['123,15050,1204000,10000,5050', '']);
  });

  it('S3-24 the heat map has all thousand numbers in their order', async () => {
    const { numbers, largestBet, largestExcess } = await get(server, `${path}/heat-map`, ann);
    assert.equal(numbers.length, 1_000);
    assert.deepEqual([numbers[7].number, numbers[7].totalBet, numbers[7].limit], ['007', 25_000, 30_000]);
    assert.deepEqual(WireRisk.parse(numbers[999]), {
      ...{ number: '999', totalBet: 0, potentialPayout: 0, limit: 10_000, excess: 0 },
    });
    assert.deepEqual([largestBet, largestExcess], [25_000, 5_050]);
  });

  it('what cannot be understood is refused', async () => {
    const bad: readonly [string, string, object?][] = [
      ['GET', `${path}/risk?format=xml`],
      ['PUT', `/admin${path}/limits/7`, { maxAmount: 1 }],
      ['PUT', `/admin${path}/limits/007`, { maxAmount: -1 }],
      ['PUT', `/admin${path}/limits/007`, { maxAmount: 0.5 }],
      ['POST', `/admin${path}/result`, { winningNumber: 7 }],
      ['POST', `/admin${path}/result`, { winningNumber: '0007' }],
      ['POST', '/admin/lottery/phases', { endDate: 'tomorrow' }],
      ['POST', '/admin/lottery/phases', { name: 'x'.repeat(21) }],
      ['POST', '/admin/lottery/phases', { permutationMultiplier: 10 }],
      ['POST', '/admin/lottery/phases', { straightMultiplier: 1_000 }],
      ['POST', '/admin/lottery/phases', { endDate: '2020-01-01T00:00:00Z' }],
    ];
    for (const [method, where, body] of bad) {
      const { status, json } = await send(server, method, where, ann, body);
      assert.deepEqual([where, status, json.error.code], [where, 400, 'INVALID_REQUEST']);
    }
  });

  it('S3-02 S3-19 a phase of which nothing is said ends with the next draw; of a day, at its time', async () => {
    const made = await send(server, 'POST', '/admin/lottery/phases', ann, {});
    assert.equal(made.status, 201);
    const bangkok = Temporal.Instant.from(made.json.endDate).toZonedDateTimeISO('Asia/Bangkok');
    assert.ok([1, 16].includes(bangkok.day));
    assert.equal(bangkok.toPlainTime().toString(), '15:30:00');
    assert.match(made.json.name, /^[A-Z][a-z]{2}-(01|16)$/);
    const endDate = Temporal.Now.plainDateISO('UTC').add({ days: 200 }).toString();
    const day = await send(server, 'POST', '/admin/lottery/phases', ann, { endDate });
    assert.deepEqual([day.status, day.json.endDate], [201, `${endDate}T08:30:00.000Z`]);
    assert.equal((await get(server, path)).status, 'CLOSED');
  });
});
