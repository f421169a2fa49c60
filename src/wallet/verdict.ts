import type { RefusalCode } from '../refusal.ts';

/**
 * What the wallet can answer, by the number stored in `command.verdict`. Append only: the numbers are in the ledger.
 * `BOOK_FENCED` never reaches a client: it tells a room that a successor has claimed its book.
 */
const VERDICTS = [
  'OK',
  'INSUFFICIENT_FUNDS',
  'BETTING_CLOSED',
  'EXPOSURE_LIMIT',
  'NOT_OPEN',
  'NOT_FOUND',
  'FORBIDDEN',
  'BOOK_FENCED',
  'GAME_PAUSED',
  'BELOW_MINIMUM',
  'ABOVE_MAXIMUM',
  'PLAYER_LIMIT',
  'SELF_EXCLUDED',
  'WAGERING_OPEN',
  'BONUS_MAX_STAKE',
  'NUMBER_LIMIT_EXCEEDED',
  'PHASE_CLOSED',
  'STALE_PRICE',
  'INVALID_REQUEST',
] as const satisfies readonly (RefusalCode | 'OK' | 'BOOK_FENCED')[];

export type Verdict = (typeof VERDICTS)[number];
/** Why the wallet, or the rules before it, said no; durable under the command's key. */
export type RecordedRefusal = Exclude<Verdict, 'OK'>;
/** Answers that never consume a key: the other request holds it, or nothing is on record. */
export type UnrecordedRefusal = 'IDEMPOTENCY_KEY_REUSED' | 'BUSY' | 'UNKNOWN_OUTCOME';

export function verdictNumber(verdict: Verdict): number {
  return VERDICTS.indexOf(verdict);
}

/** Throws RangeError for a number this code does not know: the database is newer, or tampered with. */
export function verdictOf(number: number): Verdict {
  const verdict = VERDICTS[number];
  if (verdict === undefined) throw new RangeError(`unknown verdict ${number}`);
  return verdict;
}

const NOT_OF_ITSELF: readonly Verdict[] = ['OK', 'INVALID_REQUEST'];
const RECORDED: ReadonlySet<string> = new Set(VERDICTS.filter((verdict) => !NOT_OF_ITSELF.includes(verdict)));

/**
 * True where a refusal of the rules is put on record under the command's key. What is no request today is none tomorrow
 * and need not be; where that depends on more than the request, as on the price, its rules put it on record even so.
 */
export function isRecorded(code: RefusalCode): code is RefusalCode & RecordedRefusal {
  return RECORDED.has(code);
}
