import { z } from 'zod';

/**
 * Controls, further lines, and what turns the order of letters around: an account number would read backwards to
 * whoever is to pay into it.
 */
const UNREADABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;

/** What can be kept and read as it was written: half a character would come out of the database as another. */
function plainText(lengthMax: number) {
  return z
    .string()
    .trim()
    .min(1)
    .max(lengthMax)
    .refine((text) => text.isWellFormed() && !UNREADABLE.test(text), 'must be plain text');
}

/** Why somebody of the house does something: kept for good. */
export const Reason = plainText(500);

/** What the house calls something that people see: a table, a campaign, a rank. */
export const Name = (lengthMax: number) => plainText(lengthMax);
