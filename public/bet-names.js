/** What bets are called. On the wire they are `andar`, `cards-16-25`, `joker-red`, `joker-7`, `joker-low` and so on. */

const SIDES = { andar: 'Andar', bahar: 'Bahar' };
const BANDS = { low: 'A to 6', seven: 'seven', high: '8 to K' };

/** The groups that bets are shown in, in the order of the page. The section is what folds together. */
const GROUPS = [
  { id: 'sides', section: 'sides', title: 'Andar or Bahar', form: /^(andar|bahar)$/ },
  { id: 'cards', section: 'cards', title: 'Cards dealt', form: /^cards-\d/ },
  { id: 'colour', section: 'joker', title: 'Its colour', form: /^joker-(red|black)$/ },
  { id: 'suit', section: 'joker', title: 'Its suit', form: /^joker-(spades|hearts|diamonds|clubs)$/ },
  { id: 'band', section: 'joker', title: 'Below, at or above seven', form: /^joker-(low|seven|high)$/ },
  { id: 'rank', section: 'joker', title: 'Its rank', form: /^joker-/ },
  { id: 'other', section: 'other', title: 'More', form: /^/ },
];

const SECTIONS = {
  sides: 'Andar or Bahar',
  cards: 'Bets on the number of cards',
  joker: 'Bets on the joker',
  other: 'More bets',
};

/** `16 to 25 cards`, `Joker red`, `Joker 7`, `Joker A to 6`; what is none of these speaks for itself. */
export function betName(side) {
  const cards = cardsOf(side);
  if (cards) return `${cards} cards`;
  if (side.startsWith('joker-')) return `Joker ${jokerName(side)}`;
  return SIDES[side] ?? side;
}

/** The name where the group is named already: `Red`, `16 to 25`, `K`. */
export function shortName(side) {
  if (!side.startsWith('joker-')) return cardsOf(side) ?? betName(side);
  const name = jokerName(side);
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** These bets in sections of groups: `[{id, title, groups: [{id, title, sides}]}]`. What would be empty is left out. */
export function sectionsOf(sides) {
  const bySection = Object.entries(SECTIONS).map(([id, title]) => ({ id, title, groups: groupsOf(id, sides) }));
  return bySection.filter(({ groups }) => groups.length > 0);
}

function groupsOf(section, sides) {
  const groups = GROUPS.filter((group) => group.section === section);
  return groups
    .map((group) => ({ id: group.id, title: group.title, sides: sides.filter((side) => groupOf(side) === group) }))
    .filter((group) => group.sides.length > 0);
}

function groupOf(side) {
  return GROUPS.find(({ form }) => form.test(side));
}

function cardsOf(side) {
  const [, from, to] = /^cards-(\d+)-(\d+)$/.exec(side) ?? [];
  if (from === undefined) return undefined;
  return from === to ? from : `${from} to ${to}`;
}

function jokerName(side) {
  const what = side.slice('joker-'.length);
  return BANDS[what] ?? what;
}
