import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../src/clock.ts';
import { loadConfig } from '../../src/config.ts';
import { prepareDemo, type RunningDemo, runDemo, welcome } from '../../src/demo/demo.ts';
import { demoFacts } from '../../src/demo/people.ts';
import { pagesRouter } from '../../src/http/pages.ts';
import { createLogger } from '../../src/log.ts';
import { type Server, startServer } from '../../src/server.ts';
import { CHEAP } from '../accounts/support.ts';
import type { TestDatabase } from '../support/database.ts';

export interface DemoServer {
  server(): Server;
  url(): string;
  /** Everything logged at level warn or above, as one text. */
  warnings(): string;
  /** The demo as `npm start` has it from here on, with its bots. Stopped before the server. */
  run(): RunningDemo;
}

/** A demo on a port of its own for the tests of this suite, quicker than the real one. */
export function useDemo(
  database: TestDatabase,
  { bots = 0, bettingMs = 1_500, mainBettingMs = 1_500, clock = systemClock } = {},
): DemoServer {
  const config = loadConfig({ PORT: '0', DEMO_BOTS: String(bots) });
  const lines: string[] = [];
  const log = createLogger('warn', { write: (line) => void lines.push(line) });
  let server: Server;
  let running: RunningDemo | undefined;

  before(async () => {
    server = await startServer({
      ...{ config, log, clock, databaseUrl: database.url(), passwords: CHEAP, onRegistered: welcome },
      pages: [pagesRouter({ clock, demo: demoFacts(bots) })],
      async prepare(services) {
        await prepareDemo(services);
        await database.admin().query(`
          update game set betting_ms = case id when 'main' then ${mainBettingMs} else ${bettingMs} end,
                          dealing_ms = 100, pause_ms = 300`);
      },
    });
  });
  after(async function () {
    this.timeout(20_000);
    await running?.stop();
    await server?.stop();
  });
  return {
    server: () => server,
    url: () => `http://127.0.0.1:${server.port}`,
    warnings: () => lines.join(''),
    run() {
      running = runDemo(server);
      return running;
    },
  };
}

/** Asks until the answer is there; fails after `withinMs`. */
export async function eventually<Answer>(
  what: string,
  ask: () => Promise<Answer | undefined | false>,
  withinMs = 15_000,
): Promise<Answer> {
  for (const until = Date.now() + withinMs; Date.now() < until; await sleep(50)) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
  }
  return assert.fail(`${what}: not within ${withinMs} ms`);
}
