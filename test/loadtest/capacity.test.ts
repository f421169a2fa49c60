import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ToServer } from '../../loadtest/capacity-messages.ts';
import { AMOUNT_MAX, ageOf, amountAt, startProbe } from '../../loadtest/capacity-probe.ts';
import { holds, nextPeople, USE_MAX } from '../../loadtest/capacity-ramp.ts';
import { line, ramp } from '../../loadtest/capacity-steps.ts';
import { Child } from '../../loadtest/child.ts';
import type { Credential } from '../../loadtest/credentials.ts';
import { openFilesMax } from '../../loadtest/open-files.ts';
import { auditBooks } from '../../src/wallet/audit.ts';
import { useDatabase } from '../support/database.ts';
import { removeDirectory, temporaryDirectory } from '../support/server.ts';

/**
 * Players bet once in a window, at a time of their own: from an early bet to a late one of the next window it is up to
 * five seconds. The probe bets ten times a second, but for the second in which cards are dealt.
 */
const STEP = { spectators: { stepSeconds: 4 }, players: { stepSeconds: 10 } } as const;

describe('the capacity bench', () => {
  it('adds people until the server is busy, something fails, or there are no more sockets', () => {
    const use = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), use, fc.nat(2), (people, use, failures) => {
        const next = nextPeople({ people, use, failures }, 5_000);
        if (use > USE_MAX || failures > 0 || people >= 5_000) return assert.equal(next, undefined);
        assert.ok(next !== undefined && next > people && next <= Math.min(5_000, people * 2));
      }),
    );
  });

  it('reads from an amount when its bet was sent', () => {
    const times = fc.integer({ min: 1_700_000_000_000, max: 2_000_000_000_000 });
    fc.assert(
      fc.property(times, fc.nat(900_000), (sentAt, ageMs) => {
        assert.equal(ageOf(amountAt(sentAt), sentAt + ageMs), ageMs);
        assert.ok(amountAt(sentAt) < AMOUNT_MAX);
      }),
    );
    assert.equal(ageOf(100, Date.now()), undefined);
  });

  it('knows how many sockets it may open', () => {
    assert.ok(openFilesMax() > 100);
  });

  describe('on a small scale', function () {
    this.timeout(60_000);
    const database = useDatabase();
    const dataDir = temporaryDirectory();
    const children: Child[] = [];

    after(async () => {
      for (const child of children) child.kill();
      const findings = await auditBooks(database.pool());
      assert.deepEqual(
        findings.filter(({ broken }) => broken.length > 0),
        [],
      );
      removeDirectory(dataDir);
    });

    it("measures the server's own load, and what a few spectators and players hear", async () => {
      const server = new Child('capacity-server-cli.ts');
      children.push(server);
      const question: ToServer = { kind: 'start', databaseUrl: database.url(), dataDir };
      const { port } = await server.ask<{ port: number }>(question);
      const endpoint = `http://127.0.0.1:${port}`;
      const crowd = new Child('capacity-crowd-cli.ts', { CROWD_ENDPOINT: endpoint });
      children.push(crowd);
      const { players } = await server.ask<{ players: Credential[] }>({ kind: 'players', count: 1 });
      const stopProbe = await startProbe(endpoint, players[0] ?? assert.fail('no player'));
      const bounds = { server, crowds: [crowd], first: 3, most: 3, write: () => undefined };
      for (const what of ['spectators', 'players'] as const) {
        const { steps } = await ramp({ ...bounds, what, ...STEP[what], endsAt: Number.POSITIVE_INFINITY });
        const [first] = steps;
        assert.ok(first && first.people === 3 && first.failures === 0, JSON.stringify(first));
        assert.ok(first.use > 0 && first.use <= 1 && first.generatorUse > 0);
        assert.ok(first.delivery.total > 0 && first.delivery.percentile(0.99) < 10_000, line(what, first));
        assert.equal(first.answers.total > 0, what === 'players');
        assert.ok(steps.slice(0, -1).every(holds));
      }
      await stopProbe();
      await server.ask({ kind: 'stop' });
    });
  });
});
