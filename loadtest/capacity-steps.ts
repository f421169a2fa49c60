import { setTimeout as sleep } from 'node:timers/promises';
import type { Heard } from './capacity-crowd.ts';
import type { ToCrowd, ToServer } from './capacity-messages.ts';
import { holds, nextPeople, type Step } from './capacity-ramp.ts';
import type { Child } from './child.ts';
import type { Credential } from './credentials.ts';
import { Latencies } from './latencies.ts';

export interface RampOptions {
  readonly server: Child;
  readonly crowds: readonly Child[];
  readonly what: 'spectators' | 'players';
  readonly first: number;
  /** What the number of open files allows. */
  readonly most: number;
  readonly stepSeconds: number;
  /** `performance.now()` after which no further step is begun. */
  readonly endsAt: number;
  readonly write: (text: string) => void;
}

export interface CapacityStep extends Step {
  readonly delivery: Latencies;
  readonly answers: Latencies;
  /** Of the busiest process of the generator. */
  readonly generatorUse: number;
}

/** Why a ramp ended. */
export type Ended = 'the server was busy' | 'connections or bets failed' | 'open files' | 'time';

const SETTLE_MS = 1_500;

/** More and more people, until the server is busy. They leave at the end. */
export async function ramp(options: RampOptions): Promise<{ steps: readonly CapacityStep[]; ended: Ended }> {
  const { crowds, what, most, endsAt } = options;
  const steps: CapacityStep[] = [];
  let people = 0;
  let ended: Ended | undefined;
  for (let next: number | undefined = options.first; next !== undefined; ) {
    const step = await take(options, people, next);
    steps.push(step);
    options.write(`${line(what, step)}\n`);
    people = next;
    next = nextPeople(step, most);
    if (next === undefined) ended = why(step);
    else if (performance.now() > endsAt) [next, ended] = [undefined, 'time'];
  }
  await Promise.all(crowds.map((crowd) => crowd.ask({ kind: 'leave' } satisfies ToCrowd)));
  return { steps, ended: ended ?? 'time' };
}

async function take(
  { server, crowds, what, stepSeconds }: RampOptions,
  before: number,
  people: number,
): Promise<CapacityStep> {
  const unseated = await add(server, crowds, what, before, people);
  await sleep(SETTLE_MS);
  await server.ask({ kind: 'use' } satisfies ToServer);
  const measure: ToCrowd = { kind: 'measure', seconds: stepSeconds };
  const heard = await Promise.all(crowds.map((crowd) => crowd.ask<Heard>(measure)));
  const { use } = await server.ask<{ use: number }>({ kind: 'use' } satisfies ToServer);
  const [delivery, answers] = [new Latencies(), new Latencies()];
  for (const each of heard) {
    delivery.add(each.delivery);
    answers.add(each.answers);
  }
  const failures = heard.reduce((sum, { lost, failed }) => sum + lost + failed, unseated);
  return { people, use, failures, delivery, answers, generatorUse: Math.max(...heard.map((each) => each.use)) };
}

async function add(
  server: Child,
  crowds: readonly Child[],
  what: RampOptions['what'],
  before: number,
  people: number,
): Promise<number> {
  const part = (end: number) => before + Math.floor(((people - before) * end) / crowds.length);
  const added = await Promise.all(
    crowds.map(async (crowd, index) => {
      const count = part(index + 1) - part(index);
      if (what === 'spectators') return crowd.ask<{ failed: number }>({ kind: 'spectators', count } satisfies ToCrowd);
      const asked: ToServer = { kind: 'players', count };
      const { players } = await server.ask<{ players: readonly Credential[] }>(asked);
      return crowd.ask<{ failed: number }>({ kind: 'players', players } satisfies ToCrowd);
    }),
  );
  return added.reduce((sum, { failed }) => sum + failed, 0);
}

function why(step: CapacityStep): Ended {
  if (holds(step)) return 'open files';
  return step.failures > 0 ? 'connections or bets failed' : 'the server was busy';
}

/** A step in one line. */
export function line(what: string, { people, use, failures, delivery, answers, generatorUse }: CapacityStep): string {
  const times = (name: string, latencies: Latencies) =>
    latencies.total === 0
      ? ''
      : `, ${name} p50 ${latencies.percentile(0.5).toFixed(1)} ms p99 ${latencies.percentile(0.99).toFixed(1)} ms`;
  return (
    `${people} ${what}: server ${use.toFixed(2)}, generator ${generatorUse.toFixed(2)}` +
    times('bet to bet-placed', delivery) +
    times('request to reply', answers) +
    (failures > 0 ? `, ${failures} failures` : '')
  );
}
