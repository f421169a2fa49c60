import assert from 'node:assert/strict';
import { minor } from '../../src/money.ts';
import type { Command } from '../../src/wallet/command.ts';
import { weightOf } from '../../src/wallet/command-facts.ts';
import { type Entry, Mailbox } from '../../src/wallet/mailbox.ts';
import { cancel, close, credit, newUser, openBook, settle, stake, voidBook, window } from './fixture.ts';

function entry(command: Command): Entry {
  const nobody = () => undefined;
  return {
    ...{ command, weight: weightOf(command), lookUpForced: false, lookedUpBy: null, answer: null },
    ...{ resolve: nobody, reject: nobody },
  };
}

function slip(lines: number, origin = newUser()) {
  const line = { selection: 1, amount: minor(1), liability: minor(2) };
  return stake(origin, 1, 1, { lines: Array.from({ length: lines }, () => line) });
}

describe('the mailbox', () => {
  it('turns new stakes away when it is full, counted in lines', () => {
    const mailbox = new Mailbox(10, 10);
    mailbox.push(entry(slip(7)));
    assert.equal(mailbox.admits(slip(3)), true);
    assert.equal(mailbox.admits(slip(4)), false);
    mailbox.push(entry(slip(3)));
    assert.equal(mailbox.admits(slip(1)), false);
    assert.equal(mailbox.admits(credit(newUser(), 1)), false);
    mailbox.shift();
    assert.equal(mailbox.admits(slip(7)), true);
  });

  it('lets in what ends a book or frees money even then', () => {
    const mailbox = new Mailbox(1, 1);
    mailbox.push(entry(slip(1)));
    const always = [window('closeWindow', 1, 1), window('openWindow', 1, 2), settle(1, [close(1, 0)])];
    always.push(voidBook(1, [1]), cancel(newUser(), 1, 1), openBook(1));
    assert.deepEqual(
      always.map((command) => mailbox.admits(command)),
      always.map(() => true),
    );
  });

  it('gives one origin only its share', () => {
    const mailbox = new Mailbox(10, 3);
    const greedy = newUser();
    mailbox.push(entry(slip(3, greedy)));
    assert.equal(mailbox.admits(slip(1, greedy)), false);
    assert.equal(mailbox.admits(slip(1)), true);
    mailbox.shift();
    assert.equal(mailbox.admits(slip(1, greedy)), true);
  });

  it('counts what the system does for a player as that player, not as one origin for all', () => {
    const mailbox = new Mailbox(10, 1);
    const player = newUser();
    mailbox.push(entry(credit(player, 1)));
    assert.equal(mailbox.admits(credit(player, 1)), false);
    assert.equal(mailbox.admits(credit(newUser(), 1)), true);
    mailbox.push(entry(settle(1, [close(1, 0), close(2, 0)])));
    assert.equal(mailbox.admits(credit(newUser(), 1)), true);
  });

  it('keeps the order, across what is put back', () => {
    const mailbox = new Mailbox(100, 100);
    const [a, b, c, d] = [slip(1), slip(2), slip(3), slip(4)].map(entry) as [Entry, Entry, Entry, Entry];
    for (const one of [a, b, c]) mailbox.push(one);
    assert.deepEqual([mailbox.shift(), mailbox.shift()], [a, b]);
    mailbox.push(d);
    mailbox.unshift([a, b]);
    assert.equal(mailbox.length, 4);
    assert.deepEqual(mailbox.upcoming(3), [a, b]);
    assert.deepEqual(mailbox.upcoming(4), [a, b, c]);
    assert.deepEqual(mailbox.upcoming(0), [a]);
    assert.deepEqual(
      [1, 2, 3, 4, 5].map(() => mailbox.shift()),
      [a, b, c, d, undefined],
    );
    assert.equal(mailbox.admits(slip(100)), true, 'what has left does not count');
  });

  it('forgets what has left, however many pass', () => {
    const mailbox = new Mailbox(100_000, 100_000);
    for (let i = 0; i < 25_000; i++) mailbox.push(entry(slip(1)));
    for (let i = 0; i < 24_999; i++) mailbox.shift();
    assert.equal(mailbox.length, 1);
    assert.ok(mailbox.peek() !== undefined);
  });
});
