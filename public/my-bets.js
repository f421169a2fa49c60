import { betName } from './bet-names.js';
import { make } from './dom.js';
import { formatRupees } from './money.js';

const STATUSES = { pending: '', won: 'won', lost: 'lost', refunded: 'stake back', cancelled: 'undone' };

/**
 * One own bet as the server describes it, or one on its way, which has no `betId` yet. `openWindow` is the one whose
 * bets may be undone; in a voided round every stake is back.
 */
export function betElement(bet, { openWindow = 0, isVoided = false } = {}) {
  const { betId, betSide, amount, bettingWindow, payout, status } = bet;
  const what = `${formatRupees(amount)} on ${betName(betSide)}`;
  const isBack = isVoided && betId !== undefined;
  const item = make('li', '', what, ' ', make('span', 'status', isBack ? 'taken back, stake returned' : fateOf(bet)));
  item.dataset.status = isBack ? 'voided' : status;
  if (!isVoided && betId !== undefined && status === 'pending' && bettingWindow === openWindow) {
    const undo = make('button', '', 'Undo');
    undo.type = 'button';
    undo.dataset.undo = betId;
    undo.ariaLabel = `Undo ${what}`;
    item.append(undo);
  }
  return item;
}

function fateOf({ betId, status, payout }) {
  if (betId === undefined) return 'on its way …';
  const word = STATUSES[status] ?? status;
  return payout > 0 && status !== 'cancelled' ? `${word} ${formatRupees(payout)}` : word;
}
