import type { Identity } from '../accounts/identity.ts';
import type { AuditEntry } from '../backoffice/audit-line.ts';
import type { Backoffice } from '../backoffice/backoffice.ts';
import type { Clock } from '../clock.ts';
import type { SessionId } from '../ids.ts';
import { isRefusal, type Refusal } from '../refusal.ts';

type Recorded = Promise<Refusal | undefined>;

interface Visit {
  readonly until: number;
  readonly recorded: Recorded;
  /** By the room's id: what was opened there is on record. */
  readonly rooms: Map<string, Recorded>;
}

/** Whoever opens more of them has those opened again on record again. */
const ROOMS_MAX = 1_000;

/**
 * Opening the monitor is an act and goes on record before anything is shown: once a session, whether its token came
 * through the form or is another one of the same administrator's, put into the cookie by hand. So is each room that is
 * opened there: once a session, as its page asks for it again and again.
 */
export class MonitorVisits {
  readonly #backoffice: Pick<Backoffice, 'act'>;
  readonly #clock: Clock;
  readonly #visits = new Map<SessionId, Visit>();

  constructor({ backoffice, clock }: { backoffice: Pick<Backoffice, 'act'>; clock: Clock }) {
    this.#backoffice = backoffice;
    this.#clock = clock;
  }

  /** Resolves when it is on record; a refusal where it cannot be. */
  async opened(identity: Identity, ip: string): Recorded {
    const { sessionId, expiresAt } = identity;
    const known = this.#visits.get(sessionId);
    if (known !== undefined && known.until >= expiresAt) return known.recorded;
    const entry = { action: 'monitor.login', target: `session:${sessionId}`, after: { ip } };
    const recorded = known?.recorded ?? this.#record(identity, entry);
    this.#forgetTheEnded();
    this.#visits.set(sessionId, { until: expiresAt, recorded, rooms: known?.rooms ?? new Map() });
    return keptIfRecorded(this.#visits, sessionId, recorded);
  }

  /** The same for one room of somebody whose visit is on record. */
  async openedRoom(identity: Identity, roomId: string): Recorded {
    const rooms = this.#visits.get(identity.sessionId)?.rooms ?? new Map<string, Recorded>();
    const known = rooms.get(roomId);
    if (known !== undefined) return known;
    if (rooms.size >= ROOMS_MAX) rooms.clear();
    const recorded = this.#record(identity, { action: 'monitor.room', target: `room:${roomId}` });
    rooms.set(roomId, recorded);
    return keptIfRecorded(rooms, roomId, recorded);
  }

  async #record(identity: Identity, entry: AuditEntry): Recorded {
    const answer = await this.#backoffice.act(identity, async () => ({ answer: null, entry }));
    return isRefusal(answer) ? answer : undefined;
  }

  #forgetTheEnded(): void {
    const now = this.#clock.now();
    for (const [sessionId, { until }] of this.#visits) if (until < now) this.#visits.delete(sessionId);
  }
}

/** What could not be written down is tried again with the next request. */
async function keptIfRecorded<Name>(kept: Map<Name, unknown>, name: Name, recorded: Recorded): Recorded {
  const refusal = await recorded.catch((error: unknown) => {
    kept.delete(name);
    throw error;
  });
  if (refusal) kept.delete(name);
  return refusal;
}
