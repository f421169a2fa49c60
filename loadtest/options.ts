import { parseArgs } from 'node:util';
import { readRunning } from '../src/demo/running.ts';
import { defaultFile } from './credentials.ts';
import { loopbackEndpoint } from './endpoint.ts';
import { Mistake } from './mistake.ts';

export const USAGE = `Plays at a table of a running server with many bots, and checks the books at the end.

  npm run loadtest -- [options]

  --endpoint <url>        the server, on this machine only      the demo that runs here, or port 2567
  --table <id>            the table                             main
  --players <n>           bots that bet                         10
  --spectators <n>        bots that only listen                 5
  --seconds <n>           how long they play, at most 3600      60
  --seed <text>           the same seed makes the same choices  42
  --tokens <file>         players made by loadtest:seed         DATA_DIR/loadtest-players.json
  --workers <n>           processes that the bots are spread over, at most 16  1
  --settle-seconds <n>    how long to wait for the last results 180
  --database-url <url>    for the full audit at the end         DATABASE_URL, or the running demo's own
  --metrics-token <text>  shows the server's own load           METRICS_TOKEN

Ctrl-C ends in order, with the report; once more at once. Exits with 1 when anything was wrong.
`;

export interface LoadtestOptions {
  readonly endpoint: string;
  readonly table: string;
  readonly players: number;
  readonly spectators: number;
  readonly seconds: number;
  readonly seed: string;
  readonly tokens: string;
  readonly workers: number;
  readonly settleSeconds: number;
  readonly databaseUrl: string | undefined;
  readonly dataDir: string;
  readonly metricsToken: string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the command line; undefined where only help was asked for. Throws a Mistake that names what is wrong. */
export function parseLoadtest(args: readonly string[], environment: Environment): LoadtestOptions | undefined {
  const values = parse(args);
  if (values.help) return undefined;
  const dataDir = environment.DATA_DIR ?? '.data';
  return {
    endpoint: loopbackEndpoint(values.endpoint ?? demoAddress(dataDir) ?? 'http://127.0.0.1:2567'),
    table: values.table,
    players: count('players', values.players, 0, 5_000),
    spectators: count('spectators', values.spectators, 0, 20_000),
    seconds: count('seconds', values.seconds, 1, 3_600),
    seed: values.seed,
    tokens: values.tokens ?? defaultFile(dataDir),
    workers: count('workers', values.workers, 1, 16),
    settleSeconds: count('settle-seconds', values['settle-seconds'], 1, 3_600),
    databaseUrl: values['database-url'] ?? environment.DATABASE_URL,
    dataDir,
    metricsToken: values['metrics-token'] ?? environment.METRICS_TOKEN,
  };
}

function parse(args: readonly string[]) {
  return parsed(() =>
    parseArgs({
      args: [...args],
      options: {
        endpoint: { type: 'string' },
        table: { type: 'string', default: 'main' },
        players: { type: 'string', default: '10' },
        spectators: { type: 'string', default: '5' },
        seconds: { type: 'string', default: '60' },
        seed: { type: 'string', default: '42' },
        tokens: { type: 'string' },
        workers: { type: 'string', default: '1' },
        'settle-seconds': { type: 'string', default: '180' },
        'database-url': { type: 'string' },
        'metrics-token': { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }),
  ).values;
}

/** What `parseArgs` finds wrong is the caller's mistake, not a bug. */
export function parsed<Result>(parse: () => Result): Result {
  try {
    return parse();
  } catch (error) {
    throw new Mistake(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** A whole number within bounds. Throws a Mistake that names the option. */
export function count(name: string, text: string, least: number, most: number): number {
  const value = /^[0-9]+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new Mistake(`--${name} must be a whole number from ${least} to ${most}, not ${text}`);
}

function demoAddress(dataDir: string): string | undefined {
  const running = readRunning(dataDir);
  return running && `http://127.0.0.1:${running.port}`;
}
