import assert from 'node:assert/strict';
import type { Currency } from '../../src/money.ts';
import { AMOUNT_MAX, checkCommand } from '../../src/wallet/check-command.ts';
import type { Command } from '../../src/wallet/command.ts';
import { requestHash } from '../../src/wallet/command-facts.ts';
import { cancel, close, credit, lines, newKey, newUser, openBook, settle, stake } from './fixture.ts';

describe("a command's request hash", () => {
  const first = stake(newUser(), 1, 100);

  it('is of what was asked, not of who asked under which key, nor of what the server added', () => {
    const again = { ...first, origin: newUser(), key: newKey(), window: 2, lines: lines('1:100x190') };
    assert.equal(requestHash(again), requestHash(first));
  });

  it('differs with the request and with the kind of command', () => {
    assert.notEqual(requestHash({ ...first, request: `${first.request} ` }), requestHash(first));
    assert.notEqual(requestHash({ ...cancel(newUser(), 1, 1), request: first.request }), requestHash(first));
  });

  it('is the first eight bytes of SHA-256, so that anybody can make it again', () => {
    assert.equal(requestHash({ ...first, request: 'x' }), -4_345_108_807_434_085_959n);
  });
});

describe('a malformed command is a bug of the caller', () => {
  const user = newUser();
  const bet = stake(user, 1, 100);
  const malformed: readonly [string, Command][] = [
    ['a key in capitals', { ...bet, key: bet.key.toUpperCase() as typeof bet.key }],
    ['an origin that is no UUID', { ...bet, origin: 'me' as typeof bet.origin }],
    ['a stake without lines', { ...bet, lines: [] }],
    ['a line of nothing', stake(user, 1, 0)],
    ['a negative line', { ...bet, lines: lines('1:-5') }],
    ['more than any amount may be', { ...bet, lines: [{ ...lines('1:1')[0], amount: AMOUNT_MAX + 1n } as never] }],
    ['a selection that does not fit', { ...bet, lines: lines('32768:5') }],
    ['a selection between two', { ...bet, lines: lines('1.5:5') }],
    ['more lines than a command may have', { ...bet, lines: Array.from({ length: 1_001 }, () => lines('1:1')).flat() }],
    ['an adjustment by nothing', credit(user, 0)],
    ['an adjustment of nobody', credit('ME' as typeof user, 1)],
    ['an owner in capitals', credit(user.toUpperCase() as typeof user, 1)],
    ['a currency of two letters', { ...credit(user, 1), currency: 'IN' as Currency } as Command],
    ['a negative payout', settle(1, [close(1, -5, 'lost')])],
    ['a book without a reference', { ...openBook(1), ref: 'round-1' } as Command],
  ];
  for (const [name, command] of malformed) {
    it(name, () => assert.throws(() => checkCommand(command), TypeError));
  }

  it('what is well formed passes', () => {
    for (const command of [bet, credit(user, -5), cancel(user, 1, 1), openBook(1), settle(1, [])])
      checkCommand(command);
    checkCommand({ ...bet, lines: [], ruling: 'GAME_PAUSED' });
  });
});
