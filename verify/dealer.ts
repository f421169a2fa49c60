import { createHash, createHmac } from 'node:crypto';

/**
 * A second dealer, written from the specification (src/fairness/README.md) alone: it shares no code with the server's,
 * so an error or a trick in one of them shows as a difference.
 */

/** The 52 cards in the order that a draw starts from. */
export const DECK: readonly string[] = [...'♠♥♦♣'].flatMap((suit) =>
  'A 2 3 4 5 6 7 8 9 10 J Q K'.split(' ').map((rank) => rank + suit),
);

/** The rules that a player knows before betting; never taken from the record, which might tell another story. */
interface Rules {
  /** Who gets card 1 under this joker. */
  readonly first: (joker: string) => 'andar' | 'bahar';
  /** How many cards follow each window, a match ending the deal earlier; null: the joker is turned, no card. */
  readonly windows: readonly (number | null)[];
}

const alwaysBahar = () => 'bahar' as const;
const byColour = (joker: string) => (/[♠♣]$/.test(joker) ? 'andar' : 'bahar');

const TABLES: ReadonlyMap<string, Rules> = new Map([
  ['three-window', { first: alwaysBahar, windows: [2, 2, 49] }],
  ['side-bets', { first: alwaysBahar, windows: [2, 2, 49] }],
  ['joker-colour', { first: byColour, windows: [49] }],
  ['joker-bets', { first: byColour, windows: [null, 49] }],
]);

const EMPTY_ROOT = sha256(Buffer.alloc(0)).toString('hex');

/** The cards of a round in the order they fall. */
export interface Dealt {
  /** Who gets card 1. */
  readonly firstSide: string;
  /** The step that follows each window. */
  readonly steps: readonly number[];
  readonly joker: string;
  readonly cards: readonly { readonly card: string; readonly side: string }[];
}

/** SHA-256 over the bytes that this hexadecimal text stands for. */
export function commitmentTo(seedHex: string): string {
  return sha256(Buffer.from(seedHex, 'hex')).toString('hex');
}

/** SHA-256 over the characters of an idempotency key. */
export function hashOfKey(key: string): string {
  return sha256(Buffer.from(key.toLowerCase(), 'ascii')).toString('hex');
}

/** The Merkle tree hash of RFC 6962, section 2.1, over the hashes in ascending order. */
export function rootOver(keyHashes: readonly string[]): string {
  const leaves = keyHashes.map((hash) => Buffer.from(hash, 'hex')).sort(Buffer.compare);
  return treeHash(leaves).toString('hex');
}

/** Deals the round. `roots[0]` is the root over window 1. Throws on a pay table that this verifier does not know. */
export function dealRound(seedHex: string, roundId: string, payTable: string, roots: readonly string[]): Dealt {
  const table = TABLES.get(payTable);
  if (!table) throw new Error(`this verifier does not know the pay table ${payTable}`);
  const rootOf = (window: number): string => {
    const root = roots[window - 1];
    if (root === undefined) throw new Error(`the record has no window ${window}, but the deal goes on`);
    return root;
  };
  const pack = [...DECK];
  const jokerHasBets = table.windows[0] === null;
  const joker = takeFrom(pack, wordsOf(seedHex, roundId, 0, jokerHasBets ? rootOf(1) : EMPTY_ROOT));
  const first = table.first(joker);
  const sides = first === 'andar' ? ['andar', 'bahar'] : ['bahar', 'andar'];
  const steps = table.windows.map((_, index) => (jokerHasBets ? index : index + 1));
  const cards: { card: string; side: string }[] = [];
  const dealt = { firstSide: first, steps, joker, cards };
  for (const [index, howMany] of table.windows.entries()) {
    if (howMany === null) continue;
    const words = wordsOf(seedHex, roundId, steps[index] ?? 0, rootOf(index + 1));
    for (let left = howMany; left > 0; left -= 1) {
      const card = takeFrom(pack, words);
      cards.push({ card, side: sides[cards.length % 2] ?? '' });
      if (card.slice(0, -1) === joker.slice(0, -1)) return dealt;
    }
  }
  throw new Error('51 cards without a match: the deck is broken');
}

/** The winning number of a lottery phase that is drawn: one of a thousand, three digits. */
export function drawNumber(seedHex: string, phaseId: string, root: string): string {
  const numbers = Array.from({ length: 1_000 }, (_, number) => String(number).padStart(3, '0'));
  return takeFrom(numbers, wordsOf(seedHex, phaseId, 0, root));
}

function treeHash(leaves: readonly Buffer[]): Buffer {
  const [only] = leaves;
  if (!only) return sha256(Buffer.alloc(0));
  if (leaves.length === 1) return sha256(Buffer.from([0]), only);
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return sha256(Buffer.from([1]), treeHash(leaves.slice(0, split)), treeHash(leaves.slice(split)));
}

function* wordsOf(seedHex: string, roundId: string, step: number, rootHex: string): Generator<bigint, never> {
  for (let counter = 0; ; counter += 1) {
    const tail = step.toString(16).padStart(2, '0') + rootHex + counter.toString(16).padStart(8, '0');
    const mac = createHmac('sha256', Buffer.from(seedHex, 'hex'));
    const block = mac.update(roundId, 'ascii').update(tail, 'hex').digest('hex');
    for (const word of block.match(/.{8}/g) ?? []) yield BigInt(`0x${word}`);
  }
}

function takeFrom(pack: string[], words: Generator<bigint, never>): string {
  const count = BigInt(pack.length);
  const share = (1n << 32n) / count;
  let word = words.next().value;
  while (word >= share * count) word = words.next().value;
  const [card] = pack.splice(Number(word / share), 1);
  if (card === undefined) throw new Error('nothing left to draw from');
  return card;
}

function sha256(...parts: readonly Buffer[]): Buffer {
  return createHash('sha256').update(Buffer.concat(parts)).digest();
}
