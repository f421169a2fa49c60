import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSlip } from '../../../../src/games/lottery/slip/parse-slip.ts';
import { total } from '../slip-text.ts';

const README = readFileSync(join(import.meta.dirname, '../../../../src/games/lottery/README.md'), 'utf8');

describe('the grammar as collectors read it', () => {
  const examples = rows('## Examples');
  const refusals = rows('## What is refused, and why');

  it('has examples', () => {
    assert.ok(examples.length > 20 && refusals.length > 15, `${examples.length} and ${refusals.length}`);
  });

  for (const [texts = '', meaning = '', sum = ''] of examples) {
    it(`S3-17 says what is staked: ${meaning}`, () => {
      for (const text of codes(texts)) assert.equal(total(text), sum, text);
    });
  }

  for (const [texts = '', why = ''] of refusals) {
    it(`S3-16 says what is refused: ${why}`, () => {
      for (const text of codes(texts)) assert.notEqual(parseSlip(text).errors.length, 0, text);
    });
  }
});

/** The cells of the table under a heading, its own head left out. */
function rows(heading: string): readonly (readonly string[])[] {
  const [, section = ''] = README.split(`${heading}\n`);
  const table = (section.split('\n## ')[0] ?? '').split('\n').filter((line) => line.startsWith('|'));
  return table.slice(2).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

function codes(cell: string): readonly string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
}
