import { betName } from './bet-names.js';

/** What the betting windows and phases of a table are called. */

const PHASES = { idle: 'Waiting for the next round', dealing: 'Dealing', voided: 'Voided, stakes returned' };

/** `Place your bets`, then `Bet again`; where the joker is bet on, `Bets on the joker`, then `Andar or Bahar`. */
export function windowName(rules, bettingWindow) {
  if (rules.isBeforeJoker(bettingWindow)) return 'Bets on the joker';
  if (rules.isBeforeJoker(1)) return 'Andar or Bahar';
  return bettingWindow > 1 ? 'Bet again' : 'Place your bets';
}

/** What a table does at this moment. */
export function phaseText(rules, { phase, paused, bettingWindow, winningSide }) {
  if (paused) return 'Paused';
  if (phase === 'settled') return `${betName(winningSide)} wins`;
  if (phase !== 'betting') return PHASES[phase] ?? phase;
  const name = windowName(rules, bettingWindow);
  return bettingWindow > 1 ? `${name} · window ${bettingWindow}` : name;
}
