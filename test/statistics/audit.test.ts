import assert from 'node:assert/strict';
import { auditStatistics } from '../../src/statistics/audit.ts';
import { countVoidedRound } from '../../src/statistics/record-statistics.ts';
import { ANDAR_WINS, BAHAR_AT_ONCE, BAHAR_WINS, closedRound, newGame, playRound } from '../rounds/played.ts';
import { newPlayer, roundDeps } from '../rounds/support.ts';
import { useDatabase } from '../support/database.ts';
import { openWallet } from '../wallet/fixture.ts';

describe('the audit of the statistics', () => {
  const database = useDatabase();
  const broken = async () => {
    const found = await auditStatistics(database.pool());
    return found.flatMap((finding) => (finding.broken.length > 0 ? [finding.check] : []));
  };

  /** Rounds of two tables with wins, losses, refunds and undone bets; one that nobody bet on, one still in play. */
  before(async () => {
    const wallet = await openWallet(database.url());
    const deps = roundDeps(database.pool(), wallet);
    const [one, two] = [await newPlayer(wallet, 100_000), await newPlayer(wallet, 100_000)];
    const tables = [await newGame(deps), await newGame(deps)] as const;
    const bets = [
      { userId: one, betSide: 'andar', amount: 1_000 },
      { userId: two, betSide: 'bahar', amount: 700 },
      { userId: two, betSide: 'bahar', amount: 50, undone: true },
    ] as const;
    for (const ended of [ANDAR_WINS, BAHAR_WINS, BAHAR_AT_ONCE]) await playRound(deps, tables[0], bets, ended);
    await playRound(deps, tables[1], bets, BAHAR_WINS);
    await playRound(deps, tables[1], [], BAHAR_WINS);
    await closedRound(deps, tables[1], bets);
    await wallet.end();
  });

  it('S1-22 finds nothing where nothing was touched', async () => {
    assert.deepEqual(await broken(), []);
  });

  const aRound = '(select min(id::text)::uuid from round where total_payouts > 0)';
  const tampering: readonly (readonly [what: string, statement: string, undo: string, found: readonly string[]])[] = [
    ...['total_bets', 'total_bet_amount', 'total_payouts', 'total_refunds', 'total_players'].map((column) =>
      changed('sums of rounds', 'round', column, `id = ${aRound}`),
    ),
    ...['stake', 'payout'].map((column) =>
      changed('results of players', 'round_player', column, 'ctid = (select min(ctid) from round_player)'),
    ),
    changed('balances after rounds', 'round_player', 'balance_after', 'ctid = (select max(ctid) from round_player)'),
    ...['total_rounds', 'voided_rounds', 'total_bets', 'player_rounds', 'total_wagered', 'total_payouts'].map(
      (column) =>
        changed('statistics of tables', 'game_statistics', column, `game = (select min(game) from game_statistics)`),
    ),
    changed('statistics of tables', 'game_statistics', 'total_refunds', 'total_refunds > 0'),
    ...['total_bet_amount', 'total_win_amount', 'total_refund_amount', 'biggest_win'].map((column) =>
      changed(
        'statistics of players',
        'user_statistics',
        column,
        `user_id = (select min(user_id::text)::uuid
        from user_statistics)`,
      ),
    ),
    ...['wins', 'losses', 'refunds'].map(
      (column) =>
        [
          `user_statistics.total_${column}`,
          `update user_statistics set total_bets = total_bets + 1, total_${column} = total_${column} + 1`,
          `update user_statistics set total_bets = total_bets - 1, total_${column} = total_${column} - 1`,
          ['statistics of players'],
        ] as const,
    ),
    [
      'a round moved to another month',
      `update round set ended_at = ended_at - interval '40 days' where id = ${aRound}`,
      `update round set ended_at = ended_at + interval '40 days' where id = ${aRound}`,
      ['statistics of tables'],
    ],
    [
      'a cursor set back, so that a round would be counted twice',
      `update round set followed = 1 where id = ${aRound}`,
      `update round set followed = 3 where followed = 1`,
      ['statistics of tables', 'statistics of players'],
    ],
    [
      'a player taken out',
      'create table saved as table user_statistics; delete from user_statistics',
      'insert into user_statistics table saved; drop table saved',
      ['statistics of players'],
    ],
    [
      'the result of a player taken out',
      'create table saved as table round_player; delete from round_player where payout = 0',
      'insert into round_player table saved on conflict do nothing; drop table saved',
      ['results of players'],
    ],
  ];

  function changed(check: string, table: string, column: string, where: string) {
    return [
      `${table}.${column}`,
      `create table kept as select ctid::text as id from ${table} limit 0;
       with c as (update ${table} set ${column} = ${column} + 1 where ${where} returning ctid)
       insert into kept select ctid::text from c`,
      `update ${table} set ${column} = ${column} - 1 where ctid::text in (select id from kept); drop table kept`,
      [check],
    ] as const;
  }

  for (const [what, statement, undo, expected] of tampering) {
    it(`S1-22 finds ${what}, and nothing else`, async () => {
      await database.admin().query(statement);
      assert.deepEqual(await broken(), expected);
      await database.admin().query(undo);
      assert.deepEqual(await broken(), []);
    });
  }

  it('S1-22 finds a void that was counted without one', async () => {
    const { rows } = await database.admin().query('select game, period_start from game_statistics limit 1');
    await countVoidedRound(database.pool(), rows[0].game, new Date());
    assert.deepEqual(await broken(), ['statistics of tables']);
  });
});
