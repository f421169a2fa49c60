import { acquireServer } from '../db/server.ts';
import { loadConfig } from '../src/config.ts';
import { readRunning } from '../src/demo/running.ts';
import { createLogger } from '../src/log.ts';
import { type Credential, writeCredentials } from './credentials.ts';
import { endWith, Mistake } from './mistake.ts';
import { seedDatabase } from './seed-database.ts';
import { BALANCE, parseSeed, SEED_USAGE, type SeedOptions } from './seed-options.ts';
import { seedOverHttp } from './seed-over-http.ts';

/** `npm run loadtest:seed`: see its usage. */
try {
  const options = parseSeed(process.argv.slice(2), process.env);
  if (options === undefined) process.stdout.write(SEED_USAGE);
  else await seed(options);
} catch (error) {
  endWith(error);
}

async function seed(options: SeedOptions): Promise<void> {
  const { players: count, out } = options;
  const config = loadConfig(process.env);
  const running = config.demo ? readRunning(config.dataDir) : undefined;
  const endpoint = options.endpoint ?? (running && `http://127.0.0.1:${running.port}`);
  const players: Credential[] = [];
  const keep = (credential: Credential) => void players.push(credential);
  try {
    if (endpoint !== undefined) {
      if (options.balance !== undefined) throw new Mistake('a demo credits its own welcome: leave --balance out');
      process.stdout.write(`registering ${count} players at ${endpoint}\n`);
      await seedOverHttp(endpoint, count, keep);
    } else {
      const server = await acquireServer(config, createLogger('error'));
      try {
        const balance = options.balance ?? BALANCE;
        await seedDatabase({ databaseUrl: server.url, config, count, balance }, keep);
      } finally {
        await server.release();
      }
    }
  } finally {
    if (players.length > 0) {
      writeCredentials(out, players);
      process.stdout.write(`the tokens of ${players.length} players are in ${out}\n`);
    }
  }
}
