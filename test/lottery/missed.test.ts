import assert from 'node:assert/strict';
import { type Client, ClientState } from '@colyseus/core';
import { deliverMissedPhases } from '../../rooms/missed-phases.ts';
import { PhaseComplete } from '../../schema/lottery.ts';
import { systemClock } from '../../src/clock.ts';
import type { Server } from '../../src/server.ts';
import {
  assertBooks,
  enterAccount,
  type Guest,
  get,
  newStaff,
  type Player,
  start,
  until,
} from '../journeys/support.ts';
import { useDatabase } from '../support/database.ts';
import { drawAndSettle, handIn, newCollector, newPhase } from './journey-support.ts';

describe('what phases came to for a collector', () => {
  const database = useDatabase();
  let server: Server;
  let staff: readonly [Player, Player];

  before(async () => {
    server = await start(database, []);
    staff = [await newStaff(server, 'ADMIN'), await newStaff(server, 'MASTER')];
  });
  after(async () => {
    await server.stop();
    await assertBooks(database);
  });

  /** A settled phase in which each of these has staked this text; its id. */
  async function played(text: string, ...collectors: readonly Player[]): Promise<string> {
    const { phaseId } = await newPhase(server, staff[0], { commission: 800 });
    for (const collector of collectors) {
      assert.equal((await handIn(server, phaseId, collector, text)).status, 201);
    }
    await drawAndSettle(server, phaseId, staff, '123');
    return phaseId;
  }

  const results = ({ heard }: Guest) => heard.filter(({ type }) => type === 'phase_complete');
  const told = (...guests: readonly Guest[]) =>
    guests.flatMap(results).map(({ body }) => {
      const { phaseId, payout, missed } = PhaseComplete.parse(body);
      return [phaseId, payout, missed];
    });
  async function undelivered({ userId }: Player): Promise<number> {
    const { rows } = await database
      .admin()
      .query('select from lottery_collector where user_id = $1 and delivered_at is null', [userId]);
    return rows.length;
  }

  it('S3-21 is told when it is settled to those who are there, won or lost, and not again', async () => {
    const [carl, dora] = [await newCollector(server), await newCollector(server)];
    const own = await enterAccount(server, carl);
    const won = await played('123-500 999-30', carl, dora);
    const told1 = PhaseComplete.parse(await own.hears('phase_complete', ({ phaseId }) => phaseId === won));
    const { settledAt, version, ...result } = told1;
    assert.deepEqual(result, {
      ...{ phaseId: won, name: 'Feb-01', winningNumber: '123', slips: 1, lines: 2, winningLines: 1 },
      ...{ stake: 53_000, payout: 4_000_000, commission: 4_240, newBalance: 10_000_000 - 53_000 + 4_004_240 },
    });
    const { items } = await get(server, '/lottery/results', carl);
    assert.equal(items[0].settledAt, settledAt);
    assert.equal((await get(server, '/wallets/me', carl)).version, version);
    const lost = await played('777-100', carl);
    await own.hears('phase_complete', ({ phaseId, payout }) => phaseId === lost && payout === 0);
    await until(async () => (await undelivered(carl)) === 0, 5_000, 'both noted');
    await own.leaves();

    const again = await enterAccount(server, carl);
    await again.hears('BALANCE_UPDATED');
    const late = await played('005-1', carl);
    await again.hears('phase_complete', ({ phaseId }) => phaseId === late);
    assert.equal(results(again).length, 1, 'only what is new');
    await again.leaves();
    assert.equal(await undelivered(dora), 1);
  });

  it('S3-21 is told on coming back, oldest first, each once, however many come at once', async () => {
    const carl = await newCollector(server);
    const phases = [await played('123-1', carl), await played('009-1', carl), await played('123-2', carl)];
    const expected = [8_000, 0, 16_000].map((payout, at) => [phases[at], payout, true]);
    const places = await Promise.all([1, 2, 3].map(() => enterAccount(server, carl)));
    await until(() => told(...places).length === 3, 5_000, 'all three');
    const byPhase = (one: unknown[], other: unknown[]) => `${one[0]}`.localeCompare(`${other[0]}`);
    assert.deepEqual(told(...places).sort(byPhase), expected.sort(byPhase));
    for (const place of places) await place.leaves();
    assert.equal(await undelivered(carl), 0);
  });

  it('is told on coming back also where its collector seemed to be there, and heard nothing', async () => {
    const carl = await newCollector(server);
    const silence = server.channels.lend({ reaches: (userId) => userId === carl.userId, speak: () => false });
    const phase = await played('123-1', carl);
    await until(async () => (await undelivered(carl)) === 1, 5_000, 'brought back');
    silence();
    const own = await enterAccount(server, carl);
    await until(() => told(own).length === 1, 5_000, 'it');
    assert.deepEqual(told(own), [[phase, 8_000, true]]);
    await own.leaves();
  });

  it('is kept for the next time where the connection ends over it', async () => {
    const carl = await newCollector(server);
    const phases = [await played('123-1', carl), await played('009-1', carl), await played('123-2', carl)];
    const heard: string[] = [];
    const client = {
      state: ClientState.JOINED as ClientState,
      send(_type: string, { phaseId }: { readonly phaseId: string }) {
        heard.push(phaseId);
        client.state = ClientState.LEAVING;
      },
    };
    const deps = { database: database.pool(), clock: systemClock };
    await deliverMissedPhases(deps, client as unknown as Client, carl.userId);
    assert.deepEqual(heard, phases.slice(0, 1));
    const own = await enterAccount(server, carl);
    await until(() => told(own).length === 2, 5_000, 'the others');
    assert.deepEqual(
      told(own).map(([phase]) => phase),
      phases.slice(1),
    );
    await own.leaves();
  });
});
