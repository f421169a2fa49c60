import type { Clock } from '../clock.ts';
import type { Accepted, Answer, Command } from '../wallet/command.ts';

/** The part of the wallet that everybody may use. */
export interface Wallet {
  execute(command: Command): Promise<Answer>;
}

/** A successor has claimed the book: whoever gets this must leave the round alone, for good. */
export class BookFencedError extends Error {
  override readonly name = 'BookFencedError';
}

const FIRST_DELAY_MS = 20;
const LONGEST_DELAY_MS = 1_000;

/**
 * The wallet's answer, refusals included, asked for until it has one: BUSY and UNKNOWN_OUTCOME come again under the
 * same key, so it is done once. What is asked for may depend on the moment; its key and its request may not. Throws an
 * Error once `signal` says that nobody waits any more.
 */
export async function askUntilKnown(
  wallet: Wallet,
  clock: Clock,
  asked: Command | (() => Command),
  signal: AbortSignal,
): Promise<Answer> {
  for (let delayMs = FIRST_DELAY_MS; ; delayMs = Math.min(2 * delayMs, LONGEST_DELAY_MS)) {
    const command = typeof asked === 'function' ? asked() : asked;
    const answer = await wallet.execute(command);
    if (answer.ok || (answer.code !== 'BUSY' && answer.code !== 'UNKNOWN_OUTCOME')) return answer;
    if (signal.aborted) throw new Error(`gave up on ${command.kind} ${command.key}: ${answer.code}`);
    await new Promise<void>((resolve) => clock.after(delayMs, resolve));
  }
}

/**
 * A command that only a bug can have refused, such as those of a round's life: asked until it is done. Throws
 * BookFencedError, and an Error for any other refusal, or once `signal` says that nobody waits any more.
 */
export async function insist(wallet: Wallet, clock: Clock, command: Command, signal: AbortSignal): Promise<Accepted> {
  const answer = await askUntilKnown(wallet, clock, command, signal);
  if (answer.ok) return answer;
  const { kind, key } = command;
  if (answer.code === 'BOOK_FENCED') throw new BookFencedError(`${kind} ${key}: the book was claimed`);
  throw new Error(`the wallet refuses ${kind} ${key}: ${answer.code}`);
}
