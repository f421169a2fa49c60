import { parseArgs } from 'node:util';
import { readRecord } from './record.ts';
import { verifyRound } from './verify-round.ts';

const USAGE = `npm run verify -- <roundId> [--server http://127.0.0.1:2567] [--commitment <hex>] [--key <uuid>]…
`;

const TIMEOUT_MS = 10_000;

process.exitCode = await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  return 1;
});

/** Prints a line per check. 0: everything is as it should be; 1: something is not, or nothing could be verified. */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      server: { type: 'string', default: 'http://127.0.0.1:2567' },
      commitment: { type: 'string' },
      key: { type: 'string', multiple: true, default: [] },
    },
  });
  const [roundId] = positionals;
  if (roundId === undefined || positionals.length > 1) throw new Error(`usage: ${USAGE}`);
  const record = readRecord(await fetchRecord(values.server, roundId));
  if (record.roundId !== roundId.toLowerCase()) throw new Error(`the server answered with round ${record.roundId}`);
  const checks = verifyRound(record, { commitment: values.commitment, keys: values.key });
  for (const { ok, line } of checks) process.stdout.write(`${ok ? 'ok   ' : 'WRONG'}  ${line}\n`);
  const wrong = checks.filter((check) => !check.ok).length;
  const verdict = wrong === 0 ? 'the round is as it was committed to' : `${wrong} of ${checks.length} checks failed`;
  process.stdout.write(`\nround ${roundId}: ${verdict}\n`);
  return wrong === 0 ? 0 : 1;
}

async function fetchRecord(server: string, roundId: string): Promise<unknown> {
  const address = new URL(`/rounds/${encodeURIComponent(roundId)}/verification`, server);
  const response = await fetch(address, { signal: AbortSignal.timeout(TIMEOUT_MS) }).catch((cause: unknown) => {
    throw new Error(`no answer from ${address.origin}`, { cause });
  });
  const answer: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw new Error(`${address.origin} answered ${response.status}: ${JSON.stringify(answer)}`);
  return answer;
}
