import assert from 'node:assert/strict';
import { LiveStatistics } from '../../schema/backoffice.ts';
import type { Server } from '../../src/server.ts';
import { enter, enterBackoffice, type Guest, get, newStaff, type Player, start, until } from '../journeys/support.ts';
import { useDatabase } from '../support/database.ts';
import { drawAndSettle, handIn, newCollector, newPhase } from './journey-support.ts';

describe('what the back office sees of the lottery and the desk as it happens', () => {
  const database = useDatabase();
  let server: Server;
  let office: Guest;
  let ann: Player;
  let bob: Player;
  let carl: Player;
  before(async () => {
    server = await start(database, []);
    [ann, bob] = [await newStaff(server, 'ADMIN'), await newStaff(server, 'MASTER')];
    carl = await newCollector(server, 10_000_000);
    office = await enterBackoffice(server, ann);
  });
  after(() => server.stop());

  const live = () => LiveStatistics.parse(office.all('live-statistics').at(-1));
  const phase = (id: string) => live().phases.find(({ phaseId }) => phaseId === id);
  const inTime = (look: () => boolean | undefined, what: string) => until(look, 5_000, what);

  it('S0-73 who is in the room of the desk', async () => {
    await office.hears('live-statistics');
    assert.deepEqual([live().desk.players, live().desk.spectators], [0, 0]);
    const guests = [await enter(server, 'desk-main', carl), await enter(server, 'desk-main')];
    await inTime(() => live().desk.players === 1 && live().desk.spectators === 1, 'both of them');
    for (const guest of guests) await guest.leaves();
    await inTime(() => live().desk.players + live().desk.spectators === 0, 'them to leave');
  });

  it('S0-73 what is staked on a phase while it goes on, what the house can lose by it, and who is there', async () => {
    const { phaseId } = await newPhase(server, ann, { commission: 800 });
    await inTime(() => phase(phaseId)?.status === 'OPEN', 'the phase');
    const calm = { phaseId, name: 'Feb-01', status: 'OPEN', players: 0, spectators: 0 };
    assert.deepEqual(phase(phaseId), { ...calm, lines: 0, stakes: 0, exposure: 0 });
    const guests = [await enter(server, phaseId, carl), await enter(server, phaseId, carl)];
    guests.push(await enter(server, phaseId));
    assert.equal((await handIn(server, phaseId, carl, '123-100 456-300 123-100')).status, 201);
    await inTime(() => phase(phaseId)?.stakes === 50_000, 'the stakes');
    const seen = { ...calm, players: 1, spectators: 1, lines: 2, stakes: 50_000 };
    // 456 pays 80 times 300.00; all stakes are the house’s, but for the collector’s eight percent.
    assert.deepEqual(phase(phaseId), { ...seen, exposure: 80 * 30_000 - 50_000 + 4_000 });
    const overview = await get(server, '/master/overview', bob);
    assert.deepEqual(overview.phases, [phase(phaseId)]);
    for (const guest of guests) await guest.leaves();
    await drawAndSettle(server, phaseId, [ann, bob], '999');
    await inTime(() => live().phases.length === 0, 'it to be over');
    assert.equal(live().games.find(({ game }) => game === 'lottery')?.today.ggr, 50_000 - 4_000);
  });
});
