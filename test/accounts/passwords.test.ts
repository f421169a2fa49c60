import assert from 'node:assert/strict';
import { createPasswords, STANDARD_COST } from '../../src/accounts/passwords.ts';
import { isRefusal } from '../../src/refusal.ts';
import { accepted, assertRefused, CHEAP } from './support.ts';

describe('passwords', () => {
  it('a stored hash names argon2id and its parameters, and holds nothing of the password', async () => {
    const stored = accepted(await createPasswords().hash('correct horse'));
    assert.match(stored, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  });

  it('two hashes of one password differ', async () => {
    const passwords = createPasswords(CHEAP);
    assert.notEqual(await passwords.hash('correct horse'), await passwords.hash('correct horse'));
  });

  it('the right password matches and any other does not', async () => {
    const passwords = createPasswords(CHEAP);
    const stored = accepted(await passwords.hash('correct horse'));
    assert.equal(await passwords.matches('correct horse', stored), true);
    for (const wrong of ['Correct horse', 'correct horse ', '', 'correct hors']) {
      assert.equal(await passwords.matches(wrong, stored), false, wrong);
    }
  });

  it('one letter composed in two ways is one letter', async () => {
    const passwords = createPasswords(CHEAP);
    const stored = accepted(await passwords.hash('caf\u00e9 au lait'));
    assert.equal(await passwords.matches('cafe\u0301 au lait', stored), true);
  });

  it('nobody has no password, not even the one that was hashed for them', async () => {
    const passwords = createPasswords(CHEAP);
    assert.equal(await passwords.matches('', undefined), false);
    assert.equal(await passwords.matches('correct horse', undefined), false);
  });

  it('an unknown name costs the same work as a known one', async () => {
    const passwords = createPasswords({ cost: STANDARD_COST });
    const stored = accepted(await passwords.hash('correct horse'));
    const [known, unknown] = await timed(
      () => passwords.matches('wrong horse', stored),
      () => passwords.matches('wrong horse', undefined),
    );
    assert.ok(unknown > known / 4, `unknown ${unknown} ms, known ${known} ms`);
  });

  it('a hash made with other parameters still matches, and is known to be outdated', async () => {
    const older = accepted(await createPasswords(CHEAP).hash('correct horse'));
    const passwords = createPasswords({ cost: { memoryKib: 16, passes: 2, parallelism: 1 } });
    assert.equal(await passwords.matches('correct horse', older), true);
    assert.equal(passwords.isOutdated(older), true);
    assert.equal(passwords.isOutdated(accepted(await passwords.hash('correct horse'))), false);
  });

  it('more callers than may wait are refused BUSY at once, the others are served', async () => {
    const passwords = createPasswords({ ...CHEAP, running: 1, waiting: 2 });
    const answers = await Promise.all(Array.from({ length: 5 }, () => passwords.hash('correct horse')));
    assert.equal(answers.filter((answer) => !isRefusal(answer)).length, 3);
    assertRefused(answers[4], 'BUSY');
    accepted(await passwords.hash('correct horse'));
  });
});

/** How long each takes where nothing else is in its way: in turns, as a machine may be busy for a while. */
async function timed(one: () => Promise<unknown>, other: () => Promise<unknown>): Promise<readonly [number, number]> {
  let least: readonly [number, number] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let round = 0; round < 10; round++) {
    least = [Math.min(least[0], await durationOf(one)), Math.min(least[1], await durationOf(other))];
  }
  return least;
}

async function durationOf(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
