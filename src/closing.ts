import type { Clock } from './clock.ts';
import type { Logger } from './log.ts';

interface Part {
  readonly name: string;
  readonly close: () => Promise<unknown>;
  readonly deadlineMs: number;
  readonly onDeadline: () => void;
}

const DEADLINE_MS = 1_500;

/** Closes parts in the reverse order of their opening, each within its time, whatever became of the others. */
export class Closing {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #parts: Part[] = [];
  #done: Promise<void> | null = null;

  constructor(clock: Clock, log: Logger) {
    this.#clock = clock;
    this.#log = log;
  }

  /** `onDeadline` makes a part give up whose time is over. */
  add(
    name: string,
    close: () => Promise<unknown>,
    deadlineMs: number = DEADLINE_MS,
    onDeadline: () => void = () => undefined,
  ): void {
    this.#parts.push({ name, close, deadlineMs, onDeadline });
  }

  run(): Promise<void> {
    this.#done ??= this.#closeAll();
    return this.#done;
  }

  async #closeAll(): Promise<void> {
    for (const part of this.#parts.reverse()) await this.#close(part);
  }

  #close({ name, close, deadlineMs, onDeadline }: Part): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#clock.after(deadlineMs, () => {
        this.#log.warn({ part: name, deadlineMs }, 'did not close in time');
        onDeadline();
        resolve();
      });
      close()
        .catch((error: unknown) => this.#log.error({ err: error, part: name }, 'did not close well'))
        .finally(() => {
          cancel();
          resolve();
        });
    });
  }
}
