import type { Server } from '../../src/server.ts';
import { until } from '../journeys/support.ts';
import type { HandFeed } from '../market/hand-feed.ts';
import { BTC } from './house.ts';

/** A price of BTC, in its smallest steps, which the server has by the time this resolves. */
export async function sayPrice(server: Server, feed: HandFeed, price: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 2)); // no two ticks in one millisecond
  const at = server.clock.now();
  feed.say(BTC, price, at);
  const isThere = () => {
    const last = server.market.lastTick(BTC);
    return last !== undefined && last.at >= at && last.price === BigInt(price);
  };
  await until(isThere, 10_000, `the price ${price}`);
}
