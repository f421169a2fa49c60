import assert from 'node:assert/strict';
import { ensureDemoPhase } from '../../src/demo/lottery.ts';
import { DEMO_PASSWORD } from '../../src/demo/people.ts';
import { nextDraw } from '../../src/games/lottery/schedule.ts';
import { enter, get, newKey, send } from '../journeys/support.ts';
import { useDatabase } from '../support/database.ts';
import { noonClock } from '../support/noon-clock.ts';
import { useDemo } from './support.ts';

describe('the lottery of the demo', () => {
  const database = useDatabase();
  const demo = useDemo(database, { clock: noonClock() });

  it('S3-17 S3-19 has a phase until the next draw, in which collector1 can hand in a slip at once', async () => {
    const server = demo.server();
    const login = { username: 'collector1', password: DEMO_PASSWORD };
    const { json } = await send(server, 'POST', '/auth/login', undefined, login);
    const collector = { token: json.accessToken };
    const { items } = await get(server, '/lottery/phases');
    assert.equal(items.length, 1);
    const [{ phaseId, name, endDate, status, rtp }] = items;
    const next = nextDraw(server.clock.now(), server.config.drawSchedule);
    assert.deepEqual([name, Date.parse(endDate), status, rtp], [next.name, next.at, 'OPEN', '8.000']);
    const key = { 'Idempotency-Key': newKey() };
    const slip = await send(server, 'POST', `/lottery/phases/${phaseId}/slips`, collector, { text: '123-500' }, key);
    assert.deepEqual([slip.status, slip.json.balance?.real], [201, 50_000]);
    const guest = await enter(server, phaseId, collector);
    assert.equal((await guest.asks('submit-slip', { key: newKey(), text: '123-501' })).code, 'INSUFFICIENT_FUNDS');
    await guest.leaves();
    await ensureDemoPhase(server);
    assert.equal((await get(server, '/lottery/phases')).items.length, 1, 'another start makes no second one');
  });
});
