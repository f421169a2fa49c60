import { setTimeout as sleep } from 'node:timers/promises';
import { auditServer } from './audit-server.ts';
import type { Credential } from './credentials.ts';
import { CrewProcess, spread } from './crews.ts';
import { Mistake } from './mistake.ts';
import type { LoadtestOptions } from './options.ts';
import { progressLine } from './progress.ts';
import type { Report } from './report.ts';
import { readServerUse } from './server-load.ts';
import { readTable } from './table-facts.ts';
import { Tally } from './tally.ts';
import { TokenKeeper } from './token-keeper.ts';

export interface Surroundings {
  readonly write: (text: string) => void;
  /** Ends the playing early, in order. */
  readonly signal: AbortSignal;
}

const LINE_EVERY_MS = 1_000;

/** Plays, checks the books, and reports. Throws a Mistake where it cannot begin; stops by itself. */
export async function runLoad(options: LoadtestOptions, { write, signal }: Surroundings): Promise<Report> {
  const { endpoint, workers, spectators, seed } = options;
  const table = await readTable(endpoint, options.table);
  const { players, keeper } = readPlayers(options);
  const task = { endpoint, table, seed, settleMs: options.settleSeconds * 1_000 };
  const crews = spread(task, players, spectators, workers).map(
    (crew) => new CrewProcess(crew, (credential) => keeper?.renewed(credential)),
  );
  try {
    write(`${players.length} players and ${spectators} spectators sit down at ${options.table}\n`);
    await Promise.all(crews.map((crew) => crew.open())).catch(explain);
    const played = await play(crews, options, { write, signal });
    write('the playing is over; waiting for the last results\n');
    const results = await Promise.all(crews.map((crew) => crew.finish()));
    const tally = new Tally();
    for (const result of results) tally.add(result.tally);
    const { databaseUrl, dataDir } = options;
    return {
      ...played,
      tally,
      players: players.length,
      spectators,
      playersChecked: results.reduce((sum, { playersChecked }) => sum + playersChecked, 0),
      broken: results.flatMap(({ broken }) => broken),
      audited: await auditServer({ endpoint, databaseUrl, dataDir, player: players[0]?.userId }),
    };
  } finally {
    for (const crew of crews) crew.end();
    keeper?.flush();
  }
}

function readPlayers({ players, tokens }: LoadtestOptions): { players: readonly Credential[]; keeper?: TokenKeeper } {
  if (players === 0) return { players: [] };
  const keeper = new TokenKeeper(tokens);
  return { players: keeper.take(players), keeper };
}

function explain(error: Error): never {
  throw new Mistake(
    `not everybody found a seat: ${error.message}\n` +
      'A server that limits rates lets in ten a second from one address: start it with RATE_LIMITS=false for a load ' +
      'test. Tokens that were not renewed for long, or belong to another database, are made anew by loadtest:seed.',
    { cause: error },
  );
}

type Played = Pick<Report, 'seconds' | 'generatorUse' | 'serverUse'>;

async function play(
  crews: readonly CrewProcess[],
  { endpoint, seconds, metricsToken }: LoadtestOptions,
  { write, signal }: Surroundings,
): Promise<Played> {
  const startedAt = performance.now();
  const elapsed = () => (performance.now() - startedAt) / 1_000;
  let generatorUse = 0;
  let serverUse: number | undefined;
  for (const crew of crews) crew.play();
  while (!signal.aborted && elapsed() < seconds) {
    const left = seconds * 1_000 - (performance.now() - startedAt);
    await sleep(Math.min(LINE_EVERY_MS, Math.max(0, left)), undefined, { signal }).catch(() => undefined);
    const progress = crews.flatMap((crew) => crew.progress ?? []);
    const use = Math.max(0, ...progress.map((each) => each.use));
    const server = await readServerUse(endpoint, metricsToken);
    if (server !== undefined) serverUse = Math.max(serverUse ?? 0, server);
    generatorUse = Math.max(generatorUse, use);
    write(progressLine({ seconds: elapsed(), progress, generatorUse: use, serverUse: server }));
  }
  return { seconds: elapsed(), generatorUse, serverUse };
}
