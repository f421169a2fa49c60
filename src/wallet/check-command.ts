import { isUuid } from '../ids.ts';
import type { Currency } from '../money.ts';
import { type Command, type GrantBonus, LINES_MAX, type Stake } from './command.ts';
import { weightOf } from './command-facts.ts';

/** No single amount is larger, so that no sum over a batch can overflow eight bytes. */
export const AMOUNT_MAX = 10n ** 15n;

/** Throws TypeError where a caller has let something through that its schema or its rules should have stopped. */
export function checkCommand(command: Command): void {
  checkUuid(command.key);
  checkUuid(command.origin);
  if (weightOf(command) > LINES_MAX) throw new TypeError(`more than ${LINES_MAX} lines in one command`);
  if (command.kind === 'stake') checkStake(command);
  if (command.kind === 'settle') for (const { payout } of command.closes) if (payout !== 0n) checkAmount(payout);
  if ('owner' in command) {
    checkUuid(command.owner);
    checkCurrency(command.currency);
  }
  if (command.kind === 'adjust') {
    checkAmount(command.amount < 0n ? -command.amount : command.amount);
    if ((command.playThrough ?? 0n) !== 0n) checkAmount(command.playThrough ?? 0n);
  }
  if (command.kind === 'hold') checkAmount(command.amount);
  if (command.kind === 'grantBonus') checkBonus(command);
  if (command.kind === 'countDeposit' || command.kind === 'uncountDeposit') checkAmount(command.amount);
  if (command.kind === 'uncountDeposit' && !Number.isSafeInteger(command.countedAt)) throw new TypeError('not a time');
  if (command.kind === 'setLimit' && (command.limit.amount ?? 0n) > AMOUNT_MAX) throw new TypeError('a limit too high');
  if (command.kind === 'openBook') {
    checkUuid(command.ref);
    checkCurrency(command.currency);
  }
}

function checkStake({ lines, ruling }: Stake): void {
  if (lines.length === 0 && ruling === undefined) throw new TypeError('a stake without lines');
  for (const { selection, amount, liability, limit = amount } of lines) {
    checkAmount(amount);
    if (limit < 0n || limit > AMOUNT_MAX) throw new TypeError(`a limit of ${limit} is not possible`);
    if (liability !== 0n) checkAmount(liability);
    if (!Number.isInteger(selection) || selection < 0 || selection > 32_767) throw new TypeError('no such selection');
  }
}

function checkBonus({ amount, terms }: GrantBonus): void {
  checkAmount(amount);
  if (terms.requirement !== 0n) checkAmount(terms.requirement);
  if (terms.maxStake !== null) checkAmount(terms.maxStake);
  if (!Number.isSafeInteger(terms.expiresAt)) throw new TypeError('not a time');
  if (terms.contributions.size === 0) throw new TypeError('a bonus for no game');
  for (const share of terms.contributions.values()) {
    if (!Number.isInteger(share) || share < 0 || share > 10_000) throw new TypeError('not a contribution');
  }
}

function checkAmount(amount: bigint): void {
  if (amount <= 0n || amount > AMOUNT_MAX) throw new TypeError(`an amount of ${amount} is not possible`);
}

/** The database would understand other spellings too, and its answer would then not be found in memory. */
function checkUuid(text: string): void {
  if (!isUuid(text)) throw new TypeError(`not a canonical UUID: ${text}`);
}

function checkCurrency(currency: Currency): void {
  if (!/^[A-Z]{3}$/.test(currency)) throw new TypeError(`not a currency: ${currency}`);
}
