import { sql } from 'slonik';
import { z } from 'zod';
import type { Database, Queries } from '../../db/pool.ts';
import type { UserId } from '../ids.ts';
import type { PhaseRow } from '../lottery/phase-row.ts';
import { livingPhases } from '../lottery/phase-store.ts';
import { riskOf } from '../lottery/risk.ts';
import { OPPOSITE_TRADES, tradesToJudge } from './desk-store.ts';
import { type HotNumber, hotNumbers, type PhaseRisk } from './hot-numbers.ts';
import { linkFacts } from './link-store.ts';
import { linksAmong } from './links.ts';
import { type OppositeBets, oppositeBets } from './opposite-bets.ts';
import { OPPOSITE_ROUNDS, type OppositeSource } from './opposite-store.ts';
import { betsToJudge, slipsToJudge } from './stake-store.ts';
import { type Stretch, stretchFrom } from './stretch.ts';
import { type UnusualStake, unusualStakes } from './unusual-stakes.ts';

const HOUR_MS = 3_600_000;
/** Sign-ins from the same address link accounts for so long. */
const ADDRESSES_MS = 30 * 24 * HOUR_MS;
/** No list is longer. */
const MOST = 50;

/** Where stakes come from, and games in which accounts can stand against each other. A new game is one more of each. */
const STAKES = [betsToJudge, slipsToJudge, tradesToJudge];
const OPPOSITES: readonly OppositeSource[] = [OPPOSITE_ROUNDS, OPPOSITE_TRADES];

const Nothing = z.strictObject({});

export interface RiskInsight {
  /** From when on stakes were looked at: what was asked for, or later where so much has happened since. */
  readonly since: Date;
  readonly unusualStakes: readonly UnusualStake[];
  readonly oppositeBets: readonly OppositeBets[];
  readonly hotNumbers: readonly HotNumber[];
}

/**
 * What people of the house should look at, read off stakes and sessions and nothing else: it says what was, accuses
 * nobody and does nothing. The work is bounded, however many stakes there were.
 */
export async function riskInsight(database: Database, now: number, hours: number): Promise<RiskInsight> {
  const found = await database.transaction(async (tx) => {
    await pinPlans(tx);
    const stretch = await stretchFrom(tx, now - hours * HOUR_MS);
    const seen = await inTurn(STAKES, (stakes) => stakes(tx, stretch));
    const opposites = await oppositesIn(tx, stretch, new Date(now - ADDRESSES_MS));
    return { since: stretch.since, unusualStakes: unusualStakes(seen, MOST), oppositeBets: opposites };
  });
  return { ...found, hotNumbers: hotNumbers(await risksOf(database), MOST) };
}

/**
 * The ledger's newest rows are always more than the last statistics know of, and a loop within a loop, good for a few
 * rows, takes minutes for all of them. What is looked up one by one is a lateral sub-select, which needs its loop.
 */
async function pinPlans(tx: Queries): Promise<void> {
  for (const setting of ['enable_nestloop', 'enable_seqscan', 'jit'] as const)
    await tx.query(sql.type(Nothing)`set local ${sql.identifier([setting])} = off`);
}

async function oppositesIn(queries: Queries, stretch: Stretch, since: Date): Promise<readonly OppositeBets[]> {
  const players = await inTurn(OPPOSITES, (source) => source.players(queries, stretch));
  const links = linksAmong(await linkFacts(queries, [...new Set<UserId>(players)], since));
  const oppositions = await inTurn(OPPOSITES, (source) => source.between(queries, stretch, links));
  return oppositeBets(links, oppositions, MOST);
}

async function risksOf(queries: Queries): Promise<readonly PhaseRisk[]> {
  const phases = (await livingPhases(queries)).filter(({ winningNumber }) => winningNumber === null);
  return inTurn(phases, async (phase): Promise<readonly PhaseRisk[]> => {
    const { id: phaseId, name, currency } = phase;
    return [{ phaseId, name, currency, lines: await linesOf(queries, phase), figures: await riskOf(queries, phase) }];
  });
}

async function linesOf(queries: Queries, { book }: PhaseRow): Promise<number> {
  const Lines = z.object({ lines: z.bigint().transform(Number) });
  const { lines } = await queries.one(sql.type(Lines)`
    select coalesce(sum(lines), 0)::int8 as lines from pool_total where book = ${book}`);
  return lines;
}

/** One after the other: whoever asks for this takes one connection at a time from those who play. */
async function inTurn<Item, Found>(
  items: readonly Item[],
  find: (item: Item) => Promise<readonly Found[]>,
): Promise<readonly Found[]> {
  const found: Found[] = [];
  for (const item of items) found.push(...(await find(item)));
  return found;
}
