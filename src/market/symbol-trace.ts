import type { Candles } from './candles.ts';
import { isLaterThan, type Tick, type TickPlace } from './feed.ts';
import { printDecimal } from './price.ts';
import { RecentTicks } from './recent-ticks.ts';
import { DAY_MS, type LoggedSymbol } from './restore.ts';

/** What the market has in memory of one symbol: of durable ticks alone, but for the end of what was heard. */
export class SymbolTrace {
  readonly recent: RecentTicks;
  readonly candles: Candles;
  #heard: TickPlace | undefined;
  #complete: number;
  #ticks = 0;
  #dayOpen: LoggedSymbol['dayOpen'];

  constructor({ last, candles, dayOpen }: LoggedSymbol) {
    this.recent = new RecentTicks(last);
    this.candles = candles;
    this.#heard = last;
    this.#complete = last === undefined ? Number.NEGATIVE_INFINITY : last.at - 1;
    this.#dayOpen = dayOpen;
  }

  /** Durable ones since the start. */
  get ticks(): number {
    return this.#ticks;
  }

  /** No durable tick at or before this can follow. */
  get complete(): number {
    return this.#complete;
  }

  /** Whether it is later than everything that was heard or logged before; then it counts as heard. */
  hears(tick: TickPlace): boolean {
    if (this.#heard !== undefined && !isLaterThan(tick, this.#heard)) return false;
    this.#heard = tick;
    return true;
  }

  /** Now it is durable. */
  pass(tick: Tick): void {
    this.#ticks += 1;
    this.recent.add(tick);
    this.candles.add(tick);
    this.completeTo(tick.at - 1);
    const day = Math.floor(tick.at / DAY_MS);
    if (this.#dayOpen?.day !== day) this.#dayOpen = { day, price: tick.price };
  }

  completeTo(at: number): void {
    this.#complete = Math.max(this.#complete, at);
  }

  /** Hundredths of a percent, rounded toward zero. */
  change(): string | undefined {
    const [last, open] = [this.recent.last, this.#dayOpen];
    return last && open && printChange(((last.price - open.price) * 10_000n) / open.price);
  }
}

function printChange(hundredths: bigint): string {
  const sign = hundredths < 0n ? '-' : hundredths > 0n ? '+' : '';
  return sign + printDecimal(hundredths < 0n ? -hundredths : hundredths, 2);
}
