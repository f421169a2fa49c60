import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ToServer } from './capacity-messages.ts';
import { Child } from './child.ts';
import { Latencies } from './latencies.ts';
import type { PricesHeard, ToTradingCrowd } from './trading-crowd.ts';

/** Ten ticks of every symbol a second. */
const INTERVAL_MS = '100';

interface Step {
  readonly ages: Latencies;
  readonly missed: number;
  readonly serverUse: number;
  /** Of the busiest process of the crowd. */
  readonly crowdUse: number;
}

export interface Delivery {
  readonly alone: Step;
  readonly crowd: Step;
}

/** From a tick to the clients in the room of the desk of a whole server: one of them, then all. */
export async function deliver(
  databaseUrl: string,
  { clients, seconds, workers }: { readonly clients: number; readonly seconds: number; readonly workers: number },
): Promise<Delivery> {
  const dataDir = await mkdtemp(join(tmpdir(), 'croupier-trading-'));
  const server = new Child('capacity-server-cli.ts');
  const crowds: Child[] = [];
  try {
    const environment = { MARKET_INTERVAL_MS: INTERVAL_MS };
    const asked: ToServer = { kind: 'start', databaseUrl, dataDir, environment };
    const { port } = await server.ask<{ port: number }>(asked);
    const CROWD_ENDPOINT = `http://127.0.0.1:${port}`;
    for (let i = 0; i < workers; i++) crowds.push(new Child('trading-crowd-cli.ts', { CROWD_ENDPOINT }));
    const alone = await step(server, crowds.slice(0, 1), 1, seconds);
    const crowd = await step(server, crowds, clients, seconds);
    await Promise.all(crowds.map((each) => each.ask({ kind: 'leave' } satisfies ToTradingCrowd)));
    await server.ask({ kind: 'stop' } satisfies ToServer);
    return { alone, crowd };
  } finally {
    for (const each of [...crowds, server]) each.kill();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function step(server: Child, crowds: readonly Child[], people: number, seconds: number): Promise<Step> {
  const part = (end: number) => Math.floor((people * end) / crowds.length);
  await Promise.all(
    crowds.map((crowd, index) => {
      return crowd.ask({ kind: 'join', people: part(index + 1) - part(index) } satisfies ToTradingCrowd);
    }),
  );
  await server.ask({ kind: 'use' } satisfies ToServer);
  const listen: ToTradingCrowd = { kind: 'listen', seconds };
  const heard = await Promise.all(crowds.map((crowd) => crowd.ask<PricesHeard>(listen)));
  const { use: serverUse } = await server.ask<{ use: number }>({ kind: 'use' } satisfies ToServer);
  const ages = new Latencies();
  for (const each of heard) ages.add(each.ages);
  const missed = heard.reduce((sum, each) => sum + each.missed, 0);
  return { ages, missed, serverUse, crowdUse: Math.max(...heard.map(({ use }) => use)) };
}
