import type { Database, Queries } from '../../db/pool.ts';
import { type Identity, isAllowed } from '../accounts/identity.ts';
import { findUser } from '../accounts/store.ts';
import type { Clock } from '../clock.ts';
import type { Logger } from '../log.ts';
import { isRefusal, type Refusal, refuse } from '../refusal.ts';
import { type AuditEntry, type AuditLine, hashLine, NO_LINE } from './audit-line.ts';
import { findHead, insertLine, lockLog } from './store.ts';

export interface BackofficeDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What a change came to, and the line that is written about it. */
export interface Done<T> {
  readonly answer: T;
  readonly entry: AuditEntry;
}

/** Who answers for a change, with the role of that moment. */
export type Actor = Pick<Identity, 'userId' | 'role'>;

/** Whatever people of the house change, they change through here (DESIGN 3, S4-50). */
export interface Backoffice {
  /**
   * Carries out `change` and appends its line to the audit log in the same transaction: neither is there without the
   * other. A Refusal is answered as it is, rolls back whatever was done so far, and leaves no line. Refuses FORBIDDEN
   * to who was frozen or has lost the role before this line: in the log nobody acts after they were stopped.
   */
  act<T>(by: Actor, change: (tx: Queries) => Promise<Done<T> | Refusal>): Promise<T | Refusal>;
  /** As `act`, of what became of something they decided before, whatever they may do now. */
  record<T>(by: Actor, change: (tx: Queries) => Promise<Done<T> | Refusal>): Promise<T | Refusal>;
  /** Calls `listener` with every act of this process after its commit; the answer takes it off again. */
  onAct(listener: (line: AuditLine) => void): () => void;
}

/** Carries a refusal out of a transaction, so that it is rolled back. */
class Refused extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

export function createBackoffice({ database, clock, log }: BackofficeDeps): Backoffice {
  const listeners = new Set<(line: AuditLine) => void>();

  function tell(line: AuditLine): void {
    for (const listener of listeners) {
      try {
        listener(line);
      } catch (error) {
        log.error({ err: error, seq: line.seq }, 'telling of an act failed');
      }
    }
  }

  async function carryOut<T>(
    by: Actor,
    change: (tx: Queries) => Promise<Done<T> | Refusal>,
    may: (tx: Queries) => Promise<boolean>,
  ): Promise<T | Refusal> {
    try {
      const { answer, line, hash } = await database.transaction(async (tx) => {
        const done = await change(tx);
        if (isRefusal(done)) throw new Refused(done);
        await lockLog(tx);
        if (!(await may(tx))) throw new Refused(refuse('FORBIDDEN', 'You may not do this any more.'));
        return { answer: done.answer, ...(await append(tx, by, done.entry, clock.now())) };
      });
      const { seq, actor, action, target } = line;
      log.info({ seq, actor, action, target, hash: hash.toString('hex') }, 'act');
      tell(line);
      return answer;
    } catch (error) {
      if (error instanceof Refused) return error.refusal;
      throw error;
    }
  }

  return {
    act: (by, change) => carryOut(by, change, (tx) => mayStill(tx, by)),
    record: (by, change) => carryOut(by, change, async () => true),
    onAct(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Ask when the log is locked: whoever stops somebody has written their own line before, or will after this one. */
async function mayStill(tx: Queries, { userId, role }: Actor): Promise<boolean> {
  const user = await findUser(tx, userId);
  return user?.status === 'active' && isAllowed(user.role, [role]);
}

/** The log is locked. */
async function append(tx: Queries, { userId, role }: Actor, entry: AuditEntry, now: number) {
  const head = await findHead(tx);
  const prev = head?.hash ?? NO_LINE;
  const at = new Date(now).toISOString().replace('Z', '000Z');
  const line: AuditLine = { seq: (head?.seq ?? 0) + 1, at, actor: userId, role, ...entry };
  const hash = hashLine(prev, line);
  await insertLine(tx, { ...line, prev, hash });
  return { line, hash };
}
