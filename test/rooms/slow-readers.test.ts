import assert from 'node:assert/strict';
import { matchMaker } from '@colyseus/core';
import { Client } from '@colyseus/sdk';
import { WebSocket } from 'ws';
import type { Server } from '../../src/server.ts';
import { newPlayer, quickTable, sit, start, until } from '../journeys/support.ts';
import { useDatabase } from '../support/database.ts';

const PART = 'x'.repeat(200_000);

describe('a reader who does not read', () => {
  const database = useDatabase();
  let server: Server;
  before(async () => {
    server = await start(database, [quickTable('calm', { bettingMs: 60_000 })]);
  });
  after(() => server.stop());

  /** A seat with its handshake done, whose socket may then be paused: the SDK's cannot. */
  async function seat(): Promise<{ socket: WebSocket; sessionId: string }> {
    const client = new Client(`http://127.0.0.1:${server.port}`);
    const { data } = await client.http.post('/matchmake/joinById/calm', { body: {} });
    const { processId, roomId, sessionId } = data;
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/${processId}/${roomId}?sessionId=${sessionId}`);
    socket.once('message', () => socket.send(Buffer.from([10])));
    socket.on('error', () => undefined);
    await until(() => clientOf(sessionId)?.state === 1, 5_000, 'the handshake');
    return { socket, sessionId };
  }

  const room = () => matchMaker.getLocalRoomById('calm') ?? assert.fail('the table is gone');
  const clientOf = (sessionId: string) => room().clients.find((client) => client.sessionId === sessionId);

  it('is let go once a megabyte waits for it; the others hear everything', async () => {
    const guest = await sit(server, 'calm', await newPlayer(server));
    const [slow, quick] = [await seat(), await seat()];
    const connections = () => matchMaker.getLocalRoomById('calm').clients.length;
    const before = connections();
    slow.socket.pause();
    let told = 0;
    // What the two kernels hold for a connection does not count: only what this process has to keep in memory.
    await until(
      () => {
        room().broadcast('noise', { part: PART });
        told += 1;
        return clientOf(slow.sessionId) === undefined;
      },
      10_000,
      'the slow reader to be gone',
    );
    assert.ok(clientOf(quick.sessionId));
    await until(() => guest.all('noise').length === told, 10_000, 'all that was said');
    assert.equal((await guest.bet('andar', 1_000)).ok, true);
    assert.equal(connections(), before - 1);
    slow.socket.terminate();
    quick.socket.close();
    await guest.leaves();
  });

  it('who reads late, but reads, stays', async () => {
    const { socket, sessionId } = await seat();
    socket.pause();
    for (let said = 0; said < 3; said++) room().broadcast('noise', { part: PART });
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    socket.resume();
    assert.ok(clientOf(sessionId));
    socket.close();
  });

  it('a message over 4 kB closes its own connection with 1009', async () => {
    const [loud, quiet] = [await seat(), await seat()];
    let closed = 0;
    loud.socket.on('close', (code) => {
      closed = code;
    });
    loud.socket.send(Buffer.alloc(4 * 1024 + 1));
    await until(() => closed !== 0, 5_000, 'the connection to be closed');
    assert.equal(closed, 1009);
    assert.ok(clientOf(quiet.sessionId));
    quiet.socket.close();
  });
});
