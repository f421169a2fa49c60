import type { Clock } from '../clock.ts';
import type { SessionId, UserId } from '../ids.ts';
import type { Role } from './identity.ts';

/** What the database says of a living session. */
export interface Standing {
  readonly userId: UserId;
  readonly role: Role;
  readonly status: 'active' | 'frozen';
}

export interface SessionChecks {
  /** The standing of a session, at most `ttlMs` old; undefined when it has ended. */
  check(sessionId: SessionId): Promise<Standing | undefined>;
  /** Something about this session changed here: the next check asks the database. */
  forget(sessionId: SessionId): void;
  /** The same for every session of a user. */
  forgetUser(userId: UserId): void;
}

/** What is to be looked at anew: one session that has ended, or all those of a user who was changed. */
export interface Ended {
  readonly userId: UserId;
  /** Absent where any of the user's sessions may have ended. */
  readonly sessionId?: SessionId;
}

interface Entry {
  readonly standing: Promise<Standing | undefined>;
  readonly until: number;
  userId?: UserId;
}

/**
 * Remembers for a few seconds what the database said, so that a busy session costs one query in `ttlMs` and not one per
 * request. Changes made by this process are seen at once; those of another process after `ttlMs`. Holds at most `size`
 * sessions, the oldest look-up goes first.
 */
export function createSessionChecks(
  load: (sessionId: SessionId) => Promise<Standing | undefined>,
  clock: Clock,
  { ttlMs = 5000, size = 50_000 } = {},
): SessionChecks {
  const entries = new Map<SessionId, Entry>();

  function remember(sessionId: SessionId): Entry {
    const entry: Entry = { standing: load(sessionId), until: clock.now() + ttlMs };
    entries.delete(sessionId);
    entries.set(sessionId, entry);
    entry.standing.then(
      (standing) => {
        if (standing) entry.userId = standing.userId;
      },
      () => {
        if (entries.get(sessionId) === entry) entries.delete(sessionId);
      },
    );
    for (const oldest of entries.keys()) {
      if (entries.size <= size) break;
      entries.delete(oldest);
    }
    return entry;
  }

  return {
    check(sessionId) {
      const known = entries.get(sessionId);
      const entry = known && clock.now() < known.until ? known : remember(sessionId);
      return entry.standing;
    },
    forget(sessionId) {
      entries.delete(sessionId);
    },
    forgetUser(userId) {
      // A look-up still under way has no user id yet, and may have read the row as it was before.
      for (const [sessionId, entry] of entries) {
        if (entry.userId === userId || entry.userId === undefined) entries.delete(sessionId);
      }
    },
  };
}
