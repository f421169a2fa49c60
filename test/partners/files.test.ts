import assert from 'node:assert/strict';
import type { PartnerId } from '../../src/partners/commission.ts';
import type { StatementId } from '../../src/partners/statement.ts';
import type { Server } from '../../src/server.ts';
import { accepted, movableClock } from '../accounts/support.ts';
import { assertBooks, get, newPlayer, newStaff, type Player, send, start } from '../journeys/support.ts';
import { assertProjections } from '../rounds/followed.ts';
import { BAHAR_WINS, newGame, playRound } from '../rounds/played.ts';
import { SEALING_KEY } from '../rounds/support.ts';
import { useDatabase } from '../support/database.ts';
import { grant, silent } from '../wallet/fixture.ts';
import { identityOf, newPartners, playAt } from './support.ts';

const FIGURES = 'betCount,bets,payouts,ggr,ngr,sharePercentage,commissionRate,earned';
const AMOUNTS = 'bets,payouts,ggr,ngr,sharePercentage,commissionRate,carryOver,earned,carriedIn,due,carriedOut';

describe('what partners take away with them', () => {
  const database = useDatabase();
  let server: Server;
  let ann: Player;
  let bob: Player;
  let partner: Player;
  let id: PartnerId;
  let players: readonly Player[];
  before(async () => {
    server = await start(database, []);
    [ann, bob] = [await newStaff(server, 'ADMIN'), await newStaff(server, 'ADMIN')];
    partner = await newPlayer(server, 0);
    id = (await send(server, 'POST', '/admin/partners', ann, { userId: partner.userId })).json.id;
    players = [await newPlayer(server, 50_000), await newPlayer(server, 0)];
    const refer = 'update users set referred_by = $1 where id = any($2)';
    await database.admin().query(refer, [partner.userId, players.map(({ userId }) => userId)]);
    const [first, second] = players as [Player, Player];
    assert.ok((await server.wallet.execute(grant(second.userId, 1_000))).ok);
    await playAt(database, server.wallet, '2025-09-20T12:00:00Z', [
      [first.userId, 10_000, 0],
      [second.userId, 400, 0],
    ]);
    await server.partners.sweep();
  });
  after(async () => {
    await server.stop();
    await assertBooks(database);
    await assertProjections(database);
  });

  const own = (path: string) => get(server, `/partner/${path}`, partner);
  const house = (path: string) => get(server, `/admin/partners/${id}/${path}`, ann);
  async function file(path: string, who: Player): Promise<string> {
    const headers = { Authorization: `Bearer ${who.token}` };
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`, { headers });
    assert.equal(response.headers.get('content-type'), 'text/csv; charset=utf-8');
    return Buffer.from(await response.arrayBuffer()).toString('utf8');
  }
  const linesOf = async (path: string, who: Player) => (await file(path, who)).split('\r\n');

  it('what bonuses cost is what the two results differ by, by the partner’s share as they are', async () => {
    const [day] = (await own('earnings?from=2025-09-20&to=2025-09-21')).items;
    assert.deepEqual([day.ggr, day.ngr, day.bonusCost], [5_200, 5_000, 200]);
    const listed = (await own('players')).items;
    assert.deepEqual(
      listed.map(({ ggr, ngr, bonusCost }: Record<string, unknown>) => [ggr, ngr, bonusCost]),
      [
        [5_000, 5_000, 0],
        [200, 0, 200],
      ],
    );
    const [closed] = (await own('statements?cursor=2025-10&limit=1')).items;
    assert.deepEqual([closed.ggr, closed.ngr, closed.bonusCost], [5_200, 5_000, 200]);
  });

  it('players are a file as well, with the same columns always', async () => {
    const [{ registeredAt }] = (await own('players')).items;
    const [columns, first, second, ...end] = await linesOf('/partner/players?format=csv', partner);
    const named = 'playerId,registeredAt,firstDepositAt,lastActiveAt,currency';
    assert.equal(columns, `${named},${FIGURES},bonusCost`);
    const figures = '1,5000,0,5000,5000,50.00,10.00,500,0';
    assert.equal(first, `${players[0]?.userId},${registeredAt},,${registeredAt},INR,${figures}`, 'never before');
    assert.deepEqual([second?.split(',').at(-1), end], ['200', ['']]);
    const from = await linesOf(`/partner/players?format=csv&cursor=${players[0]?.userId}`, partner);
    assert.deepEqual(from, [columns, second, '']);
    const rename = `update users set username = '=cmd', display_name = '=cmd' where id = $1`;
    await database.admin().query(rename, [players[0]?.userId]);
    const all = await linesOf(`/admin/partners/${id}/players?format=csv`, ann);
    assert.equal(all[0], `${columns},username,realBets,realPayouts,realGgr,realNgr`);
    assert.equal(all[1], `${first},'=cmd,10000,0,10000,10000`);
  });

  it('closed months are a file as well', async () => {
    const [said] = (await own('statements?cursor=2025-10&limit=1')).items;
    const [columns, ...lines] = await linesOf('/partner/statements?format=csv&cursor=2025-10', partner);
    assert.equal(columns, `id,period,currency,betCount,${AMOUNTS},status,closedAt,paidAt,bonusCost`);
    const amounts = '2,5200,0,5200,5000,50.00,10.00,monthly-reset,500,0,500,0';
    assert.deepEqual(lines, [`${said.id},2025-09,INR,${amounts},CLOSED,${said.closedAt},,200`, '']);
    const [more] = await linesOf(`/admin/partners/${id}/statements?format=csv`, ann);
    const decided = 'approvedBy,approvedAt,paidBy';
    assert.equal(more, `${columns},partnerId,realBets,realPayouts,realGgr,realNgr,${decided}`);
  });

  it('a file begins with a byte order mark for whoever wants one', async () => {
    for (const path of ['earnings', 'players', 'statements']) {
      const plain = await file(`/partner/${path}?format=csv`, partner);
      assert.match(plain, /^[a-z]/);
      assert.equal(await file(`/partner/${path}?format=csv&bom=true`, partner), `\ufeff${plain}`);
      assert.equal((await own(`${path}?bom=1`)).error.details[0].path, 'bom');
    }
  });

  it('S0-59 S0-66 of a round there is what has become of its commission, of all months what is paid', async () => {
    const { clock, wallet } = server;
    const deps = { database: database.pool(), clock, log: silent, wallet, sealingKey: SEALING_KEY };
    const rounds = { ...deps, signal: new AbortController().signal };
    const bet = { userId: (players[0] as Player).userId, betSide: 'andar', amount: 8_000 } as const;
    const { roundId } = await playRound(rounds, await newGame(rounds), [bet], BAHAR_WINS);
    const query = `earnings?from=${new Date(Date.now() - 86_400_000).toISOString()}&groupBy=round`;
    const round = async (of: typeof own) => {
      const [{ earned, bonusCost, status, paidAt }] = (await of(query)).items;
      return { earned, bonusCost, status, paidAt };
    };
    assert.deepEqual(await round(own), { earned: 400, bonusCost: null, status: 'pending', paidAt: null });
    const owed = async () => {
      const { settled, paid, balance } = await own('summary');
      return { settled, paid, balance };
    };
    assert.deepEqual(await owed(), { settled: 500, paid: 0, balance: 500 });

    const later = movableClock();
    later.advance(40 * 86_400_000);
    const then = newPartners(database, server.wallet, { clock: later });
    await then.sweep();
    assert.deepEqual(await owed(), { settled: 900, paid: 0, balance: 900 });
    const found = (await house('statements')).items.find(({ due }: { due: number }) => due === 400);
    accepted(await then.approve(identityOf(ann.userId), id, found.id as StatementId));
    accepted(await then.pay(identityOf(bob.userId), id, found.id as StatementId));
    assert.deepEqual(await owed(), { settled: 900, paid: 400, balance: 500 });
    const { status, paidAt } = await round(own);
    assert.deepEqual([status, new Date(paidAt).toISOString()], ['paid', paidAt]);
    assert.deepEqual(await round(house), await round(own));
    const [columns, line] = await linesOf(`/partner/${query}&format=csv`, partner);
    assert.match(columns ?? '', /^roundId,game,currency,.*,earned,bonusCost,status,paidAt$/);
    assert.match(line ?? '', new RegExp(`^${roundId},.*,400,,paid,${paidAt}$`));
  });
});
