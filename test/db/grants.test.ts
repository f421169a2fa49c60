import assert from 'node:assert/strict';
import { sql } from 'slonik';
import { useDatabase } from '../support/database.ts';

const MONEY = ['wallet', 'transfer', 'command', 'closing', 'book', 'link', 'shard'];
const APPEND_ONLY = ['transfer', 'command', 'closing', 'link'];

describe('the grants', () => {
  const database = useDatabase();

  for (const table of MONEY) {
    it(`let the application read ${table} and never write it`, async () => {
      assert.deepEqual(await privileges('croupier_app', table), ['select']);
    });
  }

  for (const table of APPEND_ONLY) {
    it(`let the wallet append to ${table}, and nobody change what is there`, async () => {
      assert.deepEqual(await privileges('croupier_wallet', table), ['insert', 'select']);
    });
  }

  for (const table of ['tick', 'candle']) {
    it(`let the application append to ${table}, and nobody change what is there`, async () => {
      assert.deepEqual(await privileges('croupier_app', table), ['insert', 'select']);
      assert.deepEqual(await privileges('croupier_wallet', table), []);
    });
  }

  it('let the wallet never remove a row of money', async () => {
    for (const table of MONEY) {
      const granted = await privileges('croupier_wallet', table);
      assert.ok(!granted.includes('delete') && !granted.includes('truncate'), `${table}: ${granted}`);
    }
  });

  it('stop the application at the database, whatever its code says', async () => {
    const attempt = database.pool().query(sql.unsafe`update wallet set real = real + 100`);
    await assert.rejects(attempt, /permission denied for table wallet/);
  });

  async function privileges(role: string, table: string): Promise<string[]> {
    const { rows } = await database.admin().query<{ privilege: string }>(
      `select privilege
         from unnest(array['delete', 'insert', 'select', 'truncate', 'update']) as privilege
        where has_table_privilege($1, $2, privilege) or (privilege in ('insert', 'select', 'update')
                                                         and has_any_column_privilege($1, $2, privilege))
        order by privilege`,
      [role, table],
    );
    return rows.map(({ privilege }) => privilege);
  }
});
