import { sql } from 'slonik';
import type { BookId } from '../wallet/command.ts';

/** What the rows of a desk are written under. */
export interface Claim {
  readonly book: BookId;
  readonly epoch: number;
}

/** Whether nobody has claimed the book since: the same that the ledger asks before it settles anything on it. */
export function holds({ book, epoch }: Claim) {
  return sql.fragment`exists (select from book b where b.id = ${book}::int8 and b.epoch = ${epoch}::int8)`;
}
