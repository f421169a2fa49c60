import assert from 'node:assert/strict';
import { Decoder, Encoder } from '@colyseus/schema';
import { LotteryPhaseState, PreviewSlip, SubmitSlip } from '../../schema/lottery.ts';
import { minor } from '../../src/money.ts';

const KEY = '018f0000-0000-7000-8000-00000000000a';

describe('the state of a phase of the lottery', () => {
  it('S3-02 has the fields of the wire contract', () => {
    const contract = 'phaseId name status globalLimit straightMultiplier endDate rtp commitment winningNumber';
    const state = new LotteryPhaseState();
    for (const field of contract.split(' ')) assert.notEqual(Reflect.get(state, field), undefined, field);
  });

  it('X-01 carries money exactly, time to the millisecond, and leading zeros', () => {
    const state = new LotteryPhaseState();
    state.globalLimit = minor(9_007_199_254_740_993n);
    state.endDate = 1_763_730_000_123;
    state.winningNumber = '007';
    const copy = new LotteryPhaseState();
    new Decoder(copy).decode(new Encoder(state).encodeAll());
    const { globalLimit, endDate, winningNumber } = copy;
    assert.deepEqual([globalLimit, endDate, winningNumber], [9_007_199_254_740_993n, 1_763_730_000_123, '007']);
  });
});

describe('the messages of a phase of the lottery', () => {
  it('are what they are, and nothing else', () => {
    const good = [PreviewSlip.safeParse({ text: '' }), SubmitSlip.safeParse({ key: KEY, text: '123-5', digest: 'ab' })];
    assert.ok(good.every(({ success }) => success));
    const bad = [
      ...[undefined, {}, { text: 5 }, { text: '', more: 1 }].map((message) => PreviewSlip.safeParse(message)),
      ...[{ text: '123-5' }, { key: KEY.toUpperCase(), text: '123-5' }].map((message) => SubmitSlip.safeParse(message)),
      SubmitSlip.safeParse({ key: KEY, text: 'x'.repeat(100_001) }),
    ];
    assert.ok(bad.every(({ success }) => !success));
  });
});
