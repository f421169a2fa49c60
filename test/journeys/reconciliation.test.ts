import assert from 'node:assert/strict';
import { WireReconciliation } from '../../src/http/wire-reconciliation.ts';
import type { Server } from '../../src/server.ts';
import { useDatabase } from '../support/database.ts';
import { removeDirectory, temporaryDirectory } from '../support/server.ts';
import {
  assertBooks,
  type Guest,
  get,
  newKey,
  newPlayer,
  newStaff,
  quickTable,
  sit,
  start,
  testConfig,
} from './support.ts';

describe('the figures of a live server', () => {
  const database = useDatabase();
  let server: Server;
  let dataDir: string;
  let over = false;
  before(async () => {
    // Heads on file are of one database: here nobody else's may lie.
    dataDir = temporaryDirectory();
    const config = testConfig({ DATA_DIR: dataDir });
    const tables = [quickTable('busy', { bettingMs: 150, pauseMs: 20 }), quickTable('calm')];
    server = await start(database, tables, { config });
  });
  after(async () => {
    over = true;
    await server.stop();
    removeDirectory(dataDir);
    await assertBooks(database);
  });

  it('S1-22 are right at every moment, whatever is bet, undone and settled meanwhile', async function () {
    this.timeout(60_000);
    const admin = await newStaff(server, 'ADMIN');
    const tables = ['busy', 'busy', 'calm'];
    const guests = await Promise.all(
      tables.map(async (tableId) => sit(server, tableId, await newPlayer(server, 10_000_000))),
    );
    const playing = guests.map((guest) => playUntil(guest, () => over));
    const seen = { open: 0, settled: new Set<number>() };
    for (let looks = 0; looks < 150 || seen.open === 0 || seen.settled.size < 3; looks++) {
      const answer = WireReconciliation.parse(await get(server, '/admin/reconciliation', admin));
      const [figures] = answer.currencies;
      assert.ok(figures);
      assert.deepEqual([answer.right, figures.trialBalance], [true, 0], JSON.stringify(answer));
      for (const { difference, oldest } of figures.games) {
        assert.equal(difference, 0);
        if (oldest) seen.open += 1;
      }
      seen.settled.add(figures.house);
    }
    over = true;
    await Promise.all(playing);
    const { audit } = WireReconciliation.parse(await get(server, '/admin/reconciliation?full=true', admin));
    assert.deepEqual(
      audit?.findings.flatMap(({ broken }) => broken),
      [],
    );
    for (const guest of guests) await guest.leaves();
  });

  /** What is refused because a window has just closed does not matter. */
  async function playUntil(guest: Guest, isOver: () => boolean): Promise<void> {
    for (let count = 0; !isOver(); count++) {
      const reply = await guest.bet(count % 2 === 0 ? 'andar' : 'bahar', 1_000 + count);
      if (reply.ok && count % 3 === 0) await guest.asks('undo-bet', { key: newKey(), betId: reply.bet.betId });
      await new Promise((resolve) => setTimeout(resolve, 120)); // room messages are limited, and this is about time
    }
  }
});
