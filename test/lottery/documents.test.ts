import assert from 'node:assert/strict';
import type { UserId } from '../../src/ids.ts';
import { riskOf } from '../../src/lottery/risk.ts';
import { useLottery } from './house.ts';
import { submitted } from './support.ts';

describe('the names that the documents use for the lottery', () => {
  const { database, lottery, ann, open, collector, hand } = useLottery();

  it('S3-01 a collector has a name of their own, a role that exists, and never less than nothing', async () => {
    const who = await collector(1_000);
    const set = (change: string) => database.admin().query(`update ${change}`, [who]);
    const { rows } = await database.admin().query(
      `select u.id, u.role, u.created_at is not null as dated, b.real_balance::int as balance
         from users u join balances b on b.player_id = u.id where u.id = $1`,
      [who],
    );
    assert.deepEqual(rows, [{ id: who, role: 'COLLECTOR', dated: true, balance: 1_000 }]);
    const { rows: other } = await database.admin().query('select username from users where id <> $1 limit 1', [who]);
    const name = other[0].username;
    await assert.rejects(set(`users set username = '${name}', display_name = '${name}' where id = $1`), /username_key/);
    await assert.rejects(set(`users set role = 'BANKER' where id = $1`), /users_role_check/);
    await assert.rejects(set('wallet set real = -1 where owner = $1'), /wallet_funds/);
  });

  it('S3-04 S3-07 the figures are those of the documents’ query', async () => {
    const phase = await open();
    const people = await Promise.all([1, 2, 3].map(() => collector(100_000_000)));
    for (const [index, who] of people.entries()) {
      submitted(await hand(phase, who, `123R-${index + 1}\n5T-2.50, 007-${10 * (index + 1)}`));
    }
    const gone = submitted(await hand(phase, people[0] as UserId, '999-99'));
    await lottery().voidSlip(ann(), gone.slipId, 'mistyped');
    const { rows } = await database.admin().query(
      `select number, sum(amount)::int8 as total_bet, (sum(amount) * 80)::int8 as potential_payout
         from lottery_bets
        where phase_id = (select id from game_phases where active)
        group by number
        order by total_bet desc, number`,
    );
    const figures = await riskOf(database.pool(), phase);
    assert.equal(figures.length, 107);
    assert.deepEqual(
      figures.map(({ number: on, totalBet, potentialPayout }) => [on, totalBet, potentialPayout]),
      rows.map((row) => [row.number, BigInt(row.total_bet), BigInt(row.potential_payout)]),
    );
  });
});
