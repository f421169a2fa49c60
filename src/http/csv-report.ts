import { z } from 'zod';
import { csvLine } from '../csv.ts';
import { csvCells } from '../partners/wire-report.ts';
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
  /** What follows a page that ended there. */
  readonly read: (after: Cursor | undefined, limit: number) => Promise<readonly Item[]>;
  readonly cursorOf: (item: Item) => Cursor;
  /** By the names of the columns. */
  readonly wire: (item: Item) => Readonly<Record<string, unknown>>;
}

/** All that follows `cursor`, page by page as it is sent. */
export function csvReport<Item, Cursor>(report: CsvReport<Item, Cursor>, cursor: Cursor | undefined): StreamAnswer {
  return new StreamAnswer('text/csv; charset=utf-8', linesOf(report, cursor), report.fileName);
}

async function* linesOf<Item, Cursor>(
  { bom, columns, read, cursorOf, wire }: CsvReport<Item, Cursor>,
  cursor: Cursor | undefined,
) {
  yield `${bom ? BYTE_ORDER_MARK : ''}${csvLine(columns)}`;
  for (let after = cursor; ; ) {
    const items = await read(after, PAGE);
    if (items.length > 0) yield items.map((item) => csvLine(csvCells(wire(item), columns))).join('');
    const last = items.at(-1);
    if (last === undefined || items.length < PAGE) return;
    after = cursorOf(last);
  }
}
