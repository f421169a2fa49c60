import assert from 'node:assert/strict';
import { matchMaker } from '@colyseus/core';
import { comesBackAfterMs } from '../../src/demo/bot.ts';
import { createBotSession } from '../../src/demo/bot-session.ts';
import type { RunningDemo } from '../../src/demo/demo.ts';
import { DEMO_TABLES } from '../../src/demo/tables.ts';
import { useDatabase } from '../support/database.ts';
import { eventually, useDemo } from './support.ts';

/** One for each table. */
const BOTS = DEMO_TABLES.map((_, index) => `bot${index + 1}`);
const TABLES = DEMO_TABLES.map(({ tableId }) => tableId);

describe('the bots of the demo', function () {
  this.timeout(60_000);
  const database = useDatabase();
  const demo = useDemo(database, { bots: BOTS.length, bettingMs: 800, mainBettingMs: 800 });

  let running: RunningDemo | undefined;

  async function rows(query: string): Promise<unknown[][]> {
    return (await database.admin().query({ text: query, rowMode: 'array' })).rows;
  }
  const settledBets = () =>
    rows(`
      select u.username, count(*)::int
        from position p join wallet w on w.id = p.wallet join users u on u.id = w.owner
       where p.outcome is not null group by 1 order by 1`);
  const connected = () => BOTS.length === seatsTaken();
  const seatsTaken = () => TABLES.reduce((sum, id) => sum + (matchMaker.getLocalRoomById(id)?.clients.length ?? 0), 0);

  it('come by themselves, and are credited like anybody', async () => {
    running = demo.run();
    await eventually('every bot at a table', async () => connected());
    assert.deepEqual(
      await rows(`select username, role from users where username like 'bot%' order by 1`),
      BOTS.map((username) => [username, 'PLAYER']),
    );
    for (const id of TABLES) assert.equal(matchMaker.getLocalRoomById(id)?.clients.length, 1, id);
  });

  it('play at every table, and what they stake is settled like any bet', async () => {
    const played = await eventually(
      'bets of every bot',
      async () => {
        const found = await settledBets();
        return found.length === BOTS.length && found;
      },
      40_000,
    );
    assert.deepEqual(
      played.map(([username]) => username),
      BOTS,
    );
    assert.equal((await rows('select sum(real + bonus + held)::int from wallet'))[0]?.[0], 0);
  });

  it('come back when they are dropped', async () => {
    const sessions = () => TABLES.flatMap((id) => [...(matchMaker.getLocalRoomById(id)?.clients ?? [])]);
    const before = new Set(sessions().map(({ sessionId }) => sessionId));
    for (const client of sessions()) client.leave(4_000);
    await eventually('every bot back', async () => {
      return connected() && sessions().every(({ sessionId }) => !before.has(sessionId));
    });
  });

  it('have their names to themselves, and use up nobody’s allowance of sign-ins', async () => {
    const post = (path: string, body: object) => {
      const headers = { 'Content-Type': 'application/json' };
      return fetch(`${demo.url()}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    };
    for (const username of ['bot99', 'BOT7']) {
      const answer = await post('/auth/register', { username, password: 'mine-all-mine' });
      assert.equal(answer.status, 400, username);
    }
    await demo.server().accounts.create({ username: 'stranger', password: 'mine-all-mine' }, 'PLAYER');
    await database.admin().query(`
      update users set password_hash = (select password_hash from users where username = 'stranger')
       where username = 'bot1'`);
    const session = createBotSession(demo.server().accounts, 'bot1', 'croupier-demo');
    for (let attempt = 0; attempt < 8; attempt++) await assert.rejects(session.signIn(), /bot1 was refused/);
    const answer = await post('/auth/login', { username: 'player1', password: 'croupier-demo' });
    assert.equal(answer.status, 200);
  });

  it('come back later and later while they are refused', () => {
    assert.deepEqual([0, 1, 2, 4, 5, 50].map(comesBackAfterMs), [2_000, 4_000, 8_000, 32_000, 60_000, 60_000]);
  });

  it('leave when they are told to, and nothing of all this was worth a warning', async () => {
    await running?.stop();
    await eventually('nobody at a table', async () => seatsTaken() === 0);
    assert.equal(demo.warnings(), '');
  });
});
