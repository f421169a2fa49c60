import { join } from 'node:path';
import type { SymbolId } from '../ids.ts';
import type { Price } from '../money.ts';
import { parsePrice, printPrice } from './price.ts';
import type { MarketSymbol } from './symbols.ts';

/** One line of a recording. */
export interface RecordedTick {
  readonly symbol: SymbolId;
  /** Milliseconds since the recording began. */
  readonly afterMs: number;
  readonly price: Price;
}

/** A line that could not be read, counted from 1. */
export interface RecordingError {
  readonly line: number;
  readonly reason: string;
}

export type Recording =
  | { readonly ok: true; readonly ticks: readonly RecordedTick[] }
  | { readonly ok: false; readonly errors: readonly RecordingError[] };

/** 2,100 ticks of the documents' three symbols, 23 minutes; how they were made: README.md. */
export const SHIPPED_RECORDING = join(import.meta.dirname, 'recordings', 'simulated-2026-11-26.csv');

const HEADER = 'after_ms,symbol,price';

/**
 * Reads a recording: CSV, the header `after_ms,symbol,price`, then a line for each tick in the order of their times.
 * Nothing is skipped: every line that cannot be read is an error.
 */
export function parseRecording(text: string, symbols: readonly MarketSymbol[]): Recording {
  const [header, ...lines] = text.replace(/\r?\n$/, '').split(/\r?\n/);
  const errors: RecordingError[] = [];
  if (header !== HEADER) errors.push({ line: 1, reason: `the header must be ${HEADER}` });
  const ticks: RecordedTick[] = [];
  for (const [index, line] of lines.entries()) {
    const tick = parseLine(line, symbols, ticks.at(-1)?.afterMs ?? 0);
    if (typeof tick === 'string') errors.push({ line: index + 2, reason: tick });
    else ticks.push(tick);
  }
  if (lines.length === 0) errors.push({ line: 2, reason: 'there are no ticks' });
  return errors.length > 0 ? { ok: false, errors } : { ok: true, ticks };
}

/** The reverse. Throws on a tick of another symbol. */
export function printRecording(ticks: readonly RecordedTick[], symbols: readonly MarketSymbol[]): string {
  const lines = ticks.map(({ afterMs, symbol: id, price }) => {
    const symbol = symbols.find((known) => known.id === id);
    if (symbol === undefined) throw new Error(`there is no symbol ${id}`);
    return `${afterMs},${id},${printPrice(price, symbol)}`;
  });
  return `${[HEADER, ...lines].join('\n')}\n`;
}

/** The tick, or why there is none. */
function parseLine(line: string, symbols: readonly MarketSymbol[], afterAtLeastMs: number): RecordedTick | string {
  const [time = '', id, text = '', ...rest] = line.split(',');
  if (id === undefined || rest.length > 0) return 'a line has three fields';
  if (!/^\d{1,12}$/.test(time)) return `${time || 'nothing'} is no time in milliseconds`;
  const afterMs = Number(time);
  if (afterMs < afterAtLeastMs) return `${afterMs} lies before the line above`;
  const symbol = symbols.find((known) => known.id === id);
  if (symbol === undefined) return `there is no symbol ${id}`;
  const price = parsePrice(text, symbol);
  return price === undefined ? `${text || 'nothing'} is no price of ${id}` : { symbol: symbol.id, afterMs, price };
}
