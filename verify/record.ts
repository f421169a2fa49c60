/** What the verifier needs of `GET /rounds/:id/verification`; the server may say more. Described in README.md. */
export interface RoundRecord {
  readonly roundId: string;
  readonly commitment: string;
  readonly serverSeed: string;
  readonly payTable: string;
  readonly firstSide: string;
  readonly deck: readonly string[];
  readonly windows: readonly {
    readonly window: number;
    readonly step: number;
    readonly keyHashes: readonly string[];
    readonly root: string;
  }[];
  readonly jokerCard: string;
  readonly andarCards: readonly string[];
  readonly baharCards: readonly string[];
  readonly winningSide: string;
  readonly decidingCard: number;
}

export const HASH = /^[0-9a-f]{64}$/;

/** Reads an answer of the server. Throws an Error, fit for a person, when there is nothing to verify in it. */
export function readRecord(answer: unknown): RoundRecord {
  const from = fieldsOf(answer, 'the answer');
  if (from.algorithmVersion !== 1) throw new Error(`algorithm version ${from.algorithmVersion} is not known here`);
  if (from.serverSeed === null) {
    throw new Error(
      `round ${text(from, 'roundId')} is not revealed yet; its commitment is ${text(from, 'commitment')}`,
    );
  }
  return {
    roundId: text(from, 'roundId', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
    commitment: text(from, 'commitment', HASH),
    serverSeed: text(from, 'serverSeed', HASH),
    payTable: text(from, 'payTable'),
    firstSide: text(from, 'firstSide'),
    deck: texts(from, 'deck'),
    windows: list(from, 'windows').map((item) => {
      const window = fieldsOf(item, 'a window');
      const keyHashes = texts(window, 'keyHashes', HASH);
      const root = text(window, 'root', HASH);
      return { window: count(window, 'window'), step: count(window, 'step'), keyHashes, root };
    }),
    jokerCard: text(from, 'jokerCard'),
    andarCards: texts(from, 'andarCards'),
    baharCards: texts(from, 'baharCards'),
    winningSide: text(from, 'winningSide'),
    decidingCard: count(from, 'decidingCard'),
  };
}

/** The same of `GET /lottery/phases/:id/verification`. */
export interface PhaseRecord {
  readonly phaseId: string;
  readonly commitment: string;
  readonly serverSeed: string;
  readonly keyHashes: readonly string[];
  readonly root: string;
  readonly winningNumber: string;
}

/** Reads it; throws as above. */
export function readPhaseRecord(answer: unknown): PhaseRecord {
  const from = fieldsOf(answer, 'the answer');
  if (from.algorithmVersion !== 1) throw new Error(`algorithm version ${from.algorithmVersion} is not known here`);
  if (from.serverSeed === null) {
    throw new Error(`phase ${text(from, 'phaseId')} is not drawn yet; its commitment is ${text(from, 'commitment')}`);
  }
  return {
    phaseId: text(from, 'phaseId', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
    commitment: text(from, 'commitment', HASH),
    serverSeed: text(from, 'serverSeed', HASH),
    keyHashes: texts(from, 'keyHashes', HASH),
    root: text(from, 'root', HASH),
    winningNumber: text(from, 'winningNumber', /^[0-9]{3}$/),
  };
}

/** Parts of an answer. Each throws an Error, fit for a person, where the part is not what it should be. */
export function fieldsOf(value: unknown, name: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) throw new Error(`${name} is not an object`);
  return { ...value };
}

export function list(from: Record<string, unknown>, name: string): readonly unknown[] {
  const value = from[name];
  if (!Array.isArray(value)) throw new Error(`${name} is missing or not a list`);
  return value;
}

function texts(from: Record<string, unknown>, name: string, pattern = /./): readonly string[] {
  return list(from, name).map((item) => text({ [name]: item }, name, pattern));
}

export function text(from: Record<string, unknown>, name: string, pattern = /./): string {
  const value = from[name];
  if (typeof value !== 'string' || !pattern.test(value)) throw new Error(`${name} is missing or malformed`);
  return value;
}

export function count(from: Record<string, unknown>, name: string): number {
  const value = from[name];
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw new Error(`${name} is missing or not a number`);
  return value;
}
