import { z } from 'zod';
import { csvLine } from '../csv.ts';
import { csvCells } from '../partners/wire-report.ts';
import { isRefusal, type Refusal } from '../refusal.ts';
import { StreamAnswer } from './answer.ts';

const PAGE = 1_000;
const BYTE_ORDER_MARK = '\ufeff';

/** How whoever asks wants to have it: a page as JSON, or all there is from the cursor on as a file. */
export const FileFields = {
  format: z.enum(['json', 'csv']).default('json'),
  bom: z
    .enum(['true', 'false'])
    .default('false')
    .transform((bom) => bom === 'true')
    .describe('true: a file begins with a byte order mark, by which some spreadsheets know UTF-8'),
};

export interface CsvReport<Item, Cursor> {
  readonly fileName: string;
  readonly bom: boolean;
  readonly columns: readonly string[];
  /** What follows a page that ended there; once some of the file is sent, whoever reads it would rather wait. */
  readonly read: (after: Cursor | undefined, limit: number, hasBegun: boolean) => Promise<readonly Item[] | Refusal>;
  readonly cursorOf: (item: Item) => Cursor;
  /** By the names of the columns. */
  readonly wire: (item: Item) => Readonly<Record<string, unknown>>;
}

/**
 * All that follows `cursor`, page by page as it is sent: while somebody reads slowly nothing is asked of the database.
 * Refuses what the first page is refused; the file is cut off where that happens to a later one.
 */
export async function csvReport<Item, Cursor>(
  report: CsvReport<Item, Cursor>,
  cursor: Cursor | undefined,
): Promise<StreamAnswer | Refusal> {
  const first = await report.read(cursor, PAGE, false);
  if (isRefusal(first)) return first;
  return new StreamAnswer('text/csv; charset=utf-8', linesOf(report, first), report.fileName);
}

async function* linesOf<Item, Cursor>(
  { bom, columns, read, cursorOf, wire }: CsvReport<Item, Cursor>,
  first: readonly Item[],
) {
  yield `${bom ? BYTE_ORDER_MARK : ''}${csvLine(columns)}`;
  for (let items = first; ; ) {
    if (items.length > 0) yield items.map((item) => csvLine(csvCells(wire(item), columns))).join('');
    const last = items.at(-1);
    if (last === undefined || items.length < PAGE) return;
    const next = await read(cursorOf(last), PAGE, true);
    if (isRefusal(next)) throw new Error(`a file was cut off: ${next.message}`);
    items = next;
  }
}
