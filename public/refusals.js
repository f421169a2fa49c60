/** What a refusal means to the person who reads it. The codes are the server's; an unknown one speaks for itself. */
const MEANINGS = {
  UNAUTHORIZED: 'You are not logged in any more. Please log in again.',
  FORBIDDEN: 'This account cannot bet: only players do.',
  RATE_LIMITED: 'That was too fast. Wait a second and try again.',
  BUSY: 'The server is very busy. Nothing was done; try again.',
  UNKNOWN_OUTCOME: 'It is not known yet whether this was done. Your bets below will show it.',
  INSUFFICIENT_FUNDS: 'Your balance does not cover this.',
  BETTING_CLOSED: 'Too late: betting is closed. Nothing was taken.',
  EXPOSURE_LIMIT: 'The house takes no more on this side in this round.',
  NOT_OPEN: 'That bet cannot be changed any more.',
  PLAYER_LIMIT: 'A limit that you have set for yourself does not allow this.',
  SELF_EXCLUDED: 'You have excluded yourself from play. You can watch.',
  ACCOUNT_FROZEN: 'This account is frozen.',
  GAME_PAUSED: 'This table is paused at the moment.',
};

/** Refusals after which the same click may be sent again, with the same key: it can never count twice. */
const PASSING = new Set(['BUSY', 'UNKNOWN_OUTCOME', 'RATE_LIMITED']);

/** Why the server said no. `refusal` is `{code, message, details?}`, from a room or from HTTP. */
export class Refused extends Error {
  constructor({ code = '', message = '', details } = {}) {
    super(MEANINGS[code] ?? (message || 'The server refused this.'));
    this.name = 'Refused';
    this.code = code;
    /** Seconds; undefined where the server says nothing of it. */
    this.retryAfter = details?.retryAfterSeconds;
  }

  get isPassing() {
    return PASSING.has(this.code);
  }
}
