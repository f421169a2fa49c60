import assert from 'node:assert/strict';
import { WireWallet } from '../../src/http/wire-wallet.ts';
import type { Server } from '../../src/server.ts';
import { useDatabase } from '../support/database.ts';
import {
  assertBooks,
  type Guest,
  get,
  newKey,
  newPlayer,
  newStaff,
  type Player,
  roomyTable,
  send,
  sit,
  start,
} from './support.ts';

const NEWCOMER = {
  ...{ level: 0, rank: 'Bronze', xp: 0, totalXp: 0, levelXp: 0, nextLevelAt: 1_000, cashback: 0 },
};

describe("a player's standing", () => {
  const database = useDatabase();
  let server: Server;
  let player: Player;
  let guest: Guest;
  before(async () => {
    server = await start(database, [roomyTable('vip', { bettingMs: 1_500 })]);
    player = await newPlayer(server, 10_000_000);
    guest = await sit(server, 'vip', player);
  });
  after(async () => {
    await guest.leaves();
    await server.stop();
    await assertBooks(database);
  });

  const vip = async () => WireWallet.parse(await get(server, '/wallets/me', player)).vip;
  const staked = async (betSide: string, amount: number) => {
    const reply = await guest.bet(betSide, amount);
    assert.ok(reply.ok, JSON.stringify(reply));
    return reply.bet.betId as string;
  };

  it('S2-03 S2-12 begins at the lowest rank, before there is any money too', async () => {
    const penniless = WireWallet.parse(await get(server, '/wallets/me', await newPlayer(server, 0)));
    assert.deepEqual([penniless.version, penniless.total, penniless.lastUpdateTransactionId], [0, 0, null]);
    assert.deepEqual(penniless.vip, NEWCOMER);
    assert.deepEqual(await vip(), NEWCOMER);
  });

  it('S2-36 an undone bet takes its points with it', async () => {
    await guest.newRound();
    const betId = await staked('andar', 30_050);
    const { xp, totalXp, level } = await vip();
    assert.deepEqual([xp, totalXp, level], [300, 300, 0], 'one for each 100 in full');
    assert.ok((await guest.asks('undo-bet', { key: newKey(), betId })).ok);
    assert.deepEqual(await vip(), NEWCOMER);
  });

  it('S2-36 a void takes the points of its round away again', async () => {
    const [ann, bob] = [await newStaff(server, 'ADMIN'), await newStaff(server, 'ADMIN')];
    const roundId = await guest.newRound();
    await staked('bahar', 600_000);
    assert.deepEqual([(await vip()).xp, (await vip()).rank], [6_000, 'Gold']);
    for (const who of [ann, bob]) {
      const { status } = await send(server, 'POST', `/admin/rounds/${roundId}/void`, who, { reason: 'a test' });
      assert.equal(status, 200);
    }
    assert.deepEqual(await vip(), NEWCOMER);
  });

  it('S2-06 S2-36 a bet that wins and one that loses bring the same, with the stake and for good', async () => {
    const roundId = await guest.newRound();
    await staked('andar', 99_900);
    const bronze = { ...NEWCOMER, xp: 999, totalXp: 999, levelXp: 999 };
    assert.deepEqual(await vip(), bronze);
    await staked('bahar', 400_100);
    const gold = {
      level: 2,
      rank: 'Gold',
      xp: 5_000,
      totalXp: 5_000,
      levelXp: 0,
      nextLevelAt: 20_000,
      cashback: 1_000,
    };
    assert.deepEqual(await vip(), gold, 'it does not wait for the result');
    await guest.hears('game_complete', (body) => body.roundId === roundId);
    assert.deepEqual(await vip(), gold, 'one of the two has lost');
    const { turnover, betCount } = await get(server, '/wallets/me', player);
    assert.deepEqual([turnover, betCount], [500_000, 2]);
  });

  it('S2-03 the highest rank has none after it', async () => {
    const roundId = await guest.newRound();
    await staked('andar', 9_000_000);
    await guest.hears('game_complete', (body) => body.roundId === roundId);
    const { rank, level, nextLevelAt, xp, levelXp } = await vip();
    assert.deepEqual([rank, level, nextLevelAt, xp, levelXp], ['Platinum', 3, 100_000, 95_000, 75_000]);
    const rich = await newPlayer(server, 20_000_000);
    const seat = await sit(server, 'vip', rich);
    await seat.newRound();
    assert.ok((await seat.bet('andar', 10_000_000)).ok);
    const wallet = WireWallet.parse(await get(server, '/wallets/me', rich));
    assert.deepEqual([wallet.vip.rank, wallet.vip.nextLevelAt, wallet.vip.cashback], ['Diamond', null, 2_000]);
    await seat.leaves();
  });
});
