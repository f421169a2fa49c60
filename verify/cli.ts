import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { verifyDay } from './day.ts';
import { readPhaseRecord, readRecord } from './record.ts';
import { fetchJson } from './server.ts';
import { type Check, verifyPhase, verifyRound } from './verify-round.ts';

const USAGE = `npm run verify -- <roundId> [--server <url>] [--commitment <hex>] [--key <uuid>]…
       npm run verify -- --day <yyyy-mm-dd> [--symbol <symbol>] [--server <url>] [--commitment <hex>]

Deals a round again from its public record and compares; with --phase draws the number of a lottery phase; with --day
computes the simulated prices of a day again.

  --phase             the id is that of a phase
  --day <yyyy-mm-dd>  no id, but a day, in UTC, that is over
  --symbol <symbol>   of that day one symbol alone, such as BTCUSDT

  --server <url>      whose it is; the demo that runs on DATA_DIR, else http://127.0.0.1:2567; --url is the same
  --commitment <hex>  what was shown before the bets, or before the day
  --key <uuid>        a key of a bet of yours: it must be among those that were drawn with; as often as you like
`;

process.exitCode = await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  return 1;
});

/**
 * Prints a line per check. 0: everything is as it should be; 1: something is not, or nothing could be verified; 2: the
 * day is not over.
 */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      help: { type: 'boolean', default: false },
      phase: { type: 'boolean', default: false },
      day: { type: 'string' },
      symbol: { type: 'string' },
      server: { type: 'string' },
      url: { type: 'string' },
      commitment: { type: 'string' },
      key: { type: 'string', multiple: true, default: [] },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const server = values.server ?? values.url ?? demoAddress() ?? 'http://127.0.0.1:2567';
  const [id] = positionals;
  if (values.day !== undefined && id === undefined) return reportDay({ ...values, server, day: values.day });
  if (values.day !== undefined || id === undefined || positionals.length > 1) throw new Error(`usage: ${USAGE}`);
  const noted = { commitment: values.commitment, keys: values.key };
  if (values.phase) {
    const record = readPhaseRecord(await fetchRecord(server, 'lottery/phases', id));
    if (record.phaseId !== id.toLowerCase()) throw new Error(`the server answered with phase ${record.phaseId}`);
    return report(`phase ${id}`, verifyPhase(record, noted));
  }
  const record = readRecord(await fetchRecord(server, 'rounds', id));
  if (record.roundId !== id.toLowerCase()) throw new Error(`the server answered with round ${record.roundId}`);
  const checks = verifyRound(record, noted);
  const voided = (await fetchStatus(server, id)) === 'voided';
  const note = 'note   the round was voided: these cards were not dealt, it is what it would have been\n';
  return report(`round ${id}`, checks, voided ? note : '');
}

async function reportDay(wish: Parameters<typeof verifyDay>[0]): Promise<number> {
  const found = await verifyDay(wish);
  if (found.over) {
    return report(`day ${wish.day}`, found.checks, found.notes.map((note) => `note   ${note}\n`).join(''));
  }
  process.stderr.write(`the day ${wish.day} is not over yet; its commitment is ${found.commitment}\n`);
  return 2;
}

function report(what: string, checks: readonly Check[], note = ''): number {
  for (const { ok, line } of checks) process.stdout.write(`${ok ? 'ok   ' : 'WRONG'}  ${line}\n`);
  const wrong = checks.filter((check) => !check.ok).length;
  const [kind] = what.split(' ');
  const verdict = wrong === 0 ? `the ${kind} is as it was committed to` : `${wrong} of ${checks.length} checks failed`;
  process.stdout.write(`${note}\n${what}: ${verdict}\n`);
  return wrong === 0 ? 0 : 1;
}

/** Where the demo on this data directory has said that it listens. */
function demoAddress(): string | undefined {
  try {
    const said = readFileSync(join(process.env.DATA_DIR ?? '.data', 'running.json'), 'utf8');
    const { port } = JSON.parse(said) as { readonly port: unknown };
    return typeof port === 'number' ? `http://127.0.0.1:${port}` : undefined;
  } catch {
    return undefined;
  }
}

async function fetchStatus(server: string, roundId: string): Promise<unknown> {
  const round = await fetchJson(new URL(`/rounds/${encodeURIComponent(roundId)}`, server)).catch(() => undefined);
  return typeof round === 'object' && round !== null && 'status' in round ? round.status : undefined;
}

function fetchRecord(server: string, kind: 'rounds' | 'lottery/phases', id: string): Promise<unknown> {
  return fetchJson(new URL(`/${kind}/${encodeURIComponent(id)}/verification`, server));
}
