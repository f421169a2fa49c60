import { z } from 'zod';

/**
 * Controls, further lines, and what turns the order of letters around: an account number would read backwards to
 * whoever is to pay into it.
 */
const UNREADABLE = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u;

/** Why somebody of the house does something: kept for good, so it must be something that can be kept and read. */
export const Reason = z
  .string()
  .trim()
  .min(1)
  .max(500)
  .refine((text) => text.isWellFormed() && !UNREADABLE.test(text), 'must be plain text');
