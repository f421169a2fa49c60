import { z } from 'zod';

/** Why somebody of the house does something: kept for good, so it must be something that can be kept and read. */
export const Reason = z
  .string()
  .trim()
  .min(1)
  .max(500)
  .refine((text) => text.isWellFormed() && !/\p{Cc}/u.test(text), 'must be plain text');
