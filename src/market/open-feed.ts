import { readFile } from 'node:fs/promises';
import type { Clock } from '../clock.ts';
import { ExchangeFeed } from './exchange-feed.ts';
import type { Feed } from './feed.ts';
import { parseRecording, SHIPPED_RECORDING } from './recording.ts';
import { ReplayFeed } from './replay-feed.ts';
import type { MarketSymbol } from './symbols.ts';

/** Where prices come from. */
export type FeedSettings =
  | { readonly kind: 'simulated'; readonly intervalMs: number }
  /** The recording that is shipped, over and over. */
  | { readonly kind: 'replay' }
  | { readonly kind: 'exchange'; readonly url: string };

export interface FeedParts {
  readonly clock: Clock;
  readonly symbols: readonly MarketSymbol[];
}

/** A feed of prices that come from outside, not begun. */
export async function openFeed(
  settings: Exclude<FeedSettings, { kind: 'simulated' }>,
  { clock, symbols }: FeedParts,
): Promise<Feed> {
  if (settings.kind === 'exchange') return new ExchangeFeed({ clock, symbols, url: settings.url, random: Math.random });
  const recording = parseRecording(await readFile(SHIPPED_RECORDING, 'utf8'), symbols);
  if (!recording.ok) throw new Error(`the recording cannot be read: ${recording.errors[0]?.reason}`);
  return new ReplayFeed({ clock, ticks: recording.ticks, loop: true });
}
