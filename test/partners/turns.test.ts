import assert from 'node:assert/strict';
import { setTimeout as sleep, setImmediate as soon } from 'node:timers/promises';
import { Turns } from '../../src/partners/turns.ts';
import type { Server } from '../../src/server.ts';
import { newPlayer, newStaff, type Player, send, start } from '../journeys/support.ts';
import { useDatabase } from '../support/database.ts';

describe('turns', () => {
  /** Work that goes on until it is told to end, and what has begun, in order. */
  function works(turns: Turns) {
    const begun: string[] = [];
    const ends = new Map<string, () => void>();
    const ask = (name: string, waitsMs?: number) => {
      const work = async () => {
        begun.push(name);
        await new Promise<void>((resolve) => ends.set(name, resolve));
        return name;
      };
      return turns.inTurn(name.charAt(0), work, waitsMs);
    };
    const end = async (name: string) => {
      ends.get(name)?.();
      await soon();
    };
    return { begun, ask, end };
  }

  it('so much at once, one thing of everybody, and whoever had a turn is behind the others', async () => {
    const { begun, ask, end } = works(new Turns({ atOnce: 2, waitsMs: 60_000 }));
    const all = ['a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'c1', 'd1'].map((name) => ask(name));
    await soon();
    assert.deepEqual(begun, ['a1', 'b1'], 'c waits though a has asked before');
    for (const name of ['a1', 'b1', 'c1', 'd1', 'a2', 'b2', 'a3', 'a4']) await end(name);
    assert.deepEqual(begun, ['a1', 'b1', 'c1', 'd1', 'a2', 'b2', 'a3', 'a4']);
    assert.deepEqual(await Promise.all(all), ['a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'c1', 'd1']);
  });

  it('BUSY for who has waited for too long; who is more patient gets it', async () => {
    const { begun, ask, end } = works(new Turns({ atOnce: 1, waitsMs: 20 }));
    const first = ask('a1');
    const patient = ask('b1', 60_000);
    const [refused, other] = await Promise.all([ask('b2'), ask('c1')]);
    for (const answer of [refused, other]) assert.ok(typeof answer === 'object' && answer.code === 'BUSY');
    await end('a1');
    await end('b1');
    assert.deepEqual([await first, await patient, begun], ['a1', 'b1', ['a1', 'b1']]);
  });

  it('what fails makes room as well', async () => {
    const turns = new Turns({ atOnce: 1, waitsMs: 60_000 });
    const fails = turns.inTurn('a', async () => {
      throw new Error('no');
    });
    const next = turns.inTurn('a', async () => 'done');
    await assert.rejects(fails, /no/);
    assert.equal(await next, 'done');
  });
});

describe('many reports at once', () => {
  const database = useDatabase();
  let server: Server;
  let admin: Player;
  const partners: Player[] = [];
  before(async () => {
    server = await start(database, []);
    admin = await newStaff(server, 'ADMIN');
    for (let count = 0; count < 4; count++) {
      const partner = await newPlayer(server, 0);
      await send(server, 'POST', '/admin/partners', admin, { userId: partner.userId });
      partners.push(partner);
    }
  });
  after(() => server.stop());

  const ask = async (path: string, { token }: Player) => {
    const url = `http://127.0.0.1:${server.port}${path}`;
    const response = await fetch(url, { headers: { Authorization: `Bearer ${token}` } });
    const text = await response.text();
    return { status: response.status, code: response.ok ? 'OK' : JSON.parse(text).error.code };
  };

  it('leave connections to everybody else, and are refused where their turn does not come', async function () {
    this.timeout(30_000);
    const range = 'from=2020-01-01&to=2029-12-31&limit=1000';
    const reports = [
      ...[`earnings?${range}`, `earnings?${range}&format=csv`, `earnings?${range}&groupBy=game`, 'summary'],
      ...[`earnings?${range}&tz=Asia/Kolkata`, `earnings?${range}&bom=true`],
    ];
    await server.partners.count();
    await database.admin().query('begin; lock table partner_slot in access exclusive mode');
    const asked = partners.flatMap((partner) => reports.map((report) => ask(`/partner/${report}`, partner)));
    const firstAnswer = Promise.race(asked);
    try {
      await sleep(500);
      const everybodyElse = Promise.all([
        send(server, 'GET', '/wallets/me', partners[0]),
        send(server, 'POST', '/auth/login', undefined, { username: 'nobody-there', password: 'a wrong password' }),
      ]);
      const statuses = await Promise.race([everybodyElse, sleep(3_000)]);
      assert.deepEqual(
        statuses?.map(({ status }) => status),
        [200, 401],
        'nobody else waits',
      );
      assert.deepEqual(await Promise.race([firstAnswer, sleep(8_000)]), { status: 503, code: 'BUSY' });
    } finally {
      await database.admin().query('commit');
    }
    const codes = (await Promise.all(asked)).map(({ code }) => code);
    assert.deepEqual([...new Set(codes)].sort(), ['BUSY', 'OK']);
    for (const partner of partners) {
      assert.equal((await ask(`/partner/earnings?${range}&format=csv`, partner)).status, 200);
    }
  });
});
