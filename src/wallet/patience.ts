import type { Clock } from '../clock.ts';

/** The database took longer than our patience: whatever became of it, nobody waits any more. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
}

/** A server that hangs is away as well: rejects with `NoAnswerError` after `patienceMs`. `work` itself goes on. */
export async function inTime(work: Promise<void>, clock: Clock, patienceMs: number): Promise<void> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const cancel = clock.after(patienceMs, () => reject(new NoAnswerError(`no answer within ${patienceMs} ms`)));
  try {
    await Promise.race([work, late]);
  } finally {
    cancel();
  }
}
