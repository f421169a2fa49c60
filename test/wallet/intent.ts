/** What somebody wants to do, before it is known what there is to do it with. Numbers choose among what there is. */
export interface Intent {
  readonly what:
    | 'credit'
    | 'hold'
    | 'bonus'
    | 'endBonus'
    | 'capture'
    | 'release'
    | 'limit'
    | 'exclude'
    | 'deposit'
    | 'stake'
    | 'cancel'
    | 'window'
    | 'claim'
    | 'settle'
    | 'void'
    | 'again'
    | 'reuse'
    | 'steal';

  readonly player: number;
  readonly book: number;
  readonly amount: number;
  readonly lines: readonly { readonly selection: number; readonly amount: number; readonly pays: number }[];
  readonly pick: number;
  /** 0 … 9; 0 makes it go wrong: a stale epoch or window, another's position, a ruling. */
  readonly luck: number;
  readonly key: 'now' | 'random' | 'ahead';
  /** Sent after the fault of its burst, if there is one. */
  readonly isLate: boolean;
}

/** Commands sent at once, and what goes wrong meanwhile. */
export interface Burst {
  readonly intents: readonly Intent[];
  readonly fault: 'none' | 'terminate' | 'crash' | 'takeover' | 'restart';
  readonly afterMs: number;
}
