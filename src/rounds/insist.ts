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
 * A command of a round's life, asked until the wallet knows the answer: BUSY and UNKNOWN_OUTCOME come again under the
 * same key, so it is done once. Throws BookFencedError, and an Error for a refusal that only a bug can bring about, or
 * once `signal` says that nobody waits any more.
 */
export async function insist(wallet: Wallet, clock: Clock, command: Command, signal: AbortSignal): Promise<Accepted> {
  for (let delayMs = FIRST_DELAY_MS; ; delayMs = Math.min(2 * delayMs, LONGEST_DELAY_MS)) {
    const answer = await wallet.execute(command);
    if (answer.ok) return answer;
    if (answer.code === 'BOOK_FENCED')
      throw new BookFencedError(`${command.kind} ${command.key}: the book was claimed`);
    if (answer.code !== 'BUSY' && answer.code !== 'UNKNOWN_OUTCOME') {
      throw new Error(`the wallet refuses ${command.kind} ${command.key}: ${answer.code}`);
    }
    if (signal.aborted) throw new Error(`gave up on ${command.kind} ${command.key}: ${answer.code}`);
    await new Promise<void>((resolve) => clock.after(delayMs, resolve));
  }
}
