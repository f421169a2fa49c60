import assert from 'node:assert/strict';
import type { Server } from '../../src/server.ts';
import { useDatabase } from '../support/database.ts';
import { assertBooks, type Guest, get, newPlayer, type Player, quickTable, sit, start, until } from './support.ts';

/** What the documents call a thing, and where it is kept here (DESIGN 7, ARCHITECTURE "Names"). */
const NAMES = {
  users: 'users',
  games: 'game',
  game_rounds: 'round',
  bets: 'bets',
  player_bets: 'bets',
  transactions: 'transactions',
  user_transactions: 'transactions',
  partners: 'partners',
  partner_game_earnings: 'partner_game_earnings',
  game_history: 'game_history',
  user_statistics: 'user_statistics',
  game_statistics: 'game_statistics',
};

describe('the facts that the documents want on record', () => {
  const database = useDatabase();
  let server: Server;
  let player: Player;
  let guest: Guest;
  before(async () => {
    server = await start(database, [quickTable('facts', { bettingMs: 1_200 })]);
    player = await newPlayer(server, 50_000);
    guest = await sit(server, 'facts', player);
  });
  after(async () => {
    await guest.leaves();
    await server.stop();
    await assertBooks(database);
  });

  it('S0-04 S0-06 S1-19 are kept under the names that the design maps theirs to', async () => {
    for (const [theirs, ours] of Object.entries(NAMES)) {
      const { rows } = await database.admin().query('select to_regclass($1) as found', [ours]);
      assert.notEqual(rows[0]?.found, null, `${theirs} is kept in ${ours}, which is not there`);
    }
  });

  it('S0-20 S0-22 S0-25 a bet on either side is a row of bets, and the money that went is a transaction', async () => {
    const roundId = await guest.newRound();
    const andar = (await guest.bet('andar', 1_000)).bet.betId;
    const bahar = (await guest.bet('bahar', 2_000)).bet.betId;
    const bets = await rowsOf('select id::text, game_id, round_id, amount::int, status from bets where user_id = $1');
    assert.deepEqual(bets, [
      { id: andar, game_id: 'facts', round_id: roundId, amount: 1_000, status: 'pending' },
      { id: bahar, game_id: 'facts', round_id: roundId, amount: 2_000, status: 'pending' },
    ]);
    assert.deepEqual(await movesOf(andar), [{ type: 'bet', amount: -1_000, status: 'completed' }]);
    assert.deepEqual(await movesOf(bahar), [{ type: 'bet', amount: -2_000, status: 'completed' }]);
    const { state } = guest;
    await until(() => state.totalBets === 2, 5_000, 'the sums to be shown');
    assert.deepEqual([state.totalAndarBets, state.totalBaharBets, state.totalBets], [1_000n, 2_000n, 2]);
  });

  it('S0-40 S0-41 S0-42 S1-12 a bet that won says when and how much; what came is a transaction', async () => {
    const betId = await untilBetIs('won');
    const [bet] = await rowsOf('select amount::int, payout::int, settled_at from bets where user_id = $1', betId);
    assert.ok(bet?.settled_at instanceof Date);
    assert.equal(bet.payout, 2 * Number(bet.amount), 'gross: the stake is in it');
    assert.deepEqual(await movesOf(betId), [
      { type: 'bet', amount: -Number(bet.amount), status: 'completed' },
      { type: 'win', amount: bet.payout, status: 'completed' },
    ]);
  });

  it('S0-44 S0-49 a bet that lost has come to nothing; one that got its stake back is refunded, not won', async () => {
    const lost = await untilBetIs('lost');
    const [bet] = await rowsOf('select payout::int, settled_at from bets where user_id = $1', lost);
    assert.equal(bet?.payout, 0);
    assert.ok(bet.settled_at instanceof Date);
    assert.equal((await movesOf(lost)).length, 1);
    const refunded = await database.admin().query(`select 1 from bets where status = 'won' and payout = amount`);
    assert.equal(refunded.rowCount, 0);
  });

  it('S0-22 S0-42 S1-22 the statement has every movement, and adds up from page to page', async () => {
    const lines = [];
    for (let cursor = ''; ; ) {
      const page = await get(server, `/wallets/me/ledger?limit=3${cursor}`, player);
      lines.push(...page.items);
      if (page.nextCursor === null) break;
      cursor = `&cursor=${page.nextCursor}`;
    }
    const wallet = await get(server, '/wallets/me', player);
    assert.equal(lines[0].balance.total, wallet.total);
    for (const [at, { balance, change }] of lines.entries()) {
      assert.equal(balance.total - change.total, lines[at + 1]?.balance.total ?? 0);
    }
    assert.deepEqual([lines.at(-1).type, lines.at(-1).change.total], ['credit', 50_000]);
    const types = new Set(lines.map(({ type }) => type));
    assert.ok(types.has('bet') && types.has('win'));
    assert.equal((await get(server, '/wallets/me/ledger')).error.code, 'UNAUTHORIZED');
    const { id } = lines.at(-1);
    for (const cursor of ['1.2.3', `${id}.999999999999999999.0.0`, `${id}.-1.0.0`]) {
      assert.equal((await get(server, `/wallets/me/ledger?cursor=${cursor}`, player)).error.code, 'INVALID_REQUEST');
    }
  });

  /** Bets on both sides until one of them has come to this. */
  async function untilBetIs(status: string): Promise<string> {
    for (let rounds = 0; rounds < 20; rounds++) {
      const [found] = await rowsOf(`select id::text from bets where status = '${status}' and user_id = $1`);
      if (found) return String(found.id);
      const roundId = await guest.newRound();
      const placed = await Promise.all(['andar', 'bahar'].map((side) => guest.bet(side, 1_000)));
      assert.ok(placed.every(({ ok }) => ok));
      await guest.hears('game_complete', (body) => body.roundId === roundId);
    }
    return assert.fail(`no bet was ${status} in 20 rounds`);
  }

  async function rowsOf(query: string, betId?: string): Promise<readonly Record<string, unknown>[]> {
    const one = betId === undefined ? '' : ` and id = ${betId}`;
    const { rows } = await database.admin().query(`${query}${one} order by id`, [player.userId]);
    return rows;
  }

  async function movesOf(betId: string): Promise<readonly unknown[]> {
    const { rows } = await database
      .admin()
      .query(`select type, amount::int, status from transactions where bet_id = $1 and user_id = $2 order by id`, [
        betId,
        player.userId,
      ]);
    return rows;
  }
});
