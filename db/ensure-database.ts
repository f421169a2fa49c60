import { Client, DatabaseError, escapeIdentifier } from 'pg';
import { clientConfig } from './pool.ts';

const CREATED_BY_SOMEBODY_ELSE = new Set(['42P04', '23505']);

/** Creates the database of this URL, in UTF-8, if the server does not have it. Connects to `postgres` for that. */
export async function ensureDatabase(databaseUrl: string): Promise<void> {
  const config = clientConfig(databaseUrl);
  const name = config.database ?? 'postgres';
  const client = new Client({ ...config, database: 'postgres' });
  await client.connect();
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name]);
    if (rowCount === 0)
      await client.query(`create database ${escapeIdentifier(name)} encoding 'utf8' template template0`);
  } catch (error) {
    if (!(error instanceof DatabaseError && CREATED_BY_SOMEBODY_ELSE.has(error.code ?? ''))) throw error;
  } finally {
    await client.end();
  }
}
