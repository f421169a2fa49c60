import assert from 'node:assert/strict';
import type { UserId } from '../../src/ids.ts';
import type { Server } from '../../src/server.ts';
import { PASSWORD } from '../accounts/support.ts';
import { assertBooks, get, newPlayer, newStaff, type Player, send, start } from '../journeys/support.ts';
import { assertProjections } from '../rounds/followed.ts';
import { useDatabase } from '../support/database.ts';
import { credit, GAME } from '../wallet/fixture.ts';
import { playAt } from './support.ts';

/** When the bets of these tests were closed. */
const NOVEMBER = ['2026-11-01T18:15:00Z', '2026-11-01T18:30:00Z', '2026-11-03T05:00:00Z'] as const;

describe('reports for partners', () => {
  const database = useDatabase();
  let server: Server;
  let admin: Player;
  let partner: Player;
  let partnerId: string;
  let players: Player[];

  before(async () => {
    server = await start(database, []);
    admin = await newStaff(server, 'ADMIN');
    partner = await newPlayer(server, 0);
    const made = await send(server, 'POST', '/admin/partners', admin, {
      ...{ userId: partner.userId, sharePercentage: 50, commissionRate: 12.5 },
    });
    assert.equal(made.status, 201, JSON.stringify(made.json));
    partnerId = made.json.id;
    const { referralCode } = await get(server, '/partner/summary', partner);
    players = [await register('ann', referralCode), await register('bob', referralCode)];
    // Nobody can register like that; who knows who will, one day.
    await database.admin().query(`update users set username = '-ann', display_name = '-ann' where username = 'ann'`);
    for (const [index, at] of NOVEMBER.entries()) {
      await bets(at, [[players[index % 2] as Player, 1_000 * (index + 1), index === 2 ? 9_000 : 0]]);
    }
    await server.partners.count();
  });
  after(async () => {
    await server.stop();
    await assertBooks(database);
    await assertProjections(database);
  });

  async function register(username: string, referralCode: string): Promise<Player> {
    const body = { username, password: PASSWORD, referralCode };
    const { json } = await send(server, 'POST', '/auth/register', undefined, body);
    assert.ok(await server.wallet.execute(credit(json.user.id, 100_000)));
    return { userId: json.user.id as UserId, username, token: json.accessToken };
  }

  const bets = (at: string, all: readonly (readonly [Player, number, number])[]) =>
    playAt(
      database,
      server.wallet,
      at,
      all.map(([{ userId }, amount, pays]) => [userId, amount, pays]),
    );
  const ask = (path: string, who: Player | undefined = partner) => get(server, path, who);
  const range = 'from=2026-11-01&to=2026-11-04';

  it('S0-52 whoever is made one has the role, terms, and a code by which players come', async () => {
    const said = await ask('/partner/summary');
    assert.equal(said.id, partnerId);
    assert.deepEqual([said.status, said.sharePercentage, said.commissionRate], ['active', 50, 12.5]);
    assert.deepEqual([said.carryOver, said.players, said.month.currency], ['monthly-reset', 2, 'INR']);
    assert.match(said.referralCode, /^[0-9A-Z]{12}$/);
    assert.equal((await get(server, '/auth/me', partner)).role, 'PARTNER');
    assert.equal('realBets' in said.month, false);
    const [line] = (await get(server, `/admin/audit?target=partner:${partnerId}`, admin)).items;
    assert.deepEqual([line.action, line.after.sharePercentage], ['partner.create', 5_000]);
  });

  it('S4-08 nobody else is let in, and the real figures are for the house alone', async () => {
    for (const path of ['/partner/summary', '/partner/earnings', '/partner/players', '/partner/statements']) {
      assert.equal((await get(server, path)).error.code, 'UNAUTHORIZED');
      assert.equal((await ask(path, players[0])).error.code, 'FORBIDDEN');
      assert.equal((await ask(path, admin)).error.code, 'FORBIDDEN');
    }
    for (const path of ['', `/${partnerId}/summary`, `/${partnerId}/earnings`, `/${partnerId}/players`]) {
      assert.equal((await ask(`/admin/partners${path}`)).error.code, 'FORBIDDEN');
    }
    const nobody = await newStaff(server, 'PARTNER');
    assert.equal((await ask('/partner/summary', nobody)).error.code, 'NOT_FOUND');
  });

  it('S0-56 S0-57 S0-58 S0-66 S0-68 by day: the share of the real figures, and both percentages', async () => {
    const { items, nextCursor, tz } = await ask(`/partner/earnings?${range}`);
    assert.deepEqual([tz, nextCursor, items.length], ['UTC', null, 3]);
    assert.deepEqual(items[0], {
      ...{ day: '2026-11-01', currency: 'INR', players: 0, active: 2, firstDeposits: 0, betCount: 2 },
      ...{ bets: 1_500, payouts: 0, ggr: 1_500, ngr: 1_500, sharePercentage: 50, commissionRate: 12.5, earned: 187 },
      bonusCost: 0,
    });
    assert.deepEqual(
      items.map((row: Record<string, unknown>) => [row.day, row.active, row.ggr, row.earned]),
      [
        ['2026-11-01', 2, 1_500, 187],
        ['2026-11-02', 0, 0, 0],
        ['2026-11-03', 1, -3_000, -375],
      ],
    );
    const house = await ask(`/admin/partners/${partnerId}/earnings?${range}`, admin);
    const { realBets, realPayouts, realGgr, realNgr, bets: shown } = house.items[2];
    assert.deepEqual([realBets, realPayouts, realGgr, realNgr, shown], [3_000, 9_000, -6_000, -6_000, 1_500]);
  });

  it('days are those of any time zone, and pages follow one another', async () => {
    const inZone = async (tz: string) =>
      (await ask(`/partner/earnings?${range}&tz=${tz}`)).items.map(({ day, bets: shown }: Record<string, unknown>) => [
        day,
        shown,
      ]);
    assert.deepEqual(await inZone('Asia/Kolkata'), [
      ['2026-11-01', 500],
      ['2026-11-02', 1_000],
      ['2026-11-03', 1_500],
    ]);
    assert.deepEqual(await inZone('America/New_York'), [
      ['2026-11-01', 1_500],
      ['2026-11-02', 0],
      ['2026-11-03', 1_500],
    ]);
    const first = await ask(`/partner/earnings?${range}&limit=2`);
    assert.deepEqual([first.items.length, first.nextCursor], [2, '2026-11-02']);
    const second = await ask(`/partner/earnings?${range}&limit=2&cursor=${first.nextCursor}`);
    assert.deepEqual([second.items[0].day, second.nextCursor], ['2026-11-03', null]);
  });

  it('by player and by game it is the same money', async () => {
    const byPlayer = (await ask(`/partner/earnings?${range}&groupBy=player`)).items;
    assert.deepEqual(
      byPlayer.map((row: Record<string, unknown>) => [row.playerId, row.bets, row.ggr]),
      [
        [players[0]?.userId, 2_000, -2_500],
        [players[1]?.userId, 1_000, 1_000],
      ],
    );
    assert.equal('username' in byPlayer[0], false);
    const [byGame, none] = (await ask(`/partner/earnings?${range}&groupBy=game`)).items;
    assert.deepEqual([byGame.game, byGame.active, byGame.bets, none], [GAME, 2, 3_000, undefined]);
    const page = await ask(`/partner/earnings?${range}&groupBy=player&limit=1`);
    const next = await ask(`/partner/earnings?${range}&groupBy=player&limit=1&cursor=${page.nextCursor}`);
    assert.deepEqual([page.items, next.items].flat(), byPlayer);
    assert.deepEqual((await ask(`/partner/earnings?${range}&groupBy=round`)).items, []);
  });

  it('players are listed in the order in which they came, by name only for the house', async () => {
    const own = await ask('/partner/players');
    assert.deepEqual(
      own.items.map((row: Record<string, unknown>) => [row.playerId, row.bets, row.username]),
      [
        [players[0]?.userId, 2_000, undefined],
        [players[1]?.userId, 1_000, undefined],
      ],
    );
    const house = await ask(`/admin/partners/${partnerId}/players?limit=1`, admin);
    assert.deepEqual([house.items[0].username, house.items[0].realBets], ['-ann', 4_000]);
    const next = await ask(`/admin/partners/${partnerId}/players?limit=1&cursor=${house.nextCursor}`, admin);
    assert.deepEqual([next.items[0].username, next.nextCursor], ['bob', null]);
  });

  it('what cannot be asked is refused, and says where', async () => {
    const bad = {
      'tz=Nowhere/Town': 'tz',
      'tz=%2B05:30': 'tz',
      'from=2026-11-04&to=2026-11-04': 'to',
      'from=2001-01-01&to=2026-01-01': 'to',
      'from=1999-12-31': 'from',
      'from=2026-02-30': 'from',
      'from=2026-11-01T00:00:00': 'from',
      'from=tomorrow': 'from',
      'groupBy=hour': 'groupBy',
      'cursor=x': 'cursor',
      'groupBy=player&cursor=2026-11-01': 'cursor',
      'limit=0': 'limit',
    };
    for (const [query, path] of Object.entries(bad)) {
      const { error } = await ask(`/partner/earnings?${query}`);
      assert.deepEqual([error?.code, error?.details?.[0]?.path], ['INVALID_REQUEST', path], query);
    }
  });

  it('as CSV: always the same columns, and nothing that a spreadsheet would run', async () => {
    const csv = async (path: string, who: Player) => {
      const headers = { Authorization: `Bearer ${who.token}` };
      const response = await fetch(`http://127.0.0.1:${server.port}${path}`, { headers });
      return { response, lines: (await response.text()).split('\r\n') };
    };
    const { response, lines } = await csv(`/partner/earnings?${range}&format=csv`, partner);
    assert.equal(response.headers.get('content-type'), 'text/csv; charset=utf-8');
    assert.match(
      response.headers.get('content-disposition') ?? '',
      /^attachment; filename=earnings-by-day-2026-11-01-2026-11-04\.csv$/,
    );
    const amounts = 'bets,payouts,ggr,ngr';
    assert.deepEqual(lines, [
      `day,currency,players,active,firstDeposits,betCount,${amounts},sharePercentage,commissionRate,earned,bonusCost`,
      '2026-11-01,INR,0,2,0,2,1500,0,1500,1500,50.00,12.50,187,0',
      '2026-11-02,INR,0,0,0,0,0,0,0,0,50.00,12.50,0,0',
      '2026-11-03,INR,0,1,0,1,1500,4500,-3000,-3000,50.00,12.50,-375,0',
      '',
    ]);
    const house = await csv(`/admin/partners/${partnerId}/earnings?${range}&groupBy=player&format=csv`, admin);
    assert.match(
      house.lines[0] ?? '',
      /^playerId,currency,.*,earned,username,realBets,realPayouts,realGgr,realNgr,bonusCost$/,
    );
    assert.match(house.lines[1] ?? '', new RegExp(`^${players[0]?.userId},INR,.*,'-ann,4000,9000,-5000,-5000,0$`));
  });

  it('other terms count from the next quarter of an hour on, and what was before keeps its own', async () => {
    const body = { sharePercentage: 100, commissionRate: 20, reason: 'a new year' };
    const { status, json } = await send(server, 'PUT', `/admin/partners/${partnerId}`, admin, body);
    assert.deepEqual([status, json.sharePercentage, json.commissionRate], [200, 100, 20]);
    const again = await send(server, 'PUT', `/admin/partners/${partnerId}`, admin, body);
    assert.equal(again.json.error.code, 'ALREADY_DECIDED');
    await bets('2030-01-01T00:00:00Z', [[players[1] as Player, 1_000, 0]]);
    const [row] = (await ask('/partner/earnings?from=2026-11-01&to=2030-01-02&groupBy=game')).items;
    assert.deepEqual([row.bets, row.earned, row.sharePercentage], [4_000, -188 + 200, null]);
    const [later] = (await ask('/partner/earnings?from=2030-01-01&to=2030-01-02')).items;
    assert.deepEqual([later.bets, later.earned, later.sharePercentage], [1_000, 200, 100]);
  });

  it('who cannot be one is not made one, and nobody twice', async () => {
    const make = async (userId: string, more = {}) =>
      (await send(server, 'POST', '/admin/partners', admin, { userId, ...more })).json.error?.code;
    assert.equal(await make(partner.userId), 'ALREADY_DECIDED');
    assert.equal(await make(admin.userId), 'INVALID_REQUEST');
    assert.equal(await make('00000000-0000-7000-8000-000000000000'), 'NOT_FOUND');
    const player = await newPlayer(server, 0);
    for (const sharePercentage of [-1, 100.5, 1.234, '50']) {
      assert.equal(await make(player.userId, { sharePercentage }), 'INVALID_REQUEST', `${sharePercentage}`);
    }
    const body = { userId: player.userId };
    assert.equal((await send(server, 'POST', '/admin/partners', partner, body)).json.error.code, 'FORBIDDEN');
  });

  it('a month is closed, approved by one person, paid by another, and seen by its partner', async () => {
    await bets('2025-03-10T00:00:00Z', [[players[1] as Player, 80_000, 0]]);
    const other = await newStaff(server, 'MASTER');
    await server.partners.sweep();
    const waiting = await get(server, '/admin/partners/statements?status=CLOSED', admin);
    assert.deepEqual([waiting.items.length, waiting.nextCursor], [1, null]);
    const [{ id, due, realNgr, period }] = waiting.items;
    assert.deepEqual([due, realNgr, period], [5_000, 80_000, '2025-03']);
    const decide = async (what: string, who: Player) => {
      const path = `/admin/partners/${partnerId}/statements/${id}/${what}`;
      const { json } = await send(server, 'POST', path, who);
      return json.error?.code ?? json.status;
    };
    assert.equal(await decide('approve', partner), 'FORBIDDEN');
    assert.equal(await decide('approve', admin), 'APPROVED');
    assert.equal(await decide('pay', admin), 'SAME_PERSON');
    assert.equal(await decide('pay', other), 'PAID');
    assert.deepEqual([await decide('pay', other), await decide('approve', admin)], ['PAID', 'PAID'], 'once more');
    assert.equal(await decide('pay', admin), 'ALREADY_DECIDED');
    assert.equal((await get(server, '/wallets/me', partner)).real, 5_000);
    const own = await ask('/partner/statements?limit=100');
    const [paid] = own.items.filter((row: { due: number }) => row.due > 0);
    assert.deepEqual([paid.period, paid.status, paid.ngr, 'realNgr' in paid], ['2025-03', 'PAID', 40_000, false]);
    const page = await ask('/partner/statements?limit=1');
    assert.equal((await ask(`/partner/statements?limit=1&cursor=${page.nextCursor}`)).items[0].id, own.items[1].id);
    const house = await get(server, `/admin/partners/${partnerId}/statements?limit=100`, admin);
    assert.equal(house.items.find((row: { due: number }) => row.due > 0).paidBy, other.userId);
  });
});
