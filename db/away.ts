import { BackendTerminatedError, BackendTerminatedUnexpectedlyError, ConnectionError } from 'slonik';

/** SQLSTATE: 08 connection exception, 53 insufficient resources, 57P operator intervention (stopping, starting). */
const AWAY_STATES = /^(08...|53...|57P..)$/;
const AWAY = [BackendTerminatedError, BackendTerminatedUnexpectedlyError, ConnectionError];
/** What a socket says; `ENOENT` is a socket file that is not there. */
const AWAY_SOCKETS = ['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH'];
/** Where pg throws an error without a code. */
const AWAY_WORDS =
  /^(connection terminated|timeout exceeded when trying to connect|client (was closed|has encountered))/i;

/**
 * Whether a query failed because the database cannot be reached or does not take work now, and not because of what it
 * was asked: the same question may be answered later. Says nothing about whether a commit under way was done.
 */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const socketFailed = 'syscall' in error && error.syscall !== 'open' && AWAY_SOCKETS.includes(code);
  const isAway = socketFailed || AWAY_STATES.test(code) || AWAY_WORDS.test(error.message);
  if (isAway || AWAY.some((kind) => error instanceof kind)) return true;
  const inner: readonly unknown[] = error instanceof AggregateError ? error.errors : [error.cause];
  return inner.some(isDatabaseAway);
}
