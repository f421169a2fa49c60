import { setTimeout as sleep } from 'node:timers/promises';
import type { UserId } from '../ids.ts';
import type { Logger } from '../log.ts';
import { playBot } from './bot.ts';
import { type BotAccounts, createBotSession } from './bot-session.ts';
import { seededRandom } from './choices.ts';
import { botName, DEMO_PASSWORD } from './people.ts';

export interface BotsDeps {
  /** Where the server is reached from this machine. */
  readonly url: string;
  /** Bots take their seats in turn. */
  readonly tableIds: readonly string[];
  readonly count: number;
  readonly accounts: BotAccounts;
  readonly log: Logger;
  readonly onBroke: (userId: UserId) => Promise<void>;
}

export interface Bots {
  /** Sends them home; resolves when all have left, or after a moment in any case. */
  stop(): Promise<void>;
}

/** Arriving all at once they would keep whoever signs in then waiting: passwords are expensive. */
const ARRIVE_EVERY_MS = 250;
const AT_ONCE = 4;
const LEAVE_WITHIN_MS = 2_000;

/** `bot1` … `botN` come and play. Call it after the server listens. */
export function startBots({ url, tableIds, count, accounts, log, onBroke }: BotsDeps): Bots {
  const home = new AbortController();
  const playing = Array.from({ length: tableIds.length === 0 ? 0 : count }, async (_, index) => {
    const username = botName(index + 1);
    const tableId = tableIds[index % tableIds.length] ?? '';
    const delayMs = Math.max(0, index + 1 - AT_ONCE) * ARRIVE_EVERY_MS;
    await sleep(delayMs, undefined, { signal: home.signal }).catch(() => undefined);
    const session = createBotSession(accounts, username, DEMO_PASSWORD);
    await playBot({ url, tableId, session, random: seededRandom(username), log, onBroke }, home.signal);
  });
  return {
    async stop() {
      home.abort();
      await Promise.race([Promise.all(playing), sleep(LEAVE_WITHIN_MS, undefined, { ref: false })]);
    },
  };
}
