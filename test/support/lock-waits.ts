import type { Client } from 'pg';

/** How many sessions of this database wait for a lock now; of one kind alone, where it is said (`advisory`). */
export async function lockWaits(admin: Client, kind?: string): Promise<number> {
  // Within a transaction what was seen first would be seen again.
  await admin.query('select pg_stat_clear_snapshot()');
  const { rows } = await admin.query<{ waits: number }>(
    `select count(*)::int4 as waits from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock' and wait_event = coalesce($1, wait_event)`,
    [kind ?? null],
  );
  return rows[0]?.waits ?? 0;
}
