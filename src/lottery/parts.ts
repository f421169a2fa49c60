import type { Books } from './books.ts';
import type { LotteryDeps } from './deps.ts';
import type { RiskFeed } from './risk-feed.ts';

/** What driving the lottery takes, with what it has in memory itself. */
export interface LotteryParts extends LotteryDeps {
  readonly books: Books;
  readonly feed: RiskFeed;
}
