import { z } from 'zod';
import { minor, type Percentage } from './money.ts';
import { isTimeZone } from './time-zone.ts';

/** Anyone may read these in the repository, so they open nothing but a demo on this machine. */
const DEMO_SECRET = 'croupier-demo-secret-not-for-production';

const DAY_MS = 86_400_000;
/** Half of what a price may be old at a desk. */
const INTERVAL_MAX_MS = 2_500;

const Flag = z.enum(['true', 'false']).transform((text) => text === 'true');
const Secret = z.string().min(32, 'must be at least 32 characters');
const TimeZone = z.string().refine(isTimeZone, 'must be an IANA time zone such as Asia/Bangkok');
const Count = z.coerce.number().int().positive();
const List = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);

const Origins = List.refine(
  (origins) => origins.every(isOrigin),
  'must be origins such as https://play.example.com, separated by commas',
);

/** As a browser, or an app with a scheme of its own, writes it: nothing else would be equal to what they send. */
function isOrigin(text: string): boolean {
  if (!/^[a-z][a-z0-9+.-]*:\/\/[^/?#\s]+$/.test(text) || !URL.canParse(text)) return false;
  return !/^https?:/.test(text) || new URL(text).origin === text;
}

const Environment = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535).default(2567),
  HOST: z.string().min(1).optional(),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must be a postgresql:// URL')
    .optional(),
  DATA_DIR: z.string().min(1).default('.data'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).optional(),
  ACCESS_TOKEN_SECRET: Secret.default(DEMO_SECRET),
  ACCESS_TOKEN_MINUTES: Count.default(15),
  REFRESH_TOKEN_DAYS: Count.default(30),
  SEED_ENCRYPTION_KEY: Secret.default(DEMO_SECRET),
  CASHIER_SECOND_APPROVER_ABOVE: z.coerce.number().int().min(0).max(1e15).default(5_000_000),
  DEPOSIT_WAGERING_PERCENT: z.coerce.number().int().min(0).max(10_000).default(100),
  WITHDRAWAL_WITH_BONUS: z.enum(['forfeit', 'block']).default('forfeit'),
  STAKE_ORDER: z.enum(['real-first', 'bonus-first']).default('real-first'),
  SANDBOX_WEBHOOK_SECRET: Secret.optional(),
  LOTTERY_TIME_ZONE: TimeZone.default('Asia/Bangkok'),
  LOTTERY_DRAW_TIME: z
    .string()
    .regex(/^([01][0-9]|2[0-3]):[0-5][0-9]$/, 'must be a time of day such as 15:30')
    .default('15:30'),
  MARKET_FEED: z.enum(['simulated', 'replay', 'exchange']).default('simulated'),
  MARKET_INTERVAL_MS: Count.refine(
    (ms) => ms >= 100 && ms <= INTERVAL_MAX_MS && DAY_MS % ms === 0,
    `must be 100 to ${INTERVAL_MAX_MS}, and divide a day into equal parts`,
  ).default(2_000),
  MARKET_EXCHANGE_URL: z
    .string()
    .regex(/^wss?:\/\/[^/?#\s]+$/, 'must be a wss:// URL without a path')
    .optional(),
  METRICS_TOKEN: z.string().min(8, 'must be at least 8 characters').optional(),
  ALLOWED_ORIGINS: Origins.default([]),
  TRUST_PROXY: z.coerce.number().int().min(0).default(0),
  DEMO_BOTS: z.coerce.number().int().min(0).max(100).default(5),
  RATE_LIMITS: Flag.default(true),
});

/** Everything the process may be told from outside, parsed once and frozen. Durations name their unit. */
export type Config = ReturnType<typeof loadConfig>;

/**
 * Reads the environment. Throws an Error that names every wrong variable: a server with a bad value must not start.
 * Without `DATABASE_URL` it is a demo: own database, own accounts, bound to this machine alone (DESIGN 8).
 */
export function loadConfig(environment: Record<string, string | undefined>) {
  // Left blank in a file of settings it is not set; as a number it would be 0.
  const set = Object.entries(environment).filter(([, value]) => value !== '');
  const parsed = Environment.safeParse(Object.fromEntries(set));
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
    throw new Error(`the configuration is not valid:\n${lines.join('\n')}`);
  }
  const { data } = parsed;
  const demo = data.DATABASE_URL === undefined;
  const secrets = ['ACCESS_TOKEN_SECRET', 'SEED_ENCRYPTION_KEY', 'SANDBOX_WEBHOOK_SECRET'] as const;
  const open = secrets.filter((name) => data[name] === DEMO_SECRET);
  if (!demo && open.length > 0) {
    throw new Error(`${open.join(' and ')} must be set when DATABASE_URL is: the demo secrets are public`);
  }
  return Object.freeze({
    demo,
    port: data.PORT,
    host: data.HOST ?? (demo ? '127.0.0.1' : '0.0.0.0'),
    databaseUrl: data.DATABASE_URL,
    dataDir: data.DATA_DIR,
    // A line per request would push what a newcomer needs to read off the screen.
    logLevel: data.LOG_LEVEL ?? (demo ? 'warn' : 'info'),
    accessTokenSecret: data.ACCESS_TOKEN_SECRET,
    accessTokenMinutes: data.ACCESS_TOKEN_MINUTES,
    refreshTokenDays: data.REFRESH_TOKEN_DAYS,
    seedEncryptionKey: data.SEED_ENCRYPTION_KEY,
    /** Minor units: more than this takes two people. */
    secondApproverAbove: minor(data.CASHIER_SECOND_APPROVER_ABOVE),
    /** Of a deposit, to be staked before as much can be withdrawn. */
    depositWagering: (100 * data.DEPOSIT_WAGERING_PERCENT) as Percentage,
    withdrawalWithBonus: data.WITHDRAWAL_WITH_BONUS,
    stakeOrder: data.STAKE_ORDER,
    /** Without one there is no sandbox: its deposits are paid by whoever has the secret. */
    sandboxWebhookSecret: data.SANDBOX_WEBHOOK_SECRET ?? (demo ? DEMO_SECRET : undefined),
    /** When the lottery's numbers are drawn: the cut-off of a phase for which nobody says another. */
    drawSchedule: Object.freeze({ timeZone: data.LOTTERY_TIME_ZONE, time: data.LOTTERY_DRAW_TIME }),
    market: marketOf(data, demo),
    /** Without one there are no figures. */
    metricsToken: data.METRICS_TOKEN,
    allowedOrigins: Object.freeze(data.ALLOWED_ORIGINS),
    trustProxy: data.TRUST_PROXY,
    demoBots: data.DEMO_BOTS,
    rateLimits: data.RATE_LIMITS,
  });
}

/** Where prices come from. */
function marketOf(
  { MARKET_FEED: kind, MARKET_INTERVAL_MS: intervalMs, MARKET_EXCHANGE_URL: url }: z.output<typeof Environment>,
  demo: boolean,
) {
  switch (kind) {
    case 'simulated':
      return Object.freeze({ kind, intervalMs });
    case 'replay':
      if (!demo) throw new Error('MARKET_FEED: replay is for the demo only, the recording is public');
      return Object.freeze({ kind });
    case 'exchange':
      if (url === undefined) throw new Error('MARKET_EXCHANGE_URL must be set when MARKET_FEED is exchange');
      return Object.freeze({ kind, url });
  }
}
