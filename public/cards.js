import { make, unseen } from './dom.js';

/** Cards as the server writes them, `K♠`: how they look and how they are read aloud. */

const SUITS = { '♠': 'spades', '♥': 'hearts', '♦': 'diamonds', '♣': 'clubs' };
const RANKS = { A: 'ace', J: 'jack', Q: 'queen', K: 'king' };

/** `K♠` → `king of spades`. */
export function readAloud(card) {
  const rank = card.slice(0, -1);
  return `${RANKS[rank] ?? rank} of ${SUITS[card.slice(-1)] ?? 'an unknown suit'}`;
}

/** `K♥` and `K♦` are. */
export function isRed(card) {
  return /[♥♦]/.test(card);
}

/** The element of one card; an empty text is a card that lies face down. */
export function cardElement(card, tag = 'li') {
  const element = document.createElement(tag);
  if (card === '') {
    element.className = 'card back';
    element.append(unseen('not turned yet'));
    return element;
  }
  element.className = isRed(card) ? 'card red' : 'card';
  const face = document.createElement('span');
  face.ariaHidden = 'true';
  face.append(make('span', 'rank', card.slice(0, -1)), make('span', 'suit', card.slice(-1)));
  element.append(face, unseen(readAloud(card)));
  return element;
}

/** Makes `list` show these cards. What lies there already stays, so that only a new card moves. */
export function dealInto(list, cards) {
  const shown = Array.from(list.children, (element) => element.dataset.card);
  if (shown.some((card, index) => card !== cards[index])) list.replaceChildren();
  for (const card of cards.slice(list.children.length)) {
    const element = cardElement(card);
    element.dataset.card = card;
    list.append(element);
  }
}
