import { z } from 'zod';
import { call } from './http.ts';
import { Mistake } from './mistake.ts';

const Tables = z.object({
  items: z.array(
    z.object({
      tableId: z.string(),
      rtp: z.array(z.object({ betSide: z.string(), bettingWindow: z.int() })),
      bettingMs: z.int(),
    }),
  ),
});

/** What is public of a table before anybody sits down. */
export interface TableFacts {
  readonly tableId: string;
  readonly bettingMs: number;
  /** What each betting window takes bets on, side bets included. */
  readonly betSides: Readonly<Record<number, readonly string[]>>;
}

/** Throws a Mistake where the server does not answer, or has no such table. */
export async function readTable(endpoint: string, tableId: string): Promise<TableFacts> {
  const answer = await call(`${endpoint}/tables`).catch(() => undefined);
  if (answer === undefined) throw new Mistake(`nobody answers at ${endpoint}: start the server first`);
  const tables = Tables.safeParse(answer.body).data?.items;
  if (tables === undefined) throw new Mistake(`${endpoint} does not answer as Croupier does`);
  const table = tables.find((each) => each.tableId === tableId);
  const names = tables.map((each) => each.tableId).join(', ');
  if (table === undefined) throw new Mistake(`there is no table ${tableId}; there are ${names}`);
  const betSides: Record<number, string[]> = {};
  for (const { betSide, bettingWindow } of table.rtp) {
    const sides = betSides[bettingWindow] ?? [];
    if (!sides.includes(betSide)) sides.push(betSide);
    betSides[bettingWindow] = sides;
  }
  return { tableId, bettingMs: table.bettingMs, betSides };
}
