import type { UserId } from '../ids.ts';
import { type Currency, formatMoney, type Minor } from '../money.ts';
import type { Link, LinkKind } from './links.ts';

/** How often two accounts stood against each other in a game, and with how much. */
export interface Opposition {
  /** For programs, stable: `opposite-bets` of rounds. */
  readonly kind: string;
  /** Of which there were so many: `round`, `rounds`. */
  readonly occasions: readonly [one: string, many: string];
  readonly one: UserId;
  readonly other: UserId;
  readonly oneName: string | null;
  readonly otherName: string | null;
  readonly currency: Currency;
  readonly times: number;
  readonly oneStake: Minor;
  readonly otherStake: Minor;
  /** The smaller of both stakes each time, none counted twice: what one of them won while the other lost it. */
  readonly covered: Minor;
  /** The last time: the round, and where it was. */
  readonly lastRef: string;
  readonly lastPlace: string;
}

export interface OppositeBets extends Opposition {
  readonly links: readonly LinkKind[];
  readonly words: string;
}

const LINKED: Readonly<Record<LinkKind, string>> = {
  'shared-address': 'an address that both came from',
  referral: 'one having brought the other',
  'payment-reference': 'the same payment reference',
};

/** What linked accounts did against each other, in words, what was covered most first. */
export function oppositeBets(
  links: readonly Link[],
  oppositions: readonly Opposition[],
  limit: number,
): readonly OppositeBets[] {
  const linkedBy = new Map(links.map(({ one, other, by }) => [`${one} ${other}`, by]));
  return oppositions
    .map((opposition) => {
      const by = linkedBy.get(`${opposition.one} ${opposition.other}`) ?? [];
      return { ...opposition, links: by, words: wordsOf(opposition, by) };
    })
    .sort((first, second) => Number(second.covered - first.covered))
    .slice(0, limit);
}

function wordsOf(opposition: Opposition, links: readonly LinkKind[]): string {
  const { times, currency, oneStake, otherStake, covered, occasions } = opposition;
  const [one, other, both] = [oneStake, otherStake, covered].map((amount) => formatMoney(amount, currency));
  const linked = links.map((kind) => LINKED[kind]).join(' and ');
  const often = `${times} ${occasions[times === 1 ? 0 : 1]}`;
  return `Linked by ${linked}; on opposite sides in ${often}, with ${one} and ${other}, of which ${both} met.`;
}
