import assert from 'node:assert/strict';
import type { Server } from '../../src/server.ts';
import { assertBooks, newKey, newPlayer, newStaff, quickTable, send, sit, start } from '../journeys/support.ts';
import { useDatabase } from '../support/database.ts';
import { credit } from '../wallet/fixture.ts';

describe('who may bet at a table', () => {
  const database = useDatabase();
  let server: Server;
  before(async () => {
    server = await start(database, [quickTable('calm', { bettingMs: 60_000 })]);
  });
  after(async () => {
    await server.stop();
    await assertBooks(database);
  });

  for (const role of ['COLLECTOR', 'PARTNER', 'ADMIN', 'MASTER'] as const) {
    it(`is a player: ${role} is refused FORBIDDEN, and may watch`, async () => {
      const person = await newStaff(server, role);
      assert.ok((await server.wallet.execute(credit(person.userId, 100_000))).ok);
      const guest = await sit(server, 'calm', person);
      const { roundId } = guest.state;
      assert.equal((await guest.bet('andar', 1_000)).code, 'FORBIDDEN');
      for (const repeat of ['rebet', 'double']) {
        assert.equal((await guest.asks(repeat, { key: newKey(), roundId })).code, 'FORBIDDEN');
      }
      assert.deepEqual((await guest.asks('my-bets', {})).bets, []);
      await guest.leaves();
    });
  }

  it('is a player by the role of now, whatever the seat was taken as', async () => {
    const [master, player] = [await newStaff(server, 'MASTER'), await newPlayer(server)];
    const guest = await sit(server, 'calm', player);
    assert.equal((await guest.bet('andar', 1_000)).ok, true);
    const changed = await send(server, 'PUT', `/master/users/${player.userId}/role`, master, { role: 'ADMIN' });
    assert.equal(changed.status, 200, JSON.stringify(changed.json));
    assert.ok(['FORBIDDEN', 'UNAUTHORIZED'].includes((await guest.bet('andar', 1_000)).code));
    await guest.leaves();
  });
});
