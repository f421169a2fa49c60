import { createHash } from 'node:crypto';
import type { Role } from '../accounts/identity.ts';
import type { UserId } from '../ids.ts';

/** What JSON can say. Money in it is an integer number of minor units, as on every wire. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** What somebody of the house did: enough to know afterwards what was there before, what since, and why. */
export interface AuditEntry {
  /** What kind of act, as `game.pause`. */
  readonly action: string;
  /** What it was done to, as `game:ab-main`. */
  readonly target: string;
  readonly before?: Json;
  readonly after?: Json;
  readonly reason?: string;
  /** Minor units, where money is what it is about. */
  readonly amount?: number;
}

/** An entry with who did it, when, and its place in the log. */
export interface AuditLine extends AuditEntry {
  /** Gapless from 1. */
  readonly seq: number;
  /** ISO 8601 in UTC with six decimals of the second, as the database has it. */
  readonly at: string;
  readonly actor: UserId;
  /** As it was then. */
  readonly role: Role;
}

/** The `prev` of the first line. */
export const NO_LINE: Buffer = Buffer.alloc(32);

/**
 * The hash that binds a line to the one before: SHA-256 over the 32 bytes of the previous hash, then the UTF-8 bytes of
 * the JSON array `[seq, at, actor, role, action, target, before, after, reason, amount]` in the canonical form of
 * RFC 8785: no white space, names sorted, null for what is absent. Throws on what JSON cannot say exactly, and on half
 * a character: the database would keep another in its place, and the line would look changed for ever.
 */
export function hashLine(prev: Uint8Array, line: AuditLine): Buffer {
  const { seq, at, actor, role, action, target, before, after, reason, amount } = line;
  const orNull = [before ?? null, after ?? null, reason ?? null, amount ?? null];
  return createHash('sha256')
    .update(prev)
    .update(canonical([seq, at, actor, role, action, target, ...orNull]))
    .digest();
}

/** RFC 8785. The database gives names back in an order of its own, so what is hashed must not depend on it. */
function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
    return `{${members.map(([name, member]) => `${canonical(name)}:${canonical(member)}`).join()}}`;
  }
  if (
    typeof value === 'number' &&
    (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value)))
  )
    throw new RangeError(`not an exact number: ${value}`);
  if (typeof value === 'string' && !value.isWellFormed()) throw new TypeError('half a character cannot be kept');
  const text = JSON.stringify(value);
  if (text === undefined) throw new TypeError('the audit log takes only what JSON can say');
  return text;
}
