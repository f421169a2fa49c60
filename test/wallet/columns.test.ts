import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { Column, type ColumnType } from '../../src/wallet/columns.ts';
import { useDatabase } from '../support/database.ts';

const INT8 = { min: -(2n ** 63n), max: 2n ** 63n - 1n };
const SAFE = { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER };

describe('columns, as PostgreSQL reads them', () => {
  const database = useDatabase();

  async function read(type: ColumnType, column: Column): Promise<readonly string[]> {
    const { rows } = await database
      .admin()
      .query<{ value: string }>(`select unnest($1::${type}[])::text as value`, [column.encoded()]);
    return rows.map(({ value }) => value);
  }

  function filled<Value>(type: ColumnType, values: readonly Value[], add: (column: Column, value: Value) => void) {
    const column = new Column(type, 1);
    for (const value of values) add(column, value);
    return column;
  }

  const roundTrip = async <Value>(type: ColumnType, values: readonly Value[], add: (c: Column, v: Value) => void) => {
    assert.deepEqual(await read(type, filled(type, values, add)), values.map(String));
  };

  it('an empty one is an empty array', async () => {
    for (const type of ['int8', 'int2', 'uuid'] as const) assert.deepEqual(await read(type, new Column(type)), []);
  });

  it('money, to the ends of eight bytes and below zero', async () => {
    await roundTrip('int8', [0n, 1n, -1n, INT8.max, INT8.min, 2n ** 32n, -(2n ** 32n) - 1n], (c, v) => c.bigint(v));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.bigInt(INT8), { maxLength: 50 }), (values) =>
        roundTrip('int8', values, (c, v) => c.bigint(v)),
      ),
      { numRuns: 25 },
    );
  });

  it('integers, to the ends of what is safe and below zero', async () => {
    const edges = [0, 1, -1, 2 ** 31, -(2 ** 31), 2 ** 32 - 1, 2 ** 32, -(2 ** 32), -(2 ** 32) - 1, SAFE.min, SAFE.max];
    await roundTrip('int8', edges, (c, v) => c.integer(v));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer(SAFE), { maxLength: 50 }), (values) =>
        roundTrip('int8', values, (c, v) => c.integer(v)),
      ),
      { numRuns: 25 },
    );
  });

  it('small integers', () => roundTrip('int2', [0, 1, -1, 32_767, -32_768], (c, v) => c.small(v)));

  it('UUIDs of any version', async () => {
    const edges = ['00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff'];
    await roundTrip('uuid', [...edges, ...Array.from({ length: 50 }, () => randomUUID())], (c, v) => c.uuid(v));
  });

  it('grow while they are filled, and are as good as new when cleared', async () => {
    const values = Array.from({ length: 5_000 }, (_, i) => i - 2_500);
    const column = filled('int8', values, (c, v) => c.integer(v));
    assert.deepEqual(await read('int8', column), values.map(String));
    column.clear();
    assert.deepEqual(await read('int8', column), []);
    column.integer(7);
    assert.deepEqual(await read('int8', column), ['7']);
  });
});
