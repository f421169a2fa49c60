import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { type Refusal, refuse } from '../refusal.ts';
import type { Finding } from '../wallet/audit.ts';
import type { AuditedPlace } from './audit-all.ts';

const THREAD = new URL('./audit-thread.ts', import.meta.url);

/** Runs the whole audit beside a live server: in a thread of its own, or bets would wait for it, and one at a time. */
export class Auditor {
  readonly #place: AuditedPlace;
  #thread: Worker | null = null;

  constructor(place: AuditedPlace) {
    this.#place = place;
  }

  /** What every check found; BUSY while an audit is running. */
  async audit(): Promise<readonly Finding[] | Refusal> {
    if (this.#thread !== null) return refuse('BUSY', 'An audit is running already; wait for it to end.');
    const thread = new Worker(THREAD, { workerData: this.#place });
    this.#thread = thread;
    // One that is stopped says nothing any more.
    const ended = once(thread, 'exit').then(() => Promise.reject(new Error('the audit was cut off')));
    try {
      const [findings] = await Promise.race([once(thread, 'message'), ended]);
      return findings as readonly Finding[];
    } finally {
      ended.catch(() => undefined);
      await thread.terminate();
      this.#thread = null;
    }
  }

  /** Cuts off an audit that is running. */
  async stop(): Promise<void> {
    await this.#thread?.terminate();
  }
}
