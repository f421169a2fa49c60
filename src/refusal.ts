/**
 * Every refusal a client can meet, with the HTTP status it travels under, each explained once.
 * Refusals are values; only bugs throw. The codes are the wire contract: never rename one.
 */
export const REFUSALS = {
  INVALID_REQUEST: { status: 400, message: 'The request is not well formed.' },
  UNAUTHORIZED: { status: 401, message: 'A valid access token is needed.' },
  FORBIDDEN: { status: 403, message: 'This is not yours to do.' },
  NOT_FOUND: { status: 404, message: 'There is no such thing.' },
  RATE_LIMITED: { status: 429, message: 'Too many requests; wait a moment.' },
  BUSY: { status: 503, message: 'The wallet is busy. Nothing was done; try again with the same key.' },
  UNKNOWN_OUTCOME: { status: 503, message: 'Whether it was done is not known yet. Ask again with the same key.' },
  IDEMPOTENCY_KEY_REUSED: { status: 409, message: 'This key was used for another request.' },
  INSUFFICIENT_FUNDS: { status: 422, message: 'The balance does not cover this amount.' },
  WAGERING_OPEN: { status: 422, message: 'More has to be staked before this can be withdrawn.' },
  BONUS_MAX_STAKE: {
    status: 422,
    message: 'An active bonus allows less at stake in one deal; who gives it up can stake more.',
  },
  BETTING_CLOSED: { status: 422, message: 'Betting is closed.' },
  BELOW_MINIMUM: { status: 422, message: 'The amount is below the minimum.' },
  ABOVE_MAXIMUM: { status: 422, message: 'The amount is above the maximum.' },
  NUMBER_LIMIT_EXCEEDED: { status: 422, message: 'The limit of this number is used up.' },
  PHASE_CLOSED: { status: 422, message: 'This phase is closed.' },
  STALE_PRICE: { status: 422, message: 'The price is too old to trade on.' },
  EXPOSURE_LIMIT: { status: 422, message: 'The house does not take more on this.' },
  NOT_OPEN: { status: 409, message: 'It is not open any more.' },
  PLAYER_LIMIT: { status: 422, message: 'A limit you have set does not allow this.' },
  SELF_EXCLUDED: { status: 403, message: 'You have excluded yourself from play.' },
  ACCOUNT_FROZEN: { status: 403, message: 'The account is frozen.' },
  GAME_PAUSED: { status: 422, message: 'The game is paused.' },
  SAME_PERSON: { status: 403, message: 'Another person has to do this.' },
  ALREADY_DECIDED: { status: 409, message: 'This was decided before.' },
} as const satisfies Record<string, { status: number; message: string }>;

export type RefusalCode = keyof typeof REFUSALS;

/** A refusal as a value: what a pure rule, the wallet or a service answers instead of doing something. */
export interface Refusal {
  readonly ok: false;
  readonly code: RefusalCode;
  /** For the person; the code's own explanation unless the refusal knows better. Never holds a secret. */
  readonly message: string;
  readonly details?: unknown;
}

export function refuse(code: RefusalCode, message: string = REFUSALS[code].message, details?: unknown): Refusal {
  return details === undefined ? { ok: false, code, message } : { ok: false, code, message, details };
}

/** Tells a refusal from the answer it came instead of. */
export function isRefusal(answer: unknown): answer is Refusal {
  return typeof answer === 'object' && answer !== null && 'ok' in answer && answer.ok === false && 'code' in answer;
}
