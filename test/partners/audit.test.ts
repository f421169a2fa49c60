import assert from 'node:assert/strict';
import { auditEarnings } from '../../src/partners/audit.ts';
import { countClosed } from '../../src/partners/count.ts';
import { newPartner, refer } from '../rounds/followed.ts';
import { BAHAR_WINS, newGame, playRound } from '../rounds/played.ts';
import { newPlayer, roundDeps } from '../rounds/support.ts';
import { useDatabase } from '../support/database.ts';
import { openWallet } from '../wallet/fixture.ts';

const TABLES = ['partners', 'partner_rollup', 'partner_slot', 'partner_active', 'partner_cursor'];

describe('the audit of what partners earn', () => {
  const database = useDatabase();
  const broken = async () => {
    const found = await auditEarnings(database.pool());
    return found.flatMap((finding) => (finding.broken.length > 0 ? [finding.check] : []));
  };

  before(async () => {
    const wallet = await openWallet(database.url());
    const deps = roundDeps(database.pool(), wallet);
    const game = await newGame(deps);
    for (let count = 0; count < 2; count++) {
      const partner = await newPartner(database.pool(), database.admin());
      const players = [await newPlayer(wallet, 100_000), await newPlayer(wallet, 100_000)];
      await refer(database.admin(), partner, players);
      const bets = players.map((userId) => ({ userId, betSide: 'andar', amount: 12_345 }) as const);
      for (let rounds = 0; rounds < 2; rounds++) await playRound(deps, game, bets, BAHAR_WINS);
    }
    await wallet.end();
    await countClosed(database.pool(), new AbortController().signal);
    await database.admin().query('create table saved as table partner_game_earnings');
    for (const table of TABLES) await database.admin().query(`create table saved_${table} as table ${table}`);
  });
  afterEach(async () => {
    const restored = TABLES.map((table) => `delete from ${table}; insert into ${table} table saved_${table};`);
    await database.admin().query(`
      begin;
      set local session_replication_role = replica;
      delete from partner_game_earnings;
      insert into partner_game_earnings table saved;
      ${restored.join('\n')}
      commit`);
  });

  it('S1-22 finds nothing where nothing was touched, nor where something was paid', async () => {
    assert.deepEqual(await broken(), []);
    await database.admin().query(`
      update partners set pending_commission = pending_commission - (select earned_amount from saved limit 1)
       where id = (select partner_id from saved limit 1);
      update partner_game_earnings set status = 'paid', paid_at = now() where id = (select id from saved limit 1)`);
    assert.deepEqual(await broken(), []);
  });

  const one = 'id = (select id from saved limit 1)';
  const both = ['totals of partners', 'earnings of partners'];
  const rows = ['earnings of partners'];
  const [ROLLUP, SUMS] = ['rollups of partners against positions', 'sums of partners'];
  const ACTIVITY = 'activity of partners’ players';
  const EVERY = [ROLLUP, SUMS, ACTIVITY];
  const everywhere = (column: string, change: string) => `
    update partner_rollup set ${column} = ${column} ${change};
    update partner_slot r set ${column} = (select sum(${column}) from partner_rollup p
                                            where p.partner_id = r.partner_id and p.slot = r.slot and p.game = r.game)`;
  const tampering: readonly (readonly [string, string, readonly string[]])[] = [
    ['a total', 'update partners set total_commission = total_commission + 1', ['totals of partners']],
    ['what is pending', 'update partners set pending_commission = pending_commission - 1', ['totals of partners']],
    ['an amount earned', `update partner_game_earnings set earned_amount = earned_amount + 1 where ${one}`, both],
    [
      'an amount earned, with the totals to fit',
      `update partner_game_earnings set earned_amount = earned_amount + 1;
       update partners set total_commission = total_commission + 2, pending_commission = pending_commission + 2`,
      rows,
    ],
    [
      'the bets of a round',
      `update partner_game_earnings
          set real_total_bets = real_total_bets + 1, real_profit = real_profit + 1 where ${one}`,
      rows,
    ],
    [
      'the payouts of a round',
      `update partner_game_earnings set real_total_payouts = 1, real_profit = real_profit - 1 where ${one}`,
      rows,
    ],
    ['a profit shown', `update partner_game_earnings set shown_profit = shown_profit + 1 where ${one}`, rows],
    ['bets shown', `update partner_game_earnings set shown_total_bets = shown_total_bets - 1 where ${one}`, rows],
    ['payouts shown', `update partner_game_earnings set shown_total_payouts = 1 where ${one}`, rows],
    ['a share', `update partner_game_earnings set share_percentage = share_percentage + 100 where ${one}`, rows],
    ['a rate', `update partner_game_earnings set commission_rate = commission_rate - 100 where ${one}`, rows],
    ['a count of players', `update partner_game_earnings set player_count = player_count + 1 where ${one}`, rows],
    ['a row taken out', `delete from partner_game_earnings where ${one}`, ['totals of partners']],
    [
      'a row of another partner',
      `update partner_game_earnings e
          set partner_id = (select p.id from partners p where p.id <> e.partner_id) where ${one}`,
      both,
    ],
    [
      'a row paid without the partner’s pending commission going down',
      `update partner_game_earnings set status = 'paid', paid_at = now() where ${one}`,
      ['totals of partners'],
    ],
    ['a stake counted', 'update partner_rollup set staked = staked + 1', [ROLLUP, SUMS]],
    ['money counted as paid, in all sums', everywhere('real_paid', '+ 1'), [ROLLUP]],
    ['what bonuses cost', everywhere('converted', '- 1'), [ROLLUP]],
    ['a player moved to another time', `update partner_rollup set slot = slot + interval '15 minutes'`, EVERY],
    ['a player counted for another game', `update partner_rollup set game = 'other'`, EVERY],
    ['something counted that the ledger does not know', 'delete from partner_rollup', EVERY],
    ['a sum', 'update partner_slot set bets = bets - 1', [SUMS]],
    ['a player who was not active', `update partner_active set slots = ~slots`, [ACTIVITY]],
    ['something that is not counted', 'update partner_cursor set counted = 0', [ROLLUP]],
  ];
  for (const [what, statement, expected] of tampering) {
    it(`S1-22 finds ${what}`, async () => {
      await database.admin().query(statement);
      assert.deepEqual(await broken(), expected);
    });
  }
});
