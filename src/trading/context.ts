import type { OpenRisks } from '../games/trading/risk.ts';
import type { SymbolId } from '../ids.ts';
import type { MarketSymbol } from '../market/symbols.ts';
import type { DeskDeps } from './deps.ts';
import type { DeskRow } from './desk-row.ts';

/** What both kinds of business of a desk share. */
export interface DeskContext extends DeskDeps {
  /** As it is now. */
  desk(): DeskRow;
  /** What is open, or asked for, of both kinds. */
  readonly risks: OpenRisks;
  /** To be called where something may be due earlier than before. */
  changed(): void;
}

/** Throws for one that is not traded: rows and requests are checked before. */
export function symbolOf({ market }: Pick<DeskContext, 'market'>, id: SymbolId): MarketSymbol {
  const symbol = market.symbols.find((known) => known.id === id);
  if (symbol === undefined) throw new Error(`${id} is not traded here`);
  return symbol;
}
