import assert from 'node:assert/strict';
import { PartnerUpdate } from '../../schema/account.ts';
import type { CarryOver, PartnerId } from '../../src/partners/commission.ts';
import { firstOfMonth, nextMonth, startOfDay } from '../../src/partners/slots.ts';
import { newestStatements } from '../../src/partners/statement-store.ts';
import type { Server } from '../../src/server.ts';
import { movableClock } from '../accounts/support.ts';
import { assertBooks, enter, get, newPlayer, newStaff, type Player, send, start } from '../journeys/support.ts';
import { assertProjections } from '../rounds/followed.ts';
import { useDatabase } from '../support/database.ts';
import { newPartners, playAt } from './support.ts';

const DAY_MS = 86_400_000;

describe('the month of a partner that is under way', () => {
  const database = useDatabase();
  const clock = movableClock();
  /** It is the twentieth of next month. */
  const last = firstOfMonth(clock.now(), 'UTC');
  const month = nextMonth(last);
  const day = (of: string, number: number) => startOfDay(of, 'UTC') + (number - 1) * DAY_MS;
  const at = (of: string, number: number) => new Date(day(of, number)).toISOString();
  let server: Server;
  let admin: Player;
  before(async () => {
    clock.advance(day(month, 20) - clock.now());
    server = await start(database, [], { clock });
    admin = await newStaff(server, 'ADMIN');
  });
  after(async () => {
    await server.stop();
    await assertBooks(database);
  });
  afterEach(() => assertProjections(database));

  async function people(carryOver: CarryOver): Promise<[Player, PartnerId, Player]> {
    const partner = await newPlayer(server, 0);
    const made = await send(server, 'POST', '/admin/partners', admin, { userId: partner.userId, carryOver });
    const player = await newPlayer(server, 1_000_000);
    const refer = 'update users set referred_by = $1 where id = $2';
    await database.admin().query(refer, [partner.userId, player.userId]);
    return [partner, made.json.id, player];
  }
  const play = ({ userId }: Player, when: string, amount: number, pays: number) =>
    playAt(database, server.wallet, when, [[userId, amount, pays]]);
  /** What the month came to when it was closed. */
  async function closed(id: PartnerId) {
    const later = movableClock();
    later.advance(day(nextMonth(month), 2) - later.now());
    await newPartners(database, server.wallet, { clock: later }).sweep();
    const [said] = await newestStatements(database.pool(), id, undefined, 1);
    assert.ok(said);
    const { earned, carriedIn, due, carriedOut, carryOver } = said;
    const amounts = { earned: Number(earned), carriedIn: Number(carriedIn), due: Number(due) };
    return { period: said.period.slice(0, 7), carryOver, ...amounts, carriedOut: Number(carriedOut) };
  }

  it('S0-63 S0-67 shows what is due with `none`, where the net of the month is a loss', async () => {
    const [partner, id, player] = await people('none');
    const room = await enter(server, 'account', partner);
    await play(player, at(month, 5), 100_000, 0);
    await play(player, at(month, 6), 100_000, 300_000);
    const { month: figures, openMonth } = await get(server, '/partner/summary', partner);
    assert.deepEqual([figures.ngr, figures.earned], [-50_000, -5_000]);
    const said = { period: month.slice(0, 7), carryOver: 'none', carriedIn: 0, carriedOut: 0 };
    assert.deepEqual(openMonth, { ...said, earned: 5_000, due: 5_000 });
    const house = await get(server, `/admin/partners/${id}/summary`, admin);
    assert.deepEqual(house.openMonth, openMonth);
    const told = PartnerUpdate.parse(await room.hears('partner_update', ({ betCount }) => betCount === 2));
    assert.deepEqual([told.from, told.ngr, told.earned, told.due], [at(month, 1), -50_000, -5_000, 5_000]);
    await room.leaves();
    assert.deepEqual(await closed(id), openMonth);
  });

  it('S0-67 begins with the loss of the one before, whether that is closed yet or not', async () => {
    const [partner, id, player] = await people('carry');
    await play(player, at(last, 5), 100_000, 300_000);
    await play(player, at(month, 5), 150_000, 0);
    const { openMonth } = await get(server, '/partner/summary', partner);
    const said = { period: month.slice(0, 7), carryOver: 'carry', earned: 7_500, carriedIn: -10_000 };
    assert.deepEqual(openMonth, { ...said, due: 0, carriedOut: -2_500 });
    await server.partners.sweep();
    assert.deepEqual((await get(server, '/partner/summary', partner)).openMonth, openMonth);
    assert.deepEqual(await closed(id), openMonth);
  });
});
