import type { Clock } from './clock.ts';
import type { Logger } from './log.ts';

/** Something to be done again and again beside the work. */
export interface Chore {
  readonly name: string;
  readonly everyMs: number;
  readonly run: () => Promise<unknown>;
}

/**
 * Runs each chore at once and then at its intervals, one run at a time. What fails is logged and tried again next time.
 * The answer ends it, when the runs under way are over.
 */
export function keepHouse(
  { clock, log }: { clock: Clock; log: Logger },
  chores: readonly Chore[],
): () => Promise<void> {
  const running = new Map<Chore, Promise<void>>();
  const timers = new Map<Chore, () => void>();
  let ended = false;

  function start(chore: Chore): void {
    const run = chore
      .run()
      .catch((error: unknown) => log.error({ err: error, chore: chore.name }, 'a chore failed'))
      .then(() => {
        if (!ended)
          timers.set(
            chore,
            clock.after(chore.everyMs, () => start(chore)),
          );
      });
    running.set(chore, run);
  }

  for (const chore of chores) start(chore);
  return async () => {
    ended = true;
    for (const cancel of timers.values()) cancel();
    await Promise.all(running.values());
  };
}
