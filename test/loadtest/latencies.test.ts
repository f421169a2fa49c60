import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Latencies } from '../../loadtest/latencies.ts';
import { useIn } from '../../loadtest/server-load.ts';

describe('the percentiles of the load test', () => {
  const durations = fc.array(fc.double({ min: 0.01, max: 60_000, noNaN: true }), { minLength: 1, maxLength: 300 });

  it('are right to within one percent', () => {
    fc.assert(
      fc.property(durations, fc.double({ min: 0, max: 1, noNaN: true }), (all, part) => {
        const latencies = new Latencies();
        for (const ms of all) latencies.record(ms);
        const sorted = [...all].sort((a, b) => a - b);
        const exact = sorted[Math.max(0, Math.ceil(all.length * part) - 1)] ?? 0;
        const told = latencies.percentile(part);
        assert.ok(told >= exact * 0.9999 && told <= exact * 1.0101, `${told} for ${exact}`);
      }),
    );
  });

  it('of several processes are those of all durations together', () => {
    fc.assert(
      fc.property(durations, durations, (here, there) => {
        const [one, two, both] = [new Latencies(), new Latencies(), new Latencies()];
        for (const ms of here) one.record(ms);
        for (const ms of there) two.record(ms);
        for (const ms of [...here, ...there]) both.record(ms);
        const sum = Latencies.of(one.counts());
        sum.add(JSON.parse(JSON.stringify(two.counts())));
        for (const part of [0.5, 0.9, 0.99]) assert.equal(sum.percentile(part), both.percentile(part));
        assert.equal(sum.total, here.length + there.length);
      }),
    );
  });

  it('of nothing are no number', () => {
    assert.equal(new Latencies().percentile(0.5), Number.NaN);
  });

  it("read the server's own load from its metrics", () => {
    const metrics = '# HELP x y\nnodejs_eventloop_lag_seconds 0.1\ncroupier_event_loop_utilization 0.25\n';
    assert.equal(useIn(metrics), 0.25);
    assert.equal(useIn('nodejs_eventloop_lag_seconds 0.1\n'), undefined);
  });
});
