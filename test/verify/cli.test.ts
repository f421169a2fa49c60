import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import { keyHash, merkleRoot } from '../../src/fairness/merkle.ts';
import { commitmentOf, revealSeed, serverSeed } from '../../src/fairness/seed.ts';
import { hiddenRecord, verificationRecord } from '../../src/fairness/verification.ts';
import { THREE_WINDOW } from '../../src/games/andar-bahar/pay-tables.ts';
import type { Key, RoundId } from '../../src/ids.ts';

const FAIR = '01890000-0000-7000-8000-000000000001' as RoundId;
const RIGGED = '01890000-0000-7000-8000-000000000002' as RoundId;
const OPEN = '01890000-0000-7000-8000-000000000003' as RoundId;
const UNKNOWN = '01890000-0000-7000-8000-000000000004';
const KEY = '018f0000-0000-7000-8000-00000000000a' as Key;
const SEED = serverSeed(Uint8Array.from({ length: 32 }, (_, index) => index));

const round = { seed: SEED, table: THREE_WINDOW, keyHashesByWindow: [[keyHash(KEY)]] };
const answers = new Map<string, unknown>([
  [`/rounds/${FAIR}/verification`, verificationRecord({ ...round, roundId: FAIR })],
  [`/rounds/${RIGGED}/verification`, { ...verificationRecord({ ...round, roundId: RIGGED }), jokerCard: '2♥' }],
  [`/rounds/${OPEN}/verification`, hiddenRecord(OPEN, commitmentOf(SEED))],
]);

/** The worked example of a phase without a slip. */
const drawn = (winningNumber: string) => ({
  ...{ phaseId: FAIR, algorithmVersion: 1, commitment: commitmentOf(SEED), serverSeed: revealSeed(SEED) },
  ...{ keyHashes: [], root: merkleRoot([]), winningNumber },
});
answers.set(`/lottery/phases/${FAIR}/verification`, drawn('231'));
answers.set(`/lottery/phases/${RIGGED}/verification`, { ...drawn('232'), phaseId: RIGGED });

interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

describe('npm run verify', () => {
  let server: Server;
  let address = '';

  before((done) => {
    server = createServer((request, response) => {
      const answer = answers.get(request.url ?? '');
      response.statusCode = answer ? 200 : 404;
      response.end(JSON.stringify(answer ?? { error: { code: 'NOT_FOUND', message: 'There is no such thing.' } }));
    });
    server.listen(0, '127.0.0.1', () => {
      const bound = server.address();
      if (bound && typeof bound === 'object') address = `http://127.0.0.1:${bound.port}`;
      done();
    });
  });
  after((done) => {
    server.close(done);
  });

  function verify(...args: readonly string[]): Promise<Run> {
    return runCli(['--server', address, ...args]);
  }

  function runCli(args: readonly string[]): Promise<Run> {
    return new Promise((resolve) => {
      execFile(process.execPath, ['verify/cli.ts', ...args], (error, out, err) => {
        resolve({ code: error ? Number(error.code) : 0, out, err });
      });
    });
  }

  it('prints every check of a fair round and ends with 0', async () => {
    const { code, out, err } = await verify(FAIR, '--key', KEY, '--commitment', commitmentOf(SEED));
    assert.deepEqual([code, err], [0, '']);
    assert.match(out, /^ok {5}commitment, SHA-256 of the seed: 630dcd29/m);
    assert.match(out, /^ok {5}commitment that you noted/m);
    assert.match(out, /^ok {5}your key .* is among the bets of window 1$/m);
    assert.match(out, /^ok {5}joker: K♠$/m);
    assert.match(out, /^ok {5}winner, by card/m);
    assert.match(out, /the round is as it was committed to\n$/);
    assert.doesNotMatch(out, /WRONG/);
  });

  it('points at what is wrong and ends with 1', async () => {
    const { code, out } = await verify(RIGGED);
    assert.equal(code, 1);
    assert.match(out, /^WRONG {2}joker: computed .., the record says 2♥$/m);
    assert.match(out, /1 of \d+ checks failed\n$/);
  });

  it('says that a round is not revealed yet, and ends with 1', async () => {
    const { code, err } = await verify(OPEN);
    assert.equal(code, 1);
    assert.equal(err, `round ${OPEN} is not revealed yet; its commitment is ${commitmentOf(SEED)}\n`);
  });

  it('S3-20 draws the number of a lottery phase, and points at one that is not it', async () => {
    const [fair, rigged] = await Promise.all([verify('--phase', FAIR), verify('--phase', RIGGED)]);
    assert.deepEqual([fair.code, rigged.code, fair.err], [0, 1, '']);
    assert.match(fair.out, /^ok {5}root, with 0 slips: e3b0c442/m);
    assert.match(fair.out, /^ok {5}number: 231$/m);
    assert.match(fair.out, /the phase is as it was committed to\n$/);
    assert.match(rigged.out, /^WRONG {2}number: computed ..., the record says 232$/m);
  });

  it('says so when there is no such round, no server or no round id', async () => {
    const [unknown, nobody, nothing] = await Promise.all([
      verify(UNKNOWN),
      runCli([FAIR, '--server', 'http://127.0.0.1:1']),
      verify(),
    ]);
    assert.deepEqual([unknown.code, nobody.code, nothing.code], [1, 1, 1]);
    assert.match(unknown.err, /answered 404: .*NOT_FOUND/);
    assert.equal(nobody.err, 'no answer from http://127.0.0.1:1\n');
    assert.match(nothing.err, /^usage: npm run verify/);
  });
});
