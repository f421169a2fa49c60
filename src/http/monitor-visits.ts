import type { Identity } from '../accounts/identity.ts';
import type { Backoffice } from '../backoffice/backoffice.ts';
import type { Clock } from '../clock.ts';
import type { SessionId } from '../ids.ts';
import { isRefusal, type Refusal } from '../refusal.ts';

interface Visit {
  readonly until: number;
  readonly recorded: Promise<Refusal | undefined>;
}

/**
 * Opening the monitor is an act and goes on record before anything is shown: once a session, whether its token came
 * through the form or is another one of the same administrator's, put into the cookie by hand.
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
  async opened(identity: Identity, ip: string): Promise<Refusal | undefined> {
    const known = this.#visits.get(identity.sessionId);
    if (known !== undefined && known.until >= identity.expiresAt) return known.recorded;
    const recorded = known?.recorded ?? this.#record(identity, ip);
    this.#forgetTheEnded();
    this.#visits.set(identity.sessionId, { until: identity.expiresAt, recorded });
    const refusal = await recorded.catch((error: unknown) => {
      this.#visits.delete(identity.sessionId);
      throw error;
    });
    if (refusal) this.#visits.delete(identity.sessionId);
    return refusal;
  }

  async #record(identity: Identity, ip: string): Promise<Refusal | undefined> {
    const entry = { action: 'monitor.login', target: `session:${identity.sessionId}`, after: { ip } };
    const answer = await this.#backoffice.act(identity, async () => ({ answer: null, entry }));
    return isRefusal(answer) ? answer : undefined;
  }

  #forgetTheEnded(): void {
    const now = this.#clock.now();
    for (const [sessionId, { until }] of this.#visits) if (until < now) this.#visits.delete(sessionId);
  }
}
