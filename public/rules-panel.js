import { betName } from './bet-names.js';
import { make } from './dom.js';
import { percentText } from './returns.js';
import { windowName } from './windows.js';

/** “Rules and returns” of one table: per window and bet what it pays and what it returns in the long run. */
export function showRules(panel, rules) {
  panel.replaceChildren(...rules.windows.map((window) => windowTable(window, rules)));
}

function windowTable({ bettingWindow, bets }, rules) {
  const titles = ['Bet', 'What it pays, the stake included', 'Returns'];
  const head = make('tr', '', ...titles.map((title) => header('col', title)));
  const rows = bets.map((bet) => {
    const lines = bet.pays.map(({ text }) => make('div', '', text));
    const percent = make('td', 'percent', percentText(bet));
    return make('tr', '', header('row', betName(bet.betSide)), make('td', '', ...lines), percent);
  });
  const title = `Window ${bettingWindow}: ${windowName(rules, bettingWindow)}`;
  return make('table', 'returns', make('caption', '', title), make('thead', '', head), make('tbody', '', ...rows));
}

function header(scope, text) {
  const cell = make('th', '', text);
  cell.scope = scope;
  return cell;
}
