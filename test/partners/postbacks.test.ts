import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server as HttpServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import { text } from 'node:stream/consumers';
import type { UserId } from '../../src/ids.ts';
import type { PartnerId } from '../../src/partners/commission.ts';
import { lookupPublic, NotPublicError, post } from '../../src/partners/post.ts';
import { nextAttempt, postbackKey, signingSecret } from '../../src/partners/postback.ts';
import { isPostbackUrl, isPublic } from '../../src/partners/postback-address.ts';
import { Postbacks } from '../../src/partners/postbacks.ts';
import type { Server } from '../../src/server.ts';
import { movableClock, PASSWORD } from '../accounts/support.ts';
import { addDeposit } from '../bonuses/support.ts';
import { get, newPlayer, newStaff, type Player, send, start, until } from '../journeys/support.ts';
import { BAHAR_WINS, newGame, playRound } from '../rounds/played.ts';
import { SEALING_KEY } from '../rounds/support.ts';
import { useDatabase } from '../support/database.ts';
import { clockWithout } from '../support/idle-clock.ts';
import { credit, silent } from '../wallet/fixture.ts';

interface Heard {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

describe('postbacks to partners', () => {
  const database = useDatabase();
  let server: Server;
  let receiver: HttpServer;
  let url: string;
  let heard: Heard[];
  let status: number;
  let partner: Player;
  let code: string;
  let secret: string;

  before(async () => {
    receiver = createServer(async (request, response) => {
      heard.push({ headers: request.headers, body: await text(request) });
      if (status === 101) response.socket?.end('HTTP/1.1 101 Other\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n');
      else response.writeHead(status, { Location: 'http://127.0.0.1:1/' }).end('said');
    }).listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook?x=1`;
    server = await start(database, [], { clock: clockWithout(5_000, 60_000) }); // its chores would deliver, too
    partner = await newPlayer(server, 0);
    await send(server, 'POST', '/admin/partners', await newStaff(server, 'ADMIN'), { userId: partner.userId });
    code = (await get(server, '/partner/summary', partner)).referralCode;
    ({ secret } = (await send(server, 'PUT', '/partner/postback', partner, { url })).json);
  });
  after(async () => {
    await server.stop();
    receiver.close();
  });
  beforeEach(() => {
    heard = [];
    status = 200;
  });
  let people = 0;
  async function register(): Promise<UserId> {
    people += 1;
    const body = { username: `told-${people}`, password: PASSWORD, referralCode: code };
    return (await send(server, 'POST', '/auth/register', undefined, body)).json.user.id;
  }
  const bodies = () => heard.map(({ body }) => JSON.parse(body));
  const list = async () => (await get(server, '/partner/postbacks', partner)).items;

  it('tell of a registration and a first deposit, once each, signed', async () => {
    const player = await register();
    await server.postbacks.deliver();
    const deposit = await addDeposit(database.pool(), player, 50_000);
    await server.postbacks.credited(deposit);
    await server.postbacks.credited(await addDeposit(database.pool(), player, 70_000));
    await Promise.all([server.postbacks.deliver(), server.postbacks.sweep()]);
    await server.postbacks.deliver();
    assert.deepEqual(
      bodies().map(({ event, data }) => [event, data.playerId]),
      [
        ['registration', player],
        ['first_deposit', player],
      ],
    );
    assert.equal(JSON.stringify(bodies()).includes('50000'), false, 'real figures are not for partners');
    for (const { headers, body } of heard) {
      const signed = `${headers['x-croupier-timestamp']}.${body}`;
      const signature = createHmac('sha256', secret).update(signed).digest('hex');
      assert.equal(headers['x-croupier-signature'], `sha256=${signature}`);
      assert.equal(headers['content-type'], 'application/json');
      assert.ok(Math.abs(Number(headers['x-croupier-timestamp']) - Date.now() / 1_000) < 30);
    }
    const [last] = await list();
    assert.deepEqual(
      [last.event, last.status, last.attempts, last.answer],
      ['first_deposit', 'DELIVERED', 1, 'HTTP 200'],
    );
    assert.deepEqual(
      (await list()).map(({ id }: { id: string }) => id).sort(),
      bodies()
        .map(({ id }) => id)
        .sort(),
    );
  });

  it('tell of the commission on a round, with the figures that the partner sees', async () => {
    const player = await register();
    assert.ok((await server.wallet.execute(credit(player, 100_000))).ok);
    const { clock, wallet } = server;
    const deps = { database: database.pool(), clock, log: silent, wallet, sealingKey: SEALING_KEY };
    const rounds = { ...deps, signal: new AbortController().signal };
    const bet = { userId: player, betSide: 'andar', amount: 10_000 } as const;
    const { roundId } = await playRound(rounds, await newGame(rounds), [bet], BAHAR_WINS);
    await server.postbacks.deliver();
    const told = bodies().find(({ event }) => event === 'commission');
    const { kind, bets, payouts, ggr, sharePercentage, commissionRate, earned } = told.data;
    assert.deepEqual([kind, told.data.roundId, bets, payouts, ggr], ['round', roundId, 5_000, 0, 5_000]);
    assert.deepEqual([sharePercentage, commissionRate, earned], [50, 10, 500]);
  });

  it('come again, later and later, under the same id, until somebody answers', async () => {
    const clock = movableClock();
    const { signal } = new AbortController();
    const key = postbackKey('a secret of the tests');
    const postbacks = new Postbacks({ database: database.pool(), clock, log: silent, signal, key, demo: true });
    for (status of [500, 404, 302, 101]) {
      heard = [];
      const player = await register();
      await postbacks.deliver();
      await postbacks.deliver();
      await until(() => heard.length > 0, 5_000, 'the first attempt');
      assert.equal(heard.length, 1, 'not at once');
      clock.advance(15_000);
      await postbacks.deliver();
      clock.advance(15_000);
      await postbacks.deliver();
      assert.equal(heard.length, 2, 'and then not so soon');
      const [row] = await list();
      assert.deepEqual([row.ref, row.status, row.attempts, row.answer], [player, 'PENDING', 2, `HTTP ${status}`]);
      const before = bodies();
      status = 204;
      clock.advance(30_000);
      await postbacks.deliver();
      assert.equal(new Set([...before, ...bodies()].map(({ id }) => id)).size, 1);
      assert.equal((await list())[0].status, 'DELIVERED');
    }
  });

  it('are given up after a day', async () => {
    const attempts: number[] = [];
    for (let now: number | null = 0; now !== null; now = nextAttempt(0, attempts.length, now)) attempts.push(now);
    assert.ok(attempts.length > 8 && attempts.length < 20, `${attempts.length}`);
    assert.ok((attempts.at(-1) ?? 0) <= 86_400_000);
    const waits = attempts.slice(1).map((at, index) => at - (attempts[index] ?? 0));
    assert.deepEqual(
      waits.toSorted((one, other) => one - other),
      waits,
    );
    const clock = movableClock();
    const { signal } = new AbortController();
    const key = postbackKey('a secret of the tests');
    const postbacks = new Postbacks({ database: database.pool(), clock, log: silent, signal, key, demo: true });
    status = 503;
    await register();
    clock.advance(86_400_000 - 1_000);
    await postbacks.deliver();
    assert.deepEqual([(await list())[0].status, (await list())[0].nextAttemptAt], ['DEAD', null]);
  });

  it('tell nobody who is no partner any more, or is frozen', async () => {
    const becomes = (set: string) => database.admin().query(`update users set ${set} where id = $1`, [partner.userId]);
    await register();
    for (const [gone, back] of [
      [`role = 'PLAYER'`, `role = 'PARTNER'`],
      [`status = 'frozen'`, `status = 'active'`],
    ] as const) {
      await becomes(gone);
      await server.postbacks.deliver();
      await database
        .admin()
        .query(`update partner_postback set next_at = now() - interval '1 s' where status = 'PENDING'`);
      await server.postbacks.deliver();
      assert.deepEqual(heard, []);
      await becomes(back);
    }
    await database
      .admin()
      .query(`update partner_postback set next_at = now() - interval '1 s' where status = 'PENDING'`);
    await server.postbacks.deliver();
    assert.equal(heard.length, 1);
  });

  it('what was not heard of is found: registrations and first deposits of the last days', async () => {
    await database.admin().query(
      `insert into users (id, username, display_name, password_hash, role, referred_by, created_at)
       values (gen_random_uuid(), 'missed', 'missed', '', 'PLAYER', $1, now())`,
      [partner.userId],
    );
    await Promise.all([server.postbacks.sweep(), server.postbacks.sweep()]);
    await server.postbacks.deliver();
    assert.deepEqual(
      bodies().map(({ event }) => event),
      ['registration'],
    );
  });

  it('go nowhere but to public addresses by https; in a demo to its own machine', () => {
    const good = ['https://example.org/x', 'https://example.org:8443/', 'https://8.8.8.8/', 'https://[2606:4700::1]/'];
    const bad = [
      ...['http://example.org/', 'https://10.0.0.1/', 'https://127.0.0.1/', 'https://[::1]/', 'https://[fe80::1]/'],
      ...['https://169.254.169.254/latest', 'https://192.168.1.1/', 'https://[::ffff:10.0.0.1]/', 'ftp://example.org/'],
      ...[
        'https://user:pass@example.org/',
        'https://0x7f000001/',
        'https://2130706433/',
        'file:///etc/passwd',
        'x',
        '',
      ],
      ...['https://[fd00::1]/', 'https://100.64.0.1/', 'https://0.0.0.0/', 'https://[2002:a00:1::]/'],
    ];
    for (const one of good) assert.ok(isPostbackUrl(one, false), one);
    for (const one of bad) {
      assert.equal(isPostbackUrl(one, false), false, one);
      assert.equal(isPostbackUrl(one, true), false, one);
    }
    for (const one of ['http://127.0.0.1:8080/x', 'http://localhost/', 'http://[::1]:9/']) {
      assert.deepEqual([isPostbackUrl(one, true), isPostbackUrl(one, false)], [true, false], one);
    }
    assert.deepEqual(
      [isPublic('224.0.0.1'), isPublic('255.255.255.255'), isPublic('::'), isPublic('1.1.1.1')],
      [...[false, false, false], true],
    );
  });

  it('a name that stands for an inner address is not reached', async () => {
    await assert.rejects(
      post(new URL('https://localhost/'), { headers: {}, body: '', signal: AbortSignal.timeout(5_000) }),
      NotPublicError,
    );
    const found = (name: string, all: boolean) =>
      new Promise((resolve) =>
        lookupPublic(name, { all }, (error, ...of) => resolve(error === null ? of : error.name)),
      );
    assert.deepEqual(await found('8.8.8.8', true), [[{ address: '8.8.8.8', family: 4 }]]);
    assert.deepEqual(await found('8.8.8.8', false), ['8.8.8.8', 4]);
    assert.equal(await found('10.0.0.1', true), 'NotPublicError');
    assert.equal(await found('localhost', false), 'NotPublicError');
  });

  it('who does not answer is left after a while, and may say whatever they like', async () => {
    const silentOne = createTcpServer((socket) => socket.on('error', () => socket.destroy())).listen(0, '127.0.0.1');
    const babbler = createTcpServer((socket) => {
      socket.on('error', () => socket.destroy());
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9000000000\r\n\r\nx');
    }).listen(0, '127.0.0.1');
    await Promise.all([once(silentOne, 'listening'), once(babbler, 'listening')]);
    const to = (one: TcpServer) =>
      post(new URL(`http://127.0.0.1:${(one.address() as AddressInfo).port}/`), {
        ...{ headers: {}, body: '{}', signal: AbortSignal.timeout(500) },
      });
    await assert.rejects(to(silentOne), { name: 'AbortError' });
    assert.equal(await to(babbler), 200);
    silentOne.close();
    babbler.close();
  });

  it('the secret is another for each partner and each time, and is kept nowhere', async () => {
    const key = postbackKey('a secret of the tests');
    const of = (id: string, nonce: string) => signingSecret(key, id as PartnerId, nonce);
    assert.equal(of('a', '1'), of('a', '1'));
    assert.equal(new Set([of('a', '1'), of('b', '1'), of('a', '2'), secret]).size, 4);
    const { rows } = await database.admin().query('select to_jsonb(p)::text as row from partners p');
    assert.equal(
      rows.some(({ row }) => row.includes(secret) || row.includes(secret.slice(6))),
      false,
    );
    assert.match(secret, /^whsec_[A-Za-z0-9_-]{43}$/);
  });

  it('are set by the partner alone, and off again', async () => {
    const bad = await send(server, 'PUT', '/partner/postback', partner, { url: 'https://10.0.0.1/' });
    assert.deepEqual([bad.status, bad.json.error.details[0].path], [400, 'url']);
    const { key } = (await send(server, 'POST', '/partner/api-keys', partner, { name: 'k', scopes: ['postbacks'] }))
      .json;
    const byKey = (method: string, path: string, body?: object) =>
      send(server, method, path, undefined, body, { 'X-Api-Key': key });
    assert.equal((await byKey('PUT', '/partner/postback', { url: null })).status, 401);
    assert.equal((await byKey('GET', '/partner/postback')).json.url, url);
    assert.equal((await byKey('GET', '/partner/postbacks?limit=1')).json.items.length, 1);
    assert.deepEqual((await send(server, 'PUT', '/partner/postback', partner, { url: null })).json, {
      url: null,
      secret: null,
    });
    await register();
    await server.postbacks.sweep();
    await server.postbacks.deliver();
    assert.deepEqual(heard, []);
  });
});
