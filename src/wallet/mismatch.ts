/**
 * Memory and database do not hold the same: because somebody else writes now, or because of a bug. Nothing may be
 * written from this memory any more.
 */
export class WalletMismatchError extends Error {
  override readonly name = 'WalletMismatchError';
}
