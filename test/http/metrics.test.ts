import assert from 'node:assert/strict';
import type { Server } from '../../src/server.ts';
import {
  newKey,
  newPlayer,
  newStaff,
  quickTable,
  roomyTable,
  sit,
  start,
  testConfig,
  until,
} from '../journeys/support.ts';
import { useDatabase } from '../support/database.ts';
import { at } from './monitor-support.ts';

const METRICS_TOKEN = 'a-token-of-the-tests';

describe('the figures for Prometheus', () => {
  const database = useDatabase();
  let server: Server;
  before(async () => {
    const tables = [roomyTable('quick'), quickTable('calm', { bettingMs: 60_000 })];
    tables.push(quickTable('void', { bettingMs: 60_000 }));
    server = await start(database, tables, { config: testConfig({ METRICS_TOKEN }) });
  });
  after(() => server.stop());

  const ask = (authorization?: string) =>
    fetch(at(server, '/metrics'), { headers: authorization === undefined ? {} : { Authorization: authorization } });

  /** The values of the series that are written like these, all of one moment. */
  async function values(...series: readonly string[]): Promise<readonly number[]> {
    const lines = (await (await ask(`Bearer ${METRICS_TOKEN}`)).text()).split('\n');
    const found = series.map((each) => lines.find((line) => line.startsWith(`${each} `)));
    return found.map((line) => Number(line?.split(' ').at(-1) ?? Number.NaN));
  }

  const value = async (series: string) => (await values(series))[0] ?? Number.NaN;

  it('are for who has the token', async () => {
    for (const wrong of [undefined, 'Bearer', 'Bearer x', `Basic ${METRICS_TOKEN}`, `Bearer ${METRICS_TOKEN}x`]) {
      const answer = await ask(wrong);
      assert.equal(answer.status, 401, String(wrong));
      assert.equal(((await answer.json()) as { error: { code: string } }).error.code, 'UNAUTHORIZED');
    }
    const { token } = await newPlayer(server, 0);
    assert.equal((await ask(`Bearer ${token}`)).status, 401);
    const right = await ask(`Bearer ${METRICS_TOKEN}`);
    assert.equal(right.status, 200);
    assert.match(right.headers.get('Content-Type') ?? '', /^text\/plain; version=0\.0\.4/);
    const text = await right.text();
    for (const name of [
      'process_cpu_seconds_total',
      'nodejs_eventloop_lag_p99_seconds',
      'nodejs_heap_size_used_bytes',
    ]) {
      assert.match(text, new RegExp(`^${name} `, 'm'));
    }
    assert.doesNotMatch(text, /NaN/);
  });

  it('count every bet once, and every refusal under its code', async () => {
    const guest = await sit(server, 'calm', await newPlayer(server, 25_000));
    const accepted = 'croupier_bets_accepted_total';
    const refused = (code: string) => value(`croupier_bets_refused_total{code="${code}"}`);
    const before = await value(accepted);
    const key = newKey();
    assert.equal((await guest.bet('andar', 10_000, { key })).ok, true);
    assert.equal((await guest.bet('andar', 10_000, { key })).ok, true, 'the same again');
    assert.equal((await guest.bet('andar', 1)).code, 'BELOW_MINIMUM');
    assert.equal((await guest.bet('bahar', 20_000)).code, 'INSUFFICIENT_FUNDS');
    assert.equal((await guest.asks('place-bet', { nonsense: true })).code, 'INVALID_REQUEST');
    assert.equal((await value(accepted)) - before, 1);
    assert.deepEqual([await refused('BELOW_MINIMUM'), await refused('INSUFFICIENT_FUNDS')], [1, 1]);
    await guest.leaves();
  });

  it('know the wallet’s batches and their commits', async () => {
    const [batches, commits] = ['croupier_wallet_batch_commands_count', 'croupier_wallet_commit_seconds_count'];
    const before = await value(batches);
    await newPlayer(server, 100);
    assert.ok((await value(batches)) > before);
    const sum = 'croupier_wallet_commit_seconds_sum';
    const [written = 0, committed = 0, took = 0] = await values(batches, commits, sum);
    assert.equal(committed, written);
    const seconds = took / committed;
    assert.ok(seconds > 0 && seconds < 1, `${seconds} s`);
    // A table plays meanwhile, and has commands of its own in there now and then.
    await until(async () => (await value('croupier_wallet_mailbox')) === 0, 5_000, 'an empty mailbox');
    assert.equal(await value('croupier_wallet_recoveries_total'), 0);
    assert.ok((await value('croupier_wallet_open_books')) >= 1);
  });

  it('know who is here: rooms, connections, and players once each', async () => {
    const player = await newPlayer(server);
    const guests = [await sit(server, 'calm', player), await sit(server, 'quick', player), await sit(server, 'calm')];
    const here = () => values('croupier_rooms', 'croupier_connections', 'croupier_players_seated');
    assert.deepEqual(await here(), [6, 3, 1]); // three tables, the desk, the back office, people’s own accounts
    for (const guest of guests) await guest.leaves();
    const left = async () => (await here()).slice(1).join() === '0,0';
    await until(left, 5_000, 'everybody to be gone');
  });

  it('know how long people wait for a result, and how rounds end', async () => {
    const guest = await sit(server, 'quick', await newPlayer(server));
    await guest.newRound();
    assert.equal((await guest.bet('andar', 1_000)).ok, true);
    await guest.hears('game_complete');
    const settled = 'croupier_rounds_total{table="quick",end="settled"}';
    await guest.newRound();
    assert.ok((await value(settled)) >= 1);
    for (const lag of ['told', 'settled']) {
      const name = `croupier_round_${lag}_lag_seconds`;
      const mean = (await value(`${name}_sum{table="quick"}`)) / (await value(`${name}_count{table="quick"}`));
      assert.ok(mean > 0 && mean < 2, `${lag}: ${mean} s`);
    }
    await guest.leaves();
  });

  it('tell a round that was taken back from one that was played', async () => {
    const guest = await sit(server, 'void');
    await until(() => guest.state.phase === 'betting', 5_000, 'a round');
    const path = `/admin/rounds/${guest.state.roundId}/void`;
    for (const { token } of [await newStaff(server, 'ADMIN'), await newStaff(server, 'MASTER')]) {
      const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` };
      const answer = await fetch(at(server, path), { method: 'POST', headers, body: '{"reason":"a test"}' });
      assert.equal(answer.status, 200);
    }
    assert.equal(await value('croupier_rounds_total{table="void",end="voided"}'), 1);
    assert.ok(Number.isNaN(await value('croupier_rounds_total{table="void",end="settled"}')));
    await guest.leaves();
  });

  it('count requests by route as it is written, so that nobody can make up new series', async () => {
    const counted = (route: string, status: number) =>
      value(`croupier_http_requests_total{method="GET",route="${route}",status="${status}"}`);
    const before = await counted('/rounds/:id', 400);
    for (const path of ['/rounds/nonsense', '/rounds/more-nonsense', '/nowhere/1', '/nowhere/2'])
      await fetch(at(server, path));
    assert.equal((await counted('/rounds/:id', 400)) - (before || 0), 2);
    assert.equal(await counted('none', 404), 2);
    await fetch(at(server, '/monitor/api'));
    assert.equal(await counted('/monitor', 401), 1);
    const text = await (await ask(`Bearer ${METRICS_TOKEN}`)).text();
    assert.doesNotMatch(text, /nonsense|nowhere/);
  });

  it('say how busy the event loop is', async () => {
    const busy = await value('croupier_event_loop_utilization');
    assert.ok(busy >= 0 && busy <= 1, `${busy}`);
  });
});

describe('a server that was given no METRICS_TOKEN', () => {
  const database = useDatabase();
  let server: Server;
  before(async () => {
    server = await start(database, [quickTable('calm', { bettingMs: 60_000 })]);
  });
  after(() => server.stop());

  it('has no figures', async () => {
    for (const Authorization of ['', 'Bearer undefined', 'Bearer ']) {
      assert.equal((await fetch(at(server, '/metrics'), { headers: { Authorization } })).status, 404);
    }
    assert.equal(server.metrics, null);
  });
});
