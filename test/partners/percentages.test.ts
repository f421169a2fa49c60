import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import type { Percentage } from '../../src/money.ts';
import { auditEarnings } from '../../src/partners/audit.ts';
import type { PartnerId } from '../../src/partners/commission.ts';
import { type Agreement, recordAgreement } from '../../src/partners/store.ts';
import type { Server } from '../../src/server.ts';
import { assertBooks, get, newPlayer, newStaff, type Player, send, start } from '../journeys/support.ts';
import { assertProjections } from '../rounds/followed.ts';
import { useDatabase } from '../support/database.ts';
import { playAt } from './support.ts';

const MIGRATION = new URL('../../db/migrations/0023_percentages_and_refusals.sql', import.meta.url);

/** Half of it, and a tenth of that. */
const AGREED: Agreement = {
  ...{ sharePercentage: 5_000 as Percentage, commissionRate: 1_000 as Percentage },
  ...{ carryOver: 'monthly-reset', status: 'active' },
};

describe('the percentages beside figures', () => {
  const database = useDatabase();
  let server: Server;
  let admin: Player;
  let partner: Player;
  let id: PartnerId;
  let players: readonly Player[];
  before(async () => {
    server = await start(database, []);
    admin = await newStaff(server, 'ADMIN');
  });
  after(async () => {
    await server.stop();
    await assertBooks(database);
  });
  beforeEach(async () => {
    partner = await newPlayer(server, 0);
    id = (await send(server, 'POST', '/admin/partners', admin, { userId: partner.userId })).json.id;
    players = [await newPlayer(server, 200_000), await newPlayer(server), await newPlayer(server)];
    const referred = players.map(({ userId }) => userId);
    const own = 'update users set referred_by = $1 where id = any($2)';
    await database.admin().query(own, [partner.userId, referred]);
  });
  afterEach(() => assertProjections(database));

  const agree = (since: string, change: Partial<Agreement>) =>
    recordAgreement(database.pool(), id, { ...AGREED, ...change }, new Date(since));
  const play = (at: string, who: number, amount: number) =>
    playAt(database, server.wallet, at, [[(players[who] as Player).userId, amount, 0]]);
  const shown = ({ sharePercentage, commissionRate, ngr, earned }: Record<string, unknown>) =>
    `${sharePercentage} ${commissionRate} ${ngr} ${earned}`;
  const report = async (query: string) => (await get(server, `/partner/earnings?${query}`, partner)).items.map(shown);
  const october = async () => {
    await server.partners.sweep();
    const { items } = await get(server, '/partner/statements?cursor=2025-11&limit=1', partner);
    return `${items[0].period} ${shown(items[0])}`;
  };

  it('S0-68 stay where only a carry-over changed, or somebody was suspended and nothing was counted then', async () => {
    await play('2025-10-02T12:00:00Z', 0, 1_009);
    await agree('2025-10-03T00:00:00Z', { carryOver: 'carry' });
    await play('2025-10-04T12:00:00Z', 0, 1_009);
    await agree('2025-10-05T00:00:00Z', { status: 'suspended' });
    await agree('2025-10-06T00:00:00Z', {});
    await play('2025-10-07T12:00:00Z', 0, 1_009);
    await server.partners.count();
    // Not three times 504 and 50: they are rounded once, as their percentages are the same.
    const all = ['50 10 1513 151'];
    assert.deepEqual(await report('from=2025-10-01&to=2025-11-01&groupBy=game'), all);
    assert.deepEqual(await report('from=2025-10-01&to=2025-11-01&groupBy=player&limit=1'), all);
    assert.deepEqual(await report('from=2025-10-04&to=2025-10-06'), ['50 10 504 50', '50 0 0 0']);
    assert.equal(await october(), `2025-10 ${all[0]}`);
  });

  it('S0-67 are those agreed last, whatever the clock said before: who is suspended does not earn', async () => {
    await agree('2025-10-03T12:15:00Z', { sharePercentage: 6_000 as Percentage });
    await agree('2025-12-03T00:00:00Z', { sharePercentage: 6_000 as Percentage });
    await agree('2025-10-03T12:00:00Z', { sharePercentage: 6_000 as Percentage, status: 'suspended' });
    for (const at of ['2025-10-03T12:05:00Z', '2025-10-03T12:20:00Z', '2025-12-03T00:05:00Z']) await play(at, 0, 1_000);
    await server.partners.count();
    assert.deepEqual(await report('from=2025-10-03T12:00:00Z&to=2025-10-04&groupBy=game'), ['60 0 1200 0']);
    assert.deepEqual(await report('from=2025-12-03&to=2025-12-04&groupBy=game'), ['60 0 600 0']);
  });

  it('S0-68 are those of each player, in all this time', async () => {
    await play('2025-10-02T12:00:00Z', 0, 1_000);
    await agree('2025-10-03T00:00:00Z', { commissionRate: 2_000 as Percentage });
    await play('2025-10-04T12:00:00Z', 1, 1_000);
    await play('2025-10-04T12:00:00Z', 2, 1_000);
    await agree('2025-10-05T00:00:00Z', { sharePercentage: 10_000 as Percentage });
    await play('2025-10-06T12:00:00Z', 2, 1_000);
    await server.partners.count();
    const listed = (await get(server, '/partner/players', partner)).items.map(shown);
    assert.deepEqual(listed, ['50 10 500 50', '50 20 500 100', 'null null 1500 200']);
    await agree('2025-10-07T00:00:00Z', { commissionRate: 500 as Percentage });
    await database.admin().query('update users set referred_by = null where id = $1', [players[1]?.userId]);
    await newReferred();
    const later = (await get(server, '/partner/players', partner)).items.map(shown);
    assert.deepEqual(later, ['50 10 500 50', 'null null 1500 200', '50 5 0 0'], 'of nobody yet: what is agreed');
    await database
      .admin()
      .query('update users set referred_by = $2 where id = $1', [players[1]?.userId, partner.userId]);
  });

  async function newReferred(): Promise<void> {
    const { userId } = await newPlayer(server, 0);
    await database.admin().query('update users set referred_by = $2 where id = $1', [userId, partner.userId]);
  }

  it('S0-67 S0-68 of a statement are those that its amounts follow from, whoever is suspended at its end', async () => {
    await play('2025-10-02T12:00:00Z', 0, 100_000);
    await agree('2025-10-30T00:00:00Z', { status: 'suspended' });
    assert.equal(await october(), '2025-10 50 10 50000 5000');
  });

  it('S0-67 S0-68 of a statement are not there where they changed within what was counted', async () => {
    await play('2025-10-02T12:00:00Z', 0, 100_000);
    await agree('2025-10-15T00:00:00Z', { commissionRate: 2_000 as Percentage });
    await play('2025-10-16T12:00:00Z', 0, 100_000 - 20_000);
    assert.equal(await october(), '2025-10 50 null 90000 13000');
  });

  it('S0-68 of statements that were closed before are put right', async () => {
    await play('2025-10-02T12:00:00Z', 0, 80_000);
    await agree('2025-10-30T00:00:00Z', { status: 'suspended' });
    const right = await october();
    const found = async () => (await auditEarnings(database.pool())).flatMap(({ broken }) => broken).length;
    const wrong = `update partner_statement set commission_rate = 0 where partner_id = $1 and period = '2025-10-01'`;
    await database.admin().query(wrong, [id]);
    assert.equal(await found(), 1);
    const migration = await readFile(MIGRATION, 'utf8');
    await database.admin().query(migration.slice(migration.indexOf('with counted'), migration.indexOf('create table')));
    assert.equal(await october(), right);
    assert.equal(await found(), 0);
  });
});
