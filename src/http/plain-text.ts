import { z } from 'zod';

/**
 * Controls, further lines, and what turns the order of letters around: an account number would read backwards to
 * whoever is to pay into it.
 */
const UNREADABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;
/** Spaces, joiners, fillers, soft hyphens and the blank of braille: nobody sees that they are there. */
const UNSEEN = /[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/**
 * What can be kept and read as it was written: half a character would come out of the database as another. At least
 * `seenMin` of its characters can be seen.
 */
function plainText(lengthMax: number, seenMin: number) {
  return z
    .string()
    .trim()
    .min(seenMin)
    .max(lengthMax)
    .refine((text) => text.isWellFormed() && !UNREADABLE.test(text), 'must be plain text')
    .refine((text) => [...text.replaceAll(UNSEEN, '')].length >= seenMin, {
      message: `must have ${seenMin === 1 ? 'a character' : `${seenMin} characters`} that can be seen`,
      when: ({ issues }) => issues.length === 0,
    });
}

/** Why somebody of the house does something: kept for good. */
export const Reason = plainText(500, 3);

/** The body of what may be done without a word. */
export const OptionalReason = z.strictObject({ reason: Reason.optional() }).optional();

/** What somebody adds in words of their own, as the reference of a payment. */
export const Note = plainText(500, 1);

/** What the house calls something that people see: a table, a campaign, a rank. */
export const Name = (lengthMax: number) => plainText(lengthMax, 1);
