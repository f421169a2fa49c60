import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Seat } from './seat.ts';
import type { Tally } from './tally.ts';

/** What became of a request; `unknown` when nobody could find out. */
export type Outcome =
  | { readonly kind: 'answered'; readonly answer: unknown }
  | { readonly kind: 'refused'; readonly code: string }
  | { readonly kind: 'unknown' };

const Answered = z.looseObject({ ok: z.literal(true) });
const Rejected = z.object({ reason: z.object({ code: z.string() }) });

const REQUEST_MS = 5_000;
const RESOLVED_WITHIN_MS = 30_000;
const AGAIN_MS = 250;
/** They say nothing about an earlier attempt under the same key. */
const SAY_NOTHING = new Set(['BUSY', 'RATE_LIMITED', 'UNAUTHORIZED', 'UNKNOWN_OUTCOME']);

/**
 * Sends a command with its key and stays at it until it is known what became of it: an answer that got lost is asked
 * for again under the same key, as PROTOCOL has every client do. Never rejects.
 */
export async function command(seat: Seat, tally: Tally, type: string, payload: object): Promise<Outcome> {
  const endsAt = performance.now() + RESOLVED_WITHIN_MS;
  let inDoubt = false;
  while (performance.now() < endsAt) {
    const outcome = await once(seat, tally, type, payload);
    if (outcome.kind === 'answered') return outcome;
    if (outcome.kind === 'refused') {
      inDoubt ||= outcome.code === 'UNKNOWN_OUTCOME';
      if (!inDoubt || !SAY_NOTHING.has(outcome.code)) return outcome;
    }
    // Without a connection nothing was sent; else only a definite answer can tell.
    if (outcome.kind === 'unknown' && outcome.sent) inDoubt = true;
    if (outcome.kind === 'unknown' && !outcome.sent && !inDoubt) return { kind: 'refused', code: 'NOT_SENT' };
    await sleep(AGAIN_MS);
  }
  tally.counted.unresolved += 1;
  return { kind: 'unknown' };
}

/** One attempt at a request, timed. */
export async function once(
  seat: Seat,
  tally: Tally,
  type: string,
  payload: object,
): Promise<Exclude<Outcome, { kind: 'unknown' }> | { readonly kind: 'unknown'; readonly sent: boolean }> {
  const room = seat.room;
  if (room === undefined) return { kind: 'unknown', sent: false };
  const startedAt = performance.now();
  tally.counted.requests += 1;
  try {
    const answer: unknown = await room.request(type, payload, { timeout: REQUEST_MS });
    // A handler that failed without a word resolves with nothing: no answer that anybody could go by.
    if (!Answered.safeParse(answer).success) throw new Error(`${type} was answered ${JSON.stringify(answer)}`);
    tally.answers.record(performance.now() - startedAt);
    return { kind: 'answered', answer };
  } catch (error) {
    const code = Rejected.safeParse(error).data?.reason.code;
    if (code !== undefined) {
      tally.answers.record(performance.now() - startedAt);
      tally.refuse(code);
      return { kind: 'refused', code };
    }
    if (room.connection.isOpen) tally.counted.unanswered += 1;
    else tally.counted.cutOff += 1;
    return { kind: 'unknown', sent: true };
  }
}
