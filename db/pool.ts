import { createPgDriverFactory } from '@slonik/pg-driver';
import type { ClientConfig } from 'pg';
import {
  type ClientConfigurationInput,
  type CommonQueryMethods,
  createPool,
  type DatabasePool,
  type DriverFactory,
  type DriverTypeParser,
  type Interceptor,
  parseDsn,
  type QueryResultRow,
  SchemaValidationError,
  sql,
} from 'slonik';
import { z } from 'zod';

/** A pool. Values arrive as: int8 bigint, numeric string, timestamp and timestamptz Date, date string (yyyy-mm-dd). */
export type Database = DatabasePool;
/** For functions that run on a pool as well as inside a transaction. */
export type Queries = CommonQueryMethods;

/** What the database's grants are made out to. Both are NOLOGIN; the login user is a member of both. */
export const APP_ROLE = 'croupier_app';
export const WALLET_ROLE = 'croupier_wallet';

/**
 * The pins of the wallet's session (DESIGN 4). A batch is only ever index probes and appends, so a generic plan is made
 * once and keeps for all batch sizes; scans and the joins that need them are out of the question.
 */
const WALLET_SETTINGS = {
  plan_cache_mode: 'force_generic_plan',
  enable_seqscan: 'off',
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
  enable_material: 'off',
  jit: 'off',
};

/** The server ends a transaction that hangs half-way this long: a frozen process keeps no successor waiting. */
const IDLE_IN_TRANSACTION_MS = 10_000;

const typeParsers: readonly DriverTypeParser[] = [
  { name: 'int8', parse: BigInt },
  { name: 'numeric', parse: (text) => text },
  { name: 'timestamptz', parse: (text) => new Date(text) },
  { name: 'timestamp', parse: (text) => new Date(`${text}Z`) },
  { name: 'date', parse: (text) => text },
];

/** Checks every row against the schema of its query. Synchronous: the asynchronous kind costs a tick per row. */
const parseRows: Interceptor = {
  name: 'parse-rows',
  transformRow(context, query, row) {
    if (!context.resultParser) return row;
    const result = context.resultParser['~standard'].validate(row);
    if (result instanceof Promise) throw new TypeError('row schemas must be synchronous');
    if (result.issues) throw new SchemaValidationError(query, row, result.issues);
    return result.value as QueryResultRow;
  },
};

/** The driver with an error listener that stays: an error on a connection already given up must not end the process. */
const createDriver: DriverFactory = async (options) => {
  const driver = await createPgDriverFactory()(options);
  return {
    async createClient() {
      const client = await driver.createClient();
      client.on('error', ignore);
      return client;
    },
  };
};

/** For all but the wallet's batches. Its role may read money, not move it; nothing is retried behind our back. */
export function openAppPool(databaseUrl: string, options: { maxPoolSize?: number } = {}): Promise<Database> {
  const { maxPoolSize = 10 } = options;
  return openPool(databaseUrl, APP_ROLE, {}, { maxPoolSize });
}

/**
 * The one connection of a wallet actor, kept for good. Refuses a server that may forget a COMMIT (`fsync` or
 * `synchronous_commit` off).
 */
export async function openWalletPool(databaseUrl: string): Promise<Database> {
  const pool = await openPool(databaseUrl, WALLET_ROLE, WALLET_SETTINGS, {
    maxPoolSize: 1,
    idleTimeout: 'DISABLE_TIMEOUT',
    maximumConnectionAge: 'DISABLE_TIMEOUT',
    connectionRetryLimit: 0,
  });
  const { fsync, commit } = await pool.one(sql.type(z.object({ fsync: z.string(), commit: z.string() }))`
    select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit`);
  if (fsync === 'on' && commit !== 'off') return pool;
  await pool.end();
  throw new Error(`this server may forget a COMMIT (fsync ${fsync}, synchronous_commit ${commit}): not with money`);
}

async function openPool(
  databaseUrl: string,
  role: string,
  settings: Readonly<Record<string, string>>,
  overrides: ClientConfigurationInput,
): Promise<Database> {
  const pool = await createPool(withSettings(databaseUrl, { role, timezone: 'UTC', ...settings }), {
    driverFactory: createDriver,
    typeParsers,
    interceptors: [parseRows],
    // The default, DISCARD ALL, costs 40 % of the throughput and forgets prepared statements; we leave no state behind.
    resetConnection: async () => undefined,
    queryRetryLimit: 0,
    transactionRetryLimit: 0,
    idleInTransactionSessionTimeout: IDLE_IN_TRANSACTION_MS,
    ...overrides,
  });
  // Slonik reports every failed query here too; its caller has the error already.
  pool.on('error', ignore);
  const actual = await pool.oneFirst(sql.type(z.object({ role: z.string() }))`select current_user::text as role`);
  if (actual === role) return pool;
  await pool.end();
  throw new Error(
    `the session runs as ${actual} instead of ${role}: a connection pooler that drops startup options cannot be used`,
  );
}

/** The URL with session settings in its `options`, so that every connection has them from its first moment. */
function withSettings(databaseUrl: string, settings: Readonly<Record<string, string>>): string {
  const url = new URL(databaseUrl);
  const own = url.searchParams.get('options');
  const pins = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`);
  url.searchParams.set('options', [...(own === null ? [] : [own]), ...pins].join(' '));
  return url.href;
}

/**
 * The configuration of a plain `pg` client (advisory locks, migrations) for the same URLs the pools take: pg itself
 * cannot read a socket directory and a user from one URL. The session has the login user's rights.
 */
export function clientConfig(databaseUrl: string): ClientConfig {
  const dsn = parseDsn(databaseUrl);
  const tls = { disable: false, require: true, 'no-verify': { rejectUnauthorized: false } };
  return {
    host: dsn.host,
    port: dsn.port,
    user: dsn.username,
    password: dsn.password,
    database: dsn.databaseName,
    options: dsn.options,
    application_name: dsn.applicationName,
    ssl: tls[dsn.sslMode ?? 'disable'],
  };
}

function ignore(): void {
  // Whoever used the connection has the error; nobody else needs it.
}
