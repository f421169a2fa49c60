import { createHmac, hkdfSync } from 'node:crypto';
import { uuid7 } from '../ids.ts';
import type { PartnerId } from './commission.ts';

export type PostbackId = string & { readonly __id: 'postback' };

export const POSTBACK_EVENTS = ['registration', 'first_deposit', 'commission'] as const;
export type PostbackEvent = (typeof POSTBACK_EVENTS)[number];

/** Something that a partner is told, once for what it is about. */
export interface Postback {
  readonly id: PostbackId;
  readonly partnerId: PartnerId;
  readonly event: PostbackEvent;
  /** What it is about: the player, the round's earnings, the statement. */
  readonly ref: string;
  readonly body: string;
  readonly createdAt: Date;
}

/** Its id, in the body as well, is what a receiver knows a repetition by. Amounts in `data` are minor units. */
export function postback(
  partnerId: PartnerId,
  event: PostbackEvent,
  ref: string,
  data: Readonly<Record<string, string | number>>,
  at: Date,
): Postback {
  const id = uuid7<PostbackId>(at.getTime());
  const body = JSON.stringify({ id, event, partnerId, createdAt: at.toISOString(), data });
  return { id, partnerId, event, ref, body, createdAt: at };
}

/** What signing secrets are made from; never the configured secret itself. */
export type PostbackKey = Uint8Array & { readonly __brand: 'postback key' };

export function postbackKey(secret: string): PostbackKey {
  return new Uint8Array(hkdfSync('sha256', secret, '', 'croupier postback secrets v1', 32)) as PostbackKey;
}

/** The secret that a partner's postbacks are signed with. It is kept nowhere: it follows from the nonce. */
export function signingSecret(key: PostbackKey, partnerId: PartnerId, nonce: string): string {
  return `whsec_${createHmac('sha256', key).update(`${partnerId}.${nonce}`).digest('base64url')}`;
}

/** The headers that say who sent a body, and when: HMAC-SHA256 over `<timestamp>.<body>`, in hexadecimal. */
export function signatureHeaders(secret: string, body: string, nowMs: number): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(nowMs / 1_000));
  const signature = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
  return { 'X-Croupier-Timestamp': timestamp, 'X-Croupier-Signature': `sha256=${signature}` };
}

const FIRST_DELAY_MS = 10_000;
const LONGEST_DELAY_MS = 6 * 3_600_000;
const LIFETIME_MS = 86_400_000;

/** When to try again after so many attempts: each time twice as long. Null after a day: nobody is there. */
export function nextAttempt(createdAtMs: number, attempts: number, nowMs: number): number | null {
  const delay = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(attempts - 1, 20));
  return nowMs + delay > createdAtMs + LIFETIME_MS ? null : nowMs + delay;
}
