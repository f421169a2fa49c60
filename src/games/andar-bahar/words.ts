import type { Ratio } from '../../money.ts';
import type { Side } from './deal.ts';
import type { Condition, Pay } from './pay-table.ts';

const NAMES: Readonly<Record<Side, string>> = { andar: 'Andar', bahar: 'Bahar' };

/** A row of a pay table for a player: `Bahar wins with card 1 or 2: the stake back`. */
export function inWords({ when, pays }: Pay): string {
  return `${conditionInWords(when)}: ${returnInWords(pays)}`;
}

function conditionInWords({ winner, firstSide, decidingCard, jokerColour, jokerSuit, jokerRanks }: Condition): string {
  const cards = decidingCard && `with card ${range(...decidingCard)}`;
  const first = firstSide && firstSide === winner ? ' having got the first card' : '';
  const parts = [
    winner && `${NAMES[winner]} wins${first}${cards ? ` ${cards}` : ''}`,
    !winner && cards && `the deal ends ${cards}`,
    firstSide && firstSide !== winner && `${NAMES[firstSide]} got the first card`,
    jokerColour && `the joker is ${jokerColour}`,
    jokerSuit && `the joker is a ${jokerSuit}`,
    jokerRanks && `the joker is ${oneOf(jokerRanks)}`,
  ].filter((part) => typeof part === 'string');
  return parts.length === 0 ? 'always' : parts.join(', ');
}

/** Gross, as everywhere: `2 × the stake` is the stake and as much again. */
function returnInWords({ numerator, denominator }: Ratio): string {
  if (numerator === denominator) return 'the stake back';
  const hundredths = (numerator * 100n) / denominator;
  if (hundredths * denominator !== numerator * 100n) return `${numerator}/${denominator} × the stake`;
  const fraction = (hundredths % 100n).toString().padStart(2, '0').replace(/0+$/, '');
  return `${hundredths / 100n}${fraction && `.${fraction}`} × the stake`;
}

function range(from: number, to: number): string {
  if (from === to) return String(from);
  return to === from + 1 ? `${from} or ${to}` : `${from} to ${to}`;
}

function oneOf(names: readonly string[]): string {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}
