import { betName } from './bet-names.js';
import { cardElement } from './cards.js';
import { make } from './dom.js';
import { recordAddress } from './fairness.js';
import { formatRupees } from './money.js';
import { betElement } from './my-bets.js';

const AT = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** One round that this player had bets in, as a line that opens to its bets and its cards. */
export function roundEntry(round, tableName) {
  const details = make('details', '', make('summary', '', ...summaryOf(round, tableName)));
  // Most are never opened.
  details.addEventListener('toggle', () => details.append(insideOf(round)), { once: true });
  return make('li', '', details);
}

function insideOf({ roundId, status, bets, andarCards, baharCards }) {
  const isVoided = status === 'voided';
  const list = make('ul', 'mine', ...bets.map((bet) => betElement(bet, { isVoided })));
  const hands = isVoided ? [] : [hand('andar', andarCards ?? []), hand('bahar', baharCards ?? [])];
  return make('div', 'inside', list, ...hands, proof(roundId));
}

function summaryOf(round, tableName) {
  const { status, roundNumber, jokerCard, winningSide, totalBet, payout, netProfit } = round;
  const time = make('time', 'hint', AT.format(new Date(round.playedAt)));
  time.dateTime = round.playedAt;
  const title = make('span', 'title', `${tableName} · round ${roundNumber}`);
  const winner = make('span', `winner ${winningSide ?? ''}`, winningSide ? `${betName(winningSide)} won` : 'Voided');
  const joker = jokerCard ? [cardElement(jokerCard, 'span')] : [];
  const net = make('span', 'net', netProfit > 0 ? `+${formatRupees(netProfit)}` : formatRupees(netProfit));
  net.dataset.tone = netProfit > 0 ? 'good' : '';
  const paid = `staked ${formatRupees(totalBet)}, got ${formatRupees(payout)} back`;
  const money = make('span', 'money', status === 'voided' ? 'all stakes are back' : paid);
  return [make('span', 'joker-of', ...joker), title, winner, time, money, net, balanceOf(round)];
}

/** Rounds that are older than this record have no balances. */
function balanceOf({ balanceBefore, balanceAfter }) {
  const isKnown = typeof balanceBefore === 'number' && typeof balanceAfter === 'number';
  const text = isKnown ? `balance ${formatRupees(balanceBefore)} → ${formatRupees(balanceAfter)}` : '';
  return make('span', 'balances hint', text);
}

function hand(side, cards) {
  const list = make('ol', 'cards', ...cards.map((card) => cardElement(card)));
  return make('div', `side ${side}`, make('h4', '', betName(side)), list);
}

function proof(roundId) {
  const link = make('a', '', 'The record of this round');
  link.href = recordAddress(roundId);
  return make('p', 'hint', link);
}
