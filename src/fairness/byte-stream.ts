import { createHmac } from 'node:crypto';
import { isUuid, type PhaseId, type RoundId } from '../ids.ts';
import type { ServerSeed } from './seed.ts';

/** Randomness that anybody who has the seed can repeat. */
export interface ByteStream {
  /** The next four bytes, as a big-endian number from 0 to 2^32 − 1. */
  nextUint32(): number;
}

const STEP_AT = 36;
const ROOT_AT = STEP_AT + 1;
const COUNTER_AT = ROOT_AT + 32;

/**
 * The stream of one step: HMAC-SHA256(seed, roundId ‖ step ‖ root ‖ counter) for counter 0, 1, 2, … (DESIGN 6; every
 * byte is laid down in README.md). A phase of the lottery is a round of one step, 0. Throws on a round id, step or root
 * that has no such bytes.
 */
export function byteStream(seed: ServerSeed, roundId: RoundId | PhaseId, step: number, root: string): ByteStream {
  if (!isUuid(roundId)) throw new Error(`not a round id: ${roundId}`);
  if (!/^[0-9a-f]{64}$/.test(root)) throw new Error(`not a Merkle root: ${root}`);
  const purpose = Buffer.alloc(COUNTER_AT);
  purpose.write(roundId, 0, 'ascii');
  purpose.writeUInt8(step, STEP_AT);
  purpose.write(root, ROOT_AT, 'hex');
  return streamFor(seed, purpose);
}

/** HMAC-SHA256(seed, purpose ‖ counter) for counter 0, 1, 2, … as four bytes, big-endian. Takes a copy of `purpose`. */
export function streamFor(seed: ServerSeed, purpose: Uint8Array): ByteStream {
  const message = Buffer.alloc(purpose.length + 4);
  message.set(purpose);
  let counter = 0;
  let block = Buffer.alloc(0);
  let used = 0;
  return {
    nextUint32() {
      if (used === block.length) {
        message.writeUInt32BE(counter, purpose.length);
        counter += 1;
        block = createHmac('sha256', seed).update(message).digest();
        used = 0;
      }
      const word = block.readUInt32BE(used);
      used += 4;
      return word;
    },
  };
}
