/** A reason to stop that is meant for the person at the terminal: its message says what to do, no stack is shown. */
export class Mistake extends Error {}

/** Ends a program as its errors deserve: a mistake is one line, anything else is a bug and shows where it is. */
export function endWith(error: unknown): void {
  process.exitCode = 1;
  const text = error instanceof Mistake ? error.message : error instanceof Error ? error.stack : error;
  process.stderr.write(`${String(text)}\n`);
}
