import assert from 'node:assert/strict';
import { withOlderDatabase } from './older-database.ts';

describe('the migration of what partners share', () => {
  it('has all of it counted anew, by nobody who counts as before, and leaves closed months alone', async () => {
    await withOlderDatabase('migrate_share', 32, async ({ client, migrate }) => {
      const month = (period: string) =>
        client.query(
          `insert into partner_statement (id, partner_id, period, currency, bets, staked, paid, real_staked, real_paid,
                                          converted, shown_staked, shown_paid, shown_ggr, shown_ngr, share_percentage,
                                          commission_rate, carry_over, earned, carried_in, due, carried_out, status,
                                          closed_at)
           select gen_random_uuid(), id, $1, 'INR', 1, 100, 0, 100, 0, 0, 50, 0, 50, 50, 5000, 1000, 'none', 5, 0, 5, 0,
                  'CLOSED', now() from partners`,
          [period],
        );
      await client.query(`
        insert into users (id, username, display_name, password_hash, role, created_at)
        values ('00000000-0000-7000-8000-000000000001', 'p', 'p', '', 'PARTNER', now());
        insert into partners (id, user_id, share_percentage, commission_rate, created_at)
        values ('00000000-0000-7000-8000-000000000002', '00000000-0000-7000-8000-000000000001', 5000, 1000, now());
        insert into partner_rollup select id, user_id, 'epoch', 'trading', 1, 100, 0, 100, 0, 0 from partners;
        insert into partner_slot select id, 'epoch', 'trading', 1, 100, 0, 100, 0, 0 from partners;
        insert into partner_active select id, 'trading', '1970-01-01', user_id, repeat('1', 96)::bit(96) from partners;
        insert into partner_cursor values (0, 7) on conflict (shard) do update set batch = 7`);
      await month('2025-10-01');

      await migrate();
      await month('2025-11-01');
      for (const table of ['partner_rollup', 'partner_slot', 'partner_active']) {
        assert.equal((await client.query(`select from ${table}`)).rowCount, 0, table);
      }
      assert.equal((await client.query('select from partner_cursor where counted = 0')).rowCount, 1);
      await assert.rejects(client.query('select batch from partner_cursor'), /column "batch" does not exist/);
      const { rows } = await client.query('select rules, due::int from partner_statement order by period');
      assert.deepEqual(
        rows.map(({ rules, due }) => [rules, due]),
        [
          [1, 5],
          [2, 5],
        ],
      );
    });
  });
});
