import { acquireServer } from '../db/server.ts';
import { systemClock } from './clock.ts';
import { type Config, loadConfig } from './config.ts';
import { prepareDemo, type RunningDemo, runDemo, welcome } from './demo/demo.ts';
import { demoFacts } from './demo/people.ts';
import { sayRunning } from './demo/running.ts';
import { pagesRouter } from './http/pages.ts';
import { createLogger } from './log.ts';
import { type Server, startServer } from './server.ts';

/** `npm start`. Ctrl-C or SIGTERM stops in order, within ten seconds; a second Ctrl-C ends at once. */
const STOP_DEADLINE_MS = 10_000;

const config = readConfig();
const log = createLogger(config.logLevel);
let server: Server | undefined;
let demo: RunningDemo | undefined;
let takeBack: () => void = () => undefined;
let stopping = false;

process.on('SIGINT', () => stop('SIGINT'));
process.on('SIGTERM', () => stop('SIGTERM'));
// Whoever it comes from: what is in memory may not be what was meant, and with money that ends here; the books are in
// the database. Nobody outside can cause it: requests are checked before the framework sees them (http/gate.ts), its
// connections are waited for (http/websocket.ts), and express answers what its handlers throw.
process.on('unhandledRejection', (error) => fail(error, 'a promise was rejected that nobody waits for'));
process.on('uncaughtException', (error) => fail(error, 'uncaught'));

const databaseServer = await acquireServer(config, log);
try {
  server = await startServer({
    ...{ config, log, clock: systemClock, databaseUrl: databaseServer.url },
    ...(config.demo && { prepare: prepareDemo, onRegistered: welcome }),
    pages: [pagesRouter({ clock: systemClock, demo: config.demo ? demoFacts(config.demoBots) : null })],
    onFatal: (error) => fail(error, 'the wallet has stopped'),
  });
} catch (error) {
  // Whoever tries the demo reads a sentence; whoever runs it elsewhere has a log.
  if (config.demo && error instanceof Error) process.stdout.write(`\n  ${error.message}\n\n`);
  else log.fatal({ err: error }, 'could not start');
  await databaseServer.release();
  process.exit(1);
}
if (config.demo) {
  demo = runDemo(server);
  takeBack = sayRunning(config.dataDir, { pid: process.pid, port: server.port });
  process.stdout.write(demo.banner);
}

/** What is wrong with the environment is said as it is: a stack would only hide it. */
function readConfig(): Config {
  try {
    return loadConfig(process.env);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  }
}

function stop(signal: string): void {
  // Before it is open nothing is in play.
  if (stopping || server === undefined) process.exit(130);
  stopping = true;
  log.info({ signal }, 'stopping');
  setTimeout(() => process.exit(1), STOP_DEADLINE_MS).unref();
  void shutDown().then(() => process.exit(0));
}

async function shutDown(): Promise<void> {
  await demo?.stop();
  await server?.stop();
  await databaseServer.release();
  takeBack();
  log.info('stopped');
  if (config.demo)
    process.stdout.write('\n  Stopped. What was in play is dealt and paid; open trades go on at the next start.\n\n');
}

/** Nothing can be trusted any more. What was under way is in the database and is resumed at the next start. */
function fail(error: unknown, message: string): void {
  log.fatal({ err: error }, message);
  process.exit(1);
}
