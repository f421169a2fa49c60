import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { Credential } from './credentials.ts';
import type { CrewOptions, CrewProgress, CrewResult } from './crew.ts';
import type { FromCrew, ToCrew } from './crew-messages.ts';

const PROGRAM = join(import.meta.dirname, 'crew-cli.ts');
/** What is added to the waiting for results before a crew that says nothing is given up. */
const SILENT_MS = 60_000;

export type CrewTask = Omit<CrewOptions, 'players' | 'firstPlayer' | 'spectators'>;

/** A crew in a process of its own. */
export class CrewProcess {
  progress: CrewProgress | undefined;
  readonly #child: ChildProcess;
  readonly #options: CrewOptions;
  readonly #seated = Promise.withResolvers<void>();
  readonly #finished = Promise.withResolvers<CrewResult>();

  constructor(options: CrewOptions, onRenewed: (credential: Credential) => void) {
    this.#options = options;
    this.#child = fork(PROGRAM, [], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    this.#child.on('message', (message) => this.#hear(message as FromCrew, onRenewed));
    this.#child.on('exit', (code) => this.#fail(new Error(`a process of the generator ended with ${code}`)));
    for (const { promise } of [this.#seated, this.#finished]) promise.catch(() => undefined);
  }

  /** Throws when somebody finds no seat. */
  open(): Promise<void> {
    this.#say({ kind: 'open', options: this.#options });
    return this.#seated.promise;
  }

  play(): void {
    this.#say({ kind: 'play' });
  }

  /** Throws when the process ends, or says nothing for much longer than the results may take. */
  async finish(): Promise<CrewResult> {
    const timeout = setTimeout(() => this.#fail(new Error('a process of the generator hangs')), this.#patienceMs());
    try {
      this.#say({ kind: 'finish' });
      return await this.#finished.promise;
    } finally {
      clearTimeout(timeout);
    }
  }

  end(): void {
    this.#child.removeAllListeners('exit');
    this.#child.kill('SIGKILL');
  }

  #patienceMs(): number {
    return this.#options.settleMs + SILENT_MS + this.#options.players.length * 100;
  }

  #say(message: ToCrew): void {
    this.#child.send(message, (error) => error && this.#fail(error));
  }

  #hear(message: FromCrew, onRenewed: (credential: Credential) => void): void {
    if (message.kind === 'seated') this.#seated.resolve();
    if (message.kind === 'progress') this.progress = message.progress;
    if (message.kind === 'renewed') onRenewed(message.credential);
    if (message.kind === 'finished') this.#finished.resolve(message.result);
    if (message.kind === 'failed') this.#fail(new Error(message.message));
  }

  #fail(error: Error): void {
    this.#seated.reject(error);
    this.#finished.reject(error);
  }
}

/** Players and spectators spread evenly over this many crews. */
export function spread(
  task: CrewTask,
  players: readonly Credential[],
  spectators: number,
  crews: number,
): readonly CrewOptions[] {
  return Array.from({ length: crews }, (_, index) => {
    const part = (whole: number, end: number) => Math.floor((whole * end) / crews);
    const firstPlayer = part(players.length, index);
    return {
      ...task,
      players: players.slice(firstPlayer, part(players.length, index + 1)),
      firstPlayer,
      spectators: part(spectators, index + 1) - part(spectators, index),
    };
  });
}
