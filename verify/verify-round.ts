import { commitmentTo, DECK, type Dealt, dealRound, drawNumber, hashOfKey, rootOver } from './dealer.ts';
import type { PhaseRecord, RoundRecord } from './record.ts';

/** One thing that was recomputed. */
export interface Check {
  readonly ok: boolean;
  /** What was checked and what came of it, for a person. */
  readonly line: string;
}

/** What the player wrote down before the result, if anything. */
export interface Noted {
  readonly commitment?: string | undefined;
  /** Idempotency keys of one's own bets or slips. */
  readonly keys: readonly string[];
}

/** Recomputes everything in the record from its seed and key hashes: the round was fair when every check is ok. */
export function verifyRound(record: RoundRecord, noted: Noted = { keys: [] }): readonly Check[] {
  return [
    ...commitmentChecks(record, noted),
    ...keyChecks(record, noted),
    ...rootChecks(record),
    ...cardChecks(record),
  ];
}

/** The same for the number of a lottery phase. */
export function verifyPhase(record: PhaseRecord, noted: Noted = { keys: [] }): readonly Check[] {
  const { serverSeed, phaseId, keyHashes, root, winningNumber } = record;
  const computed = rootOver(keyHashes);
  const keyChecks = noted.keys.map((key): Check => {
    const ok = keyHashes.includes(hashOfKey(key));
    return { ok, line: `your key ${key} is ${ok ? '' : 'not '}among the slips` };
  });
  return [
    ...commitmentChecks(record, noted),
    ...keyChecks,
    same(`root, with ${keyHashes.length} slips`, computed, root),
    same('number', drawNumber(serverSeed, phaseId, computed), winningNumber),
  ];
}

function commitmentChecks(
  { serverSeed, commitment }: Pick<RoundRecord, 'serverSeed' | 'commitment'>,
  noted: Noted,
): Check[] {
  const checks = [same('commitment, SHA-256 of the seed', commitmentTo(serverSeed), commitment)];
  if (noted.commitment === undefined) return checks;
  return [...checks, same('commitment that you noted before it', noted.commitment.toLowerCase(), commitment)];
}

function keyChecks({ windows }: RoundRecord, noted: Noted): Check[] {
  return noted.keys.map((key) => {
    const at = windows.findIndex(({ keyHashes }) => keyHashes.includes(hashOfKey(key)));
    return at === -1
      ? { ok: false, line: `your key ${key} is not among the bets` }
      : { ok: true, line: `your key ${key} is among the bets of window ${at + 1}` };
  });
}

function rootChecks({ windows }: RoundRecord): Check[] {
  return rootsFrom(windows).map((root, index) => {
    const window = windows[index];
    return same(`root ${index + 1}, with ${window?.keyHashes.length} bets of window ${index + 1}`, root, window?.root);
  });
}

function cardChecks(record: RoundRecord): Check[] {
  const dealt = dealRound(record.serverSeed, record.roundId, record.payTable, rootsFrom(record.windows));
  const numbers = dealt.steps.map((step, index) => `${index + 1} before step ${step}`).join(', ');
  return [
    same('deck', DECK.join(' '), record.deck.join(' ')),
    same('windows', numbers, record.windows.map(({ window, step }) => `${window} before step ${step}`).join(', ')),
    same('side of card 1', dealt.firstSide, record.firstSide),
    same('joker', dealt.joker, record.jokerCard),
    ...sideChecks(dealt, record),
    same('number of the deciding card', String(dealt.cards.length), String(record.decidingCard)),
    winnerCheck(dealt, record),
  ];
}

function sideChecks(dealt: Dealt, record: RoundRecord): Check[] {
  const claimed = new Map([
    ['andar', [...record.andarCards]],
    ['bahar', [...record.baharCards]],
  ]);
  const checks = dealt.cards.map(({ card, side }, index) =>
    same(`card ${index + 1}, ${side}`, card, claimed.get(side)?.shift()),
  );
  const left = [...claimed.values()].flat();
  return left.length === 0
    ? checks
    : [...checks, { ok: false, line: `cards that were never dealt: ${left.join(' ')}` }];
}

function winnerCheck(dealt: Dealt, record: RoundRecord): Check {
  return same(`winner, by card ${dealt.cards.length}`, dealt.cards.at(-1)?.side, record.winningSide);
}

function rootsFrom(windows: RoundRecord['windows']): string[] {
  return windows.map((_, index) => rootOver(windows.slice(0, index + 1).flatMap(({ keyHashes }) => keyHashes)));
}

/** Compares what was computed with what the record claims. */
export function same(what: string, computed: string | undefined, claimed: string | undefined): Check {
  if (computed === claimed) return { ok: true, line: `${what}: ${computed}` };
  return { ok: false, line: `${what}: computed ${computed}, the record says ${claimed ?? 'nothing'}` };
}
