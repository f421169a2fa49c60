import { z } from 'zod';
import type { Quote } from '../games/trading/quote.ts';
import type { Key, SymbolId, TradeId, UserId } from '../ids.ts';
import type { Minor, Price } from '../money.ts';
import { REFUSALS, type RefusalCode } from '../refusal.ts';
import type { PositionId } from '../wallet/command.ts';

/** How the columns of trades and binaries are read. */
export const Trade = z.string().transform((id) => id as TradeId);
export const User = z.string().transform((id) => id as UserId);
export const PlayersKey = z.string().transform((key) => key as Key);
export const SymbolName = z.string().transform((id) => id as SymbolId);
export const Money = z.bigint().transform((amount) => amount as Minor);
export const Level = z.bigint().transform((price) => price as Price);
export const Integer = z.bigint().transform(Number);
export const Position = Integer.transform((seq) => seq as PositionId);
export const Code = z.enum(Object.keys(REFUSALS) as [RefusalCode, ...RefusalCode[]]);

/** A tick in a row; all of it or nothing. */
export interface StoredTick {
  readonly price: Price | null;
  readonly at: number | null;
  readonly seq: number | null;
  readonly feedId: string | null;
}

export function tickFrom(symbol: SymbolId, { price, at, seq, feedId }: StoredTick): Quote | undefined {
  if (price === null || at === null || seq === null || feedId === null) return undefined;
  return { symbol, price, at, seq, feedId };
}
