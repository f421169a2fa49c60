import type { Key, PhaseId, UserId } from '../ids.ts';
import type { Minor } from '../money.ts';
import type { Refusal, RefusalCode } from '../refusal.ts';
import type { PositionId } from '../wallet/command.ts';

export type SlipId = string & { readonly __id: 'slip' };

/** `REQUESTED`: the wallet has not answered yet. `VOIDING`: its money is on the way back. */
export const SLIP_STATUSES = ['REQUESTED', 'REFUSED', 'ACCEPTED', 'VOIDING', 'VOID'] as const;
export type SlipStatus = (typeof SLIP_STATUSES)[number];

/** What was said to a refused slip besides its code; kept, so that the same key hears the same again. */
export type Said = Pick<Refusal, 'message' | 'details'>;

/** A slip as a collector has handed it in, and what has become of it (S3-22). */
export interface SlipRow {
  readonly id: SlipId;
  readonly phase: PhaseId;
  readonly userId: UserId;
  readonly key: Key;
  readonly text: string;
  readonly status: SlipStatus;
  /** The rules refuse it; the wallet only puts that on record under its key. */
  readonly ruling: RefusalCode | null;
  readonly refusal: RefusalCode | null;
  readonly said: Said | null;
  /** Of its first line; null unless it was accepted. */
  readonly seq: PositionId | null;
  /** Accepted ones, and what they add up to. */
  readonly lines: number;
  readonly total: Minor;
  /** Gross, of all lines; 0 until its phase is settled. */
  readonly payout: Minor;
  readonly voidBy: UserId | null;
  readonly voidReason: string | null;
  readonly voidAt: Date | null;
  readonly receivedAt: Date;
}

/** The positions of an accepted slip: side by side, in the order of its lines. */
export function positionsOf({ id, seq, lines }: SlipRow): readonly PositionId[] {
  if (seq === null) throw new Error(`slip ${id} was not accepted`);
  return Array.from({ length: lines }, (_, index) => (seq + index) as PositionId);
}

/** In the audit log. */
export function targetOfSlip(id: SlipId): string {
  return `slip:${id}`;
}
