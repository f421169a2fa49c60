/** Elements, without markup in texts: what is shown can never become a tag. */

/** `make('p', 'hint', 'text', child, …)`: an element of this class with these children. */
export function make(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

/** Text for those who listen. */
export function unseen(text) {
  return make('span', 'visually-hidden', text);
}

/** Shows `text`; an element that shows it already is left alone, so that nothing is read out twice. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** `1` and `bet` → `1 bet`, `2` → `2 bets`. */
export function count(number, word) {
  return `${number} ${word}${Number(number) === 1 ? '' : 's'}`;
}
