import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { checkBooks, openBenchDatabase } from './bench-database.ts';
import type { ToServer } from './capacity-messages.ts';
import { PROBES_PER_SECOND, startProbe } from './capacity-probe.ts';
import { holds, USE_MAX } from './capacity-ramp.ts';
import { type CapacityStep, type Ended, line, ramp } from './capacity-steps.ts';
import { Child } from './child.ts';
import type { Credential } from './credentials.ts';
import { endWith } from './mistake.ts';
import { openFilesMax } from './open-files.ts';
import { count, parsed } from './options.ts';

const USAGE = `How many spectators, and how many players who bet in every window, one server holds at one table.

  npm run bench:capacity -- [--seconds <n, 30 to 1800>] [--step-seconds <n>] [--workers <n>]

A server of its own on a fresh database; more and more people until its event loop is busy for more than ${USE_MAX} of a
step. About three minutes; more --workers make a generator that is not the first to be busy, given the cores.
`;

/** Sockets are not all that a process has open. */
const OTHER_FILES = 200;
/** A step that has begun and the audit at the end take about this long, over the seconds of the step itself. */
const LAST_SECONDS = 15;

interface Options {
  readonly seconds: number;
  readonly stepSeconds: number;
  readonly workers: number;
}

async function main(): Promise<void> {
  const options = read();
  if (options === undefined) return;
  const most = openFilesMax() - OTHER_FILES;
  process.stdout.write(`${cpus().length} cores, ${options.workers} generators, at most ${most} sockets per process\n`);
  const postgres = await openBenchDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), 'croupier-capacity-'));
  const children: Child[] = [];
  const child = (program: string, environment: Record<string, string>) => {
    const started = new Child(program, environment);
    children.push(started);
    return started;
  };
  try {
    const databaseUrl = await postgres.create('capacity');
    const server = child('capacity-server-cli.ts', {});
    const { port } = await server.ask<{ port: number }>({ kind: 'start', databaseUrl, dataDir } satisfies ToServer);
    const endpoint = `http://127.0.0.1:${port}`;
    const crowds = Array.from({ length: options.workers }, () =>
      child('capacity-crowd-cli.ts', { CROWD_ENDPOINT: endpoint }),
    );
    await measure(server, crowds, endpoint, most, options);
    await server.ask({ kind: 'stop' } satisfies ToServer);
    await checkBooks(databaseUrl);
  } finally {
    for (const each of children) each.kill();
    await postgres.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function measure(
  server: Child,
  crowds: readonly Child[],
  endpoint: string,
  most: number,
  { seconds, stepSeconds }: Options,
): Promise<void> {
  // Counted from the start of the process, as `performance.now()` is.
  const endsAt = (seconds - stepSeconds - LAST_SECONDS) * 1_000;
  const write = (text: string) => void process.stdout.write(text);
  const all = { server, crowds, most, stepSeconds, write };
  const stopProbe = await startProbe(endpoint, await onePlayer(server));
  process.stdout.write(`\nspectators, while a player bets ${PROBES_PER_SECOND} times a second\n`);
  const watched = await ramp({ ...all, what: 'spectators', first: 200, endsAt: (performance.now() + endsAt) / 2 });
  process.stdout.write('\nplayers who bet once in every window of two seconds, seen by the same player\n');
  const played = await ramp({ ...all, what: 'players', first: 50, endsAt });
  await stopProbe();
  process.stdout.write(`\n${verdict('spectators', watched)}${verdict('players', played)}`);
}

async function onePlayer(server: Child): Promise<Credential> {
  const { players } = await server.ask<{ players: Credential[] }>({ kind: 'players', count: 1 } satisfies ToServer);
  const [player] = players;
  if (player === undefined) throw new Error('the server made no player');
  return player;
}

function verdict(what: string, { steps, ended }: { steps: readonly CapacityStep[]; ended: Ended }): string {
  const held = steps.filter(holds).at(-1);
  if (held === undefined) return `${what}: not even the first step was held\n`;
  const busy =
    held.generatorUse > USE_MAX ? '  the generator was busier than the server may be: times are its own\n' : '';
  return `held ${line(what, held)}\n  ended because of: ${ended}\n${busy}`;
}

function read(): Options | undefined {
  const { values } = parsed(() =>
    parseArgs({
      options: {
        seconds: { type: 'string', default: '180' },
        'step-seconds': { type: 'string', default: '5' },
        workers: { type: 'string', default: '1' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }),
  );
  if (values.help) {
    process.stdout.write(USAGE);
    return undefined;
  }
  return {
    seconds: count('seconds', values.seconds, 30, 1_800),
    stepSeconds: count('step-seconds', values['step-seconds'], 1, 60),
    workers: count('workers', values.workers, 1, 16),
  };
}

try {
  await main();
} catch (error) {
  endWith(error);
}
