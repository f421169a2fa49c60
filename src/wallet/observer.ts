import type { Answer, Command } from './command.ts';

/** A command and what was answered to it. */
export interface Decided {
  readonly command: Command;
  readonly answer: Answer | null;
}

/** Looks on while the wallet works, to count. It decides nothing, and the wallet waits for nothing it does. */
export interface WalletObserver {
  /**
   * A batch is durable, and with it everything decided in it. `tookMs` is what its transaction took; undefined where
   * that is not known, because the commit was found afterwards.
   */
  committed(batch: readonly Decided[], tookMs: number | undefined): void;
  /** A command was answered without anything being on record. */
  turnedAway(command: Command, code: 'BUSY' | 'UNKNOWN_OUTCOME'): void;
}

export const NO_OBSERVER: WalletObserver = { committed: () => undefined, turnedAway: () => undefined };
