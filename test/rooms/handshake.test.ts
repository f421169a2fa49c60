import assert from 'node:assert/strict';
import { Client } from '@colyseus/sdk';
import type { Server } from '../../src/server.ts';
import { newPlayer, quickTable, sit, start, until } from '../journeys/support.ts';
import { useDatabase } from '../support/database.ts';

describe('a connection that never answers the handshake', () => {
  const database = useDatabase();
  let server: Server;
  before(async () => {
    server = await start(database, [quickTable('calm', { bettingMs: 60_000 })]);
  });
  after(() => server.stop());

  /** Closed when, in milliseconds after it was opened. */
  async function silent(token: string): Promise<{ closedAfterMs: number | undefined }> {
    const client = new Client(`http://127.0.0.1:${server.port}`);
    client.auth.token = token;
    const { data } = await client.http.post('/matchmake/joinById/calm', { body: {} });
    const { processId, roomId, sessionId } = data;
    const opened = performance.now();
    const seen: { closedAfterMs: number | undefined } = { closedAfterMs: undefined };
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/${processId}/${roomId}?sessionId=${sessionId}`);
    socket.onclose = () => {
      seen.closedAfterMs = performance.now() - opened;
    };
    await until(() => socket.readyState === WebSocket.OPEN, 10_000, 'the socket');
    return seen;
  }

  it('is let go after five seconds; one that answers stays', async () => {
    const player = await newPlayer(server);
    const guest = await sit(server, 'calm', player);
    const seen = await silent(player.token);
    const after = await until(() => seen.closedAfterMs, 8_000, 'the connection to be closed');
    assert.ok(after >= 4_900, `${after} ms`);
    assert.equal((await guest.bet('andar', 1_000)).ok, true);
    await guest.leaves();
  });

  it('is let go at once where too much waits for it', async () => {
    const player = await newPlayer(server, 10_000_000);
    const guest = await sit(server, 'calm', player);
    const seen = await silent(player.token);
    await Promise.all(Array.from({ length: 300 }, () => guest.bet('andar', 1_000)));
    const after = await until(() => seen.closedAfterMs, 4_500, 'the connection to be closed');
    assert.ok(after < 4_500, `${after} ms`);
    await guest.leaves();
  });
});
