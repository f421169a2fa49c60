import { DECK } from './cards.ts';
import { holdsForJoker, type PayTable } from './pay-table.ts';
import { selectionOf } from './selection.ts';

/**
 * For each card that can be the joker the bets on it that it pays, as the ledger knows them: they are in several
 * markets, but hang on one card. Nothing where the table takes no bets on the joker.
 */
export function jokerOutcomes({ pays }: PayTable): readonly (readonly number[])[] {
  const onJoker = pays.filter(({ betType }) => betType.startsWith('joker-'));
  if (onJoker.length === 0) return [];
  return DECK.map((card) => {
    const paid = onJoker.filter(({ when }) => holdsForJoker(when, card)).map(({ betType }) => betType);
    return [...new Set(paid)].flatMap((betType) => selectionOf(betType) ?? []).sort((one, other) => one - other);
  });
}
