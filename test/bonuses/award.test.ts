import assert from 'node:assert/strict';
import { type Award, expiresAt, isStale, nextStep, type Step } from '../../src/bonuses/award.ts';
import type { GrantId } from '../../src/wallet/bonus.ts';
import { award, DAY_MS, NOW } from './examples.ts';

const asked = { askedAt: new Date(NOW) };
const granted = { ...asked, status: 'GRANTED', grant: 7 as GrantId } as const;

describe('an award', () => {
  const cases: readonly [string, Partial<Award>, Step | null][] = [
    ['is asked for when there is room', {}, 'ask'],
    ['is dropped where nobody wants it any more and the wallet does not know of it', { ending: 'DECLINED' }, 'drop'],
    ['is given once it was asked for', asked, 'grant'],
    ['is given first, and ended then, where the wallet may know of it', { ...asked, ending: 'CANCELLED' }, 'grant'],
    ['is left alone once it was given', granted, null],
    ['ends where somebody wants it over', { ...granted, ending: 'DECLINED' }, 'end'],
    ['ends once', { ...granted, ending: 'CANCELLED', ended: true }, null],
    ['is left alone where the wallet has refused it', { ...asked, status: 'REFUSED', refusal: 'SELF_EXCLUDED' }, null],
    ['is left alone where it was dropped', { status: 'CANCELLED', ending: 'DECLINED' }, null],
  ];
  for (const [what, more, step] of cases) {
    it(`S2-35 ${what}`, () => assert.equal(nextStep(award(more)), step));
  }

  it('S2-08 is good for its days from when it was asked for, whenever that is done', () => {
    assert.equal(expiresAt(award({ ...granted, validDays: 7, createdAt: new Date(0) })), NOW + 7 * DAY_MS);
    assert.throws(() => expiresAt(award()), /does not run yet/);
  });

  it('waits for room no longer than it would have been good for', () => {
    const waiting = award({ validDays: 7 });
    assert.deepEqual([isStale(waiting, NOW + 7 * DAY_MS - 1), isStale(waiting, NOW + 7 * DAY_MS)], [false, true]);
  });
});
