import assert from 'node:assert/strict';
import { Pacer } from '../../src/market/pacer.ts';
import { FakeClock } from './market-support.ts';

/** Something is due every ten milliseconds, five times. */
function paced(during: (pacer: Pacer, n: number) => void = () => undefined) {
  const clock = new FakeClock(0);
  const done: number[] = [];
  const pacer: Pacer = new Pacer(clock, {
    nextDueAt: () => (done.length < 5 ? done.length * 10 : undefined),
    doNext() {
      const n = done.length;
      done.push(n);
      during(pacer, n);
    },
  });
  return { clock, done, pacer };
}

describe('a pacer', () => {
  it('does each thing once, at its time, until nothing follows', () => {
    const { clock, done, pacer } = paced();
    assert.deepEqual([done, pacer.isRunning], [[], false]);
    pacer.start();
    clock.advance(19);
    assert.deepEqual([done, clock.waiting], [[0, 1], 1]);
    clock.jump(1_000);
    assert.deepEqual([done, clock.waiting], [[0, 1, 2, 3, 4], 0]);
  });

  it('acts after what is due, at once or at its end, and never waits twice', () => {
    const acts: string[] = [];
    const { clock, done, pacer } = paced((own, n) => {
      own.afterDue(() => {
        acts.push(`after ${n}, ${done.length} done`);
        if (n === 0) own.afterDue(() => acts.push('after that'));
      });
    });
    pacer.start();
    assert.deepEqual([acts, clock.waiting], [['after 0, 1 done', 'after that'], 1]);
    acts.length = 0;
    clock.jump(20);
    assert.deepEqual([acts, clock.waiting], [['after 1, 3 done', 'after 2, 3 done'], 1]);
    pacer.afterDue(() => acts.push('now'));
    assert.deepEqual([acts.at(-1), clock.waiting], ['now', 1]);
  });

  it('may be stopped and started again from within', () => {
    const { clock, done, pacer } = paced((own, n) => {
      if (n === 1) own.stop();
      if (n === 3) {
        own.stop();
        own.start();
      }
    });
    pacer.start();
    clock.jump(100);
    assert.deepEqual([done, clock.waiting, pacer.isRunning], [[0, 1], 0, false]);
    pacer.start();
    assert.deepEqual([done, clock.waiting, pacer.isRunning], [[0, 1, 2, 3, 4], 0, true]);
  });
});
