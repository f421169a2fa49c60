import { type LotteryNumber, NUMBERS } from '../games/lottery/number.ts';
import type { PhaseId } from '../ids.ts';
import { byteStream } from './byte-stream.ts';
import { drawIndex } from './draw.ts';
import type { ServerSeed } from './seed.ts';

/**
 * The winning number of a phase that is drawn: one of the thousand, from the seed that was committed to before its
 * first slip and the root over the keys of all slips it has taken. README.md has every byte.
 */
export function drawNumber(seed: ServerSeed, phaseId: PhaseId, root: string): LotteryNumber {
  const number = NUMBERS[drawIndex(byteStream(seed, phaseId, 0, root), NUMBERS.length)];
  if (number === undefined) throw new Error('the draw left the numbers');
  return number;
}
