import { type DestinationStream, type Logger, pino } from 'pino';

export type { Logger };

/** Names that may hold a secret; pino replaces their values wherever they stand in a record. */
const SECRETS = ['password', 'accessToken', 'refreshToken', 'token', 'authorization', 'cookie', 'serverSeed'];

/** The process's one logger: JSON lines. Children carry the request, user and round (`log.child({ roundId })`). */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const paths = SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);
  const options = { level, redact: { paths, censor: '[secret]' } };
  return destination ? pino(options, destination) : pino(options);
}
