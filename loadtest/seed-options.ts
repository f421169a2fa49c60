import { parseArgs } from 'node:util';
import { defaultFile } from './credentials.ts';
import { loopbackEndpoint } from './endpoint.ts';
import { count, parsed } from './options.ts';

export const SEED_USAGE = `Makes players for npm run loadtest: accounts with money, their tokens in a file that nobody
else can read.

  npm run loadtest:seed -- [options]

  --players <n>     how many                                   10
  --out <file>      where their tokens go                      DATA_DIR/loadtest-players.json
  --balance <n>     each one's money, in minor units           10000000 (₹100,000.00)
  --endpoint <url>  through a running demo instead: its players begin with its welcome credit

Money is written by whoever owns the ledger alone. So a database of your own (DATABASE_URL) is seeded before its server
starts, with the server's ACCESS_TOKEN_SECRET; a running demo is found by DATA_DIR and asked over HTTP.
`;

/** ₹100,000.00: enough for bets over all of a table's limits. */
export const BALANCE = 10_000_000;

export interface SeedOptions {
  readonly players: number;
  readonly out: string;
  /** Minor units; undefined where none was asked for. */
  readonly balance: number | undefined;
  readonly endpoint: string | undefined;
  readonly dataDir: string;
}

/** Reads the command line; undefined where only help was asked for. Throws a Mistake that names what is wrong. */
export function parseSeed(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): SeedOptions | undefined {
  const { values } = parsed(() =>
    parseArgs({
      args: [...args],
      options: {
        players: { type: 'string', default: '10' },
        out: { type: 'string' },
        balance: { type: 'string' },
        endpoint: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }),
  );
  if (values.help) return undefined;
  const dataDir = environment.DATA_DIR ?? '.data';
  const { balance, endpoint } = values;
  return {
    players: count('players', values.players, 1, 5_000),
    out: values.out ?? defaultFile(dataDir),
    balance: balance === undefined ? undefined : count('balance', balance, 1, 1e15),
    endpoint: endpoint === undefined ? undefined : loopbackEndpoint(endpoint),
    dataDir,
  };
}
