import assert from 'node:assert/strict';
import { Client } from 'pg';
import { clientConfig, type Database, openAppPool } from '../db/pool.ts';
import { type UserId, uuid7 } from '../src/ids.ts';
import { auditEarnings } from '../src/partners/audit.ts';
import { DEFAULT_TERMS, type PartnerId } from '../src/partners/commission.ts';
import { countClosed } from '../src/partners/count.ts';
import { findPartnerOf, type Partner } from '../src/partners/partner.ts';
import { earningsPage, type Group } from '../src/partners/report.ts';
import { addPartner } from '../src/partners/store.ts';
import { openBenchDatabase } from './bench-database.ts';
import { MONTH, reportFromBets, writeRows } from './bench-partners-rows.ts';
import { percentile, table } from './measure.ts';

const BETS = 5_000_000;
const PLAYERS = 2_000;
const REPEATS = 20;
const AIM_MS = 300;

/**
 * A partner's report of a month with so many bets: by day from the rollups, in two time zones, by game and by player,
 * against the same figures made from the bets. Before that, how fast bets are counted; after it, the audit, which
 * derives the rollups from the bets anew. Exit code 1 where a month by day takes longer than the aim.
 * Usage: npm run bench:partners [-- --bets 5000000]
 */
async function main(): Promise<void> {
  const at = process.argv.indexOf('--bets');
  const bets = at < 0 ? BETS : Number(process.argv[at + 1]);
  const server = await openBenchDatabase();
  try {
    await measure(await server.create('partners'), bets);
  } finally {
    await server.close();
  }
}

async function measure(url: string, bets: number): Promise<void> {
  const client = new Client(clientConfig(url));
  await client.connect();
  const pool = await openAppPool(url);
  try {
    const userId = await writeRows(client, { bets, players: PLAYERS });
    const partner = await makePartner(pool, client, userId as UserId);
    const [, countMs] = await timed(() => countClosed(pool, new AbortController().signal));
    await client.query('vacuum analyze');
    const [fromBets, betsMs] = await timed(() => reportFromBets(client, userId));
    const figures = await measureReports(pool, partner);
    await assertSame(pool, partner, fromBets);
    const [findings, auditMs] = await timed(() => auditEarnings(pool));
    assert.deepEqual(
      findings.flatMap(({ broken }) => broken),
      [],
    );
    report({ bets, countMs, betsMs, auditMs, figures });
  } finally {
    await Promise.all([pool.end(), client.end()]);
  }
}

/** One whose time begins with the ledger. */
async function makePartner(pool: Database, client: Client, userId: UserId): Promise<Partner> {
  const id = uuid7<PartnerId>(Date.now());
  await addPartner(pool, { ...DEFAULT_TERMS, id, userId, createdAt: new Date(MONTH.from) });
  await client.query('update partners set from_batch = 0');
  const partner = await findPartnerOf(pool, userId);
  if (partner === null) throw new Error('the partner is not there');
  return partner;
}

async function timed<T>(run: () => Promise<T>): Promise<readonly [T, number]> {
  const startedAt = performance.now();
  const result = await run();
  return [result, performance.now() - startedAt];
}

const REPORTS: readonly (readonly [string, Group, string])[] = [
  ['by day', 'day', 'UTC'],
  ['by day in Asia/Kolkata', 'day', 'Asia/Kolkata'],
  ['by game', 'game', 'UTC'],
  ['by player, a page of 100', 'player', 'UTC'],
];

interface Measured {
  readonly name: string;
  readonly medianMs: number;
  readonly p95Ms: number;
}

async function measureReports(pool: Database, partner: Partner): Promise<readonly Measured[]> {
  const measured: Measured[] = [];
  for (const [name, group, timeZone] of REPORTS) {
    const took: number[] = [];
    for (let repeat = 0; repeat < REPEATS; repeat++) {
      const wish = { range: MONTH, timeZone, group };
      const [, ms] = await timed(() => earningsPage(pool, partner, wish, { after: undefined, limit: 100 }));
      took.push(ms);
    }
    const sorted = Float64Array.from(took).sort();
    measured.push({ name, medianMs: percentile(sorted, 0.5), p95Ms: percentile(sorted, 0.95) });
  }
  return measured;
}

/** The rollups say what the bets say. */
async function assertSame(pool: Database, partner: Partner, fromBets: readonly object[]): Promise<void> {
  const wish = { range: MONTH, timeZone: 'UTC', group: 'day' } as const;
  const days = await earningsPage(pool, partner, wish, { after: undefined, limit: 100 });
  const played = days.filter(({ betCount }) => betCount !== 0);
  assert.deepEqual(
    played.map(({ key, active, betCount, real }) => ({
      ...{ day: key, active, bets: betCount, staked: String(real.bets), paid: String(real.payouts) },
    })),
    fromBets,
  );
}

interface Figures {
  readonly bets: number;
  readonly countMs: number;
  readonly betsMs: number;
  readonly auditMs: number;
  readonly figures: readonly Measured[];
}

function report({ bets, countMs, betsMs, auditMs, figures }: Figures): void {
  const rows = [
    [`a month of ${bets} bets`, 'median ms', 'p95 ms', 'against the bets'],
    ...figures.map(({ name, medianMs, p95Ms }) => [
      ...[name, medianMs.toFixed(1), p95Ms.toFixed(1)],
      name === 'by day' ? `${betsMs.toFixed(0)} ms, ${(betsMs / medianMs).toFixed(0)}x` : '',
    ]),
  ];
  process.stdout.write(`\n${table(rows)}\n`);
  const perSecond = (bets / countMs) * 1_000;
  process.stdout.write(
    `counted ${perSecond.toFixed(0)} bets a second; the audit took ${(auditMs / 1_000).toFixed(1)} s\n`,
  );
  const byDay = figures.filter(({ name }) => name.startsWith('by day'));
  const met = byDay.every(({ p95Ms }) => p95Ms <= AIM_MS);
  process.stdout.write(`${met ? 'met   ' : 'MISSED'} a month by day ≤ ${AIM_MS} ms (p95)\n`);
  if (!met) process.exitCode = 1;
}

await main();
