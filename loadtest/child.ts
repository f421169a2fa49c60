import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';

interface Asked {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** What a child answers: to which question, and what; or that it failed. */
type Reply = { readonly id: number } & ({ readonly answer: unknown } | { readonly error: string });

/** A process of a bench that answers questions. */
export class Child {
  readonly #child: ChildProcess;
  readonly #asked = new Map<number, Asked>();
  #next = 0;
  #ended: Error | undefined;

  constructor(program: string, environment: NodeJS.ProcessEnv = {}) {
    const env = { ...process.env, ...environment };
    const path = join(import.meta.dirname, program);
    this.#child = fork(path, [], { env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    this.#child.on('message', (message) => this.#hear(message as Reply));
    this.#child.on('exit', (code, signal) => this.#end(new Error(`${program} ended with ${code ?? signal}`)));
  }

  /** Throws when the child throws, or ends before it has answered. */
  ask<Answer>(question: object): Promise<Answer> {
    return new Promise<unknown>((resolve, reject) => {
      if (this.#ended) return reject(this.#ended);
      const id = this.#next++;
      this.#asked.set(id, { resolve, reject });
      this.#child.send({ id, question });
    }) as Promise<Answer>;
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #hear(reply: Reply): void {
    const asked = this.#asked.get(reply.id);
    this.#asked.delete(reply.id);
    if ('error' in reply) asked?.reject(new Error(reply.error));
    else asked?.resolve(reply.answer);
  }

  #end(error: Error): void {
    this.#ended = error;
    for (const { reject } of this.#asked.values()) reject(error);
  }
}

/** The child's side: answers every question by `answer`. It ends with whoever started it. */
export function answerQuestions<Question>(answer: (question: Question) => Promise<unknown>): void {
  // The terminal interrupts the whole group; whoever started us says what is to be done about it.
  process.on('SIGINT', () => undefined);
  process.on('disconnect', () => process.exit(0));
  process.on('message', ({ id, question }: { id: number; question: Question }) => {
    const say = (reply: object) => void (process.connected && process.send?.({ id, ...reply }));
    answer(question).then(
      (answered) => say({ answer: answered ?? null }),
      (error: unknown) => say({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    );
  });
}
