import type { z } from 'zod';
import { REFUSALS, type RefusalCode } from '../../refusal.ts';
import type { Route } from '../route.ts';

/** One thing that can be asked over HTTP, as the published description tells it. */
export interface Operation {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  /** In express' notation. */
  readonly path: string;
  readonly summary: string;
  /** Who may ask, in words. */
  readonly access: string;
  /** Which of the document's security schemes lets them in; null: everybody comes in. */
  readonly security: 'accessToken' | 'metricsToken' | null;
  /** Whether an API key does so as well. */
  readonly byApiKey?: boolean;
  readonly key: Route['needsKey'];
  readonly headers?: Readonly<Record<string, string>>;
  readonly params: z.ZodType | undefined;
  readonly query: z.ZodType | undefined;
  readonly body: z.ZodType | undefined;
  readonly answers: readonly Answer[];
  /** Statuses with which it refuses, and the codes under each. */
  readonly refusals: ReadonlyMap<number, readonly string[]>;
}

interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly schema: z.ZodType | undefined;
}

const JSON_TYPE = 'application/json';
/** Whatever is asked: a malformed request, too many of them, and nothing that can be done just now. */
const ALWAYS: readonly RefusalCode[] = ['INVALID_REQUEST', 'RATE_LIMITED', 'BUSY'];
const GUARDED: readonly RefusalCode[] = ['UNAUTHORIZED', 'FORBIDDEN', 'ACCOUNT_FROZEN'];
const KEYED: readonly RefusalCode[] = ['IDEMPOTENCY_KEY_REUSED', 'UNKNOWN_OUTCOME'];

/** A route as it is described. What it refuses follows from what it is, and from `refuses`. */
export function operationOf(route: Route): Operation {
  const { method, path, summary, roles, needsKey, params, query, body, answer, otherAnswer, status = 200 } = route;
  const { byApiKey = false } = route;
  const also = otherAnswer === undefined ? [] : [{ status, contentType: otherAnswer, schema: undefined }];
  return {
    ...{ method, path, summary, params, query, body },
    access: accessOf(roles),
    security: roles === undefined ? null : 'accessToken',
    byApiKey,
    key: needsKey,
    answers: [{ status, contentType: JSON_TYPE, schema: answer }, ...also],
    refusals: refusalsOf(method, codesOf(route)),
  };
}

/** Every code that a route may refuse with. */
function codesOf({ path, roles, needsKey, refuses = [] }: Route): readonly RefusalCode[] {
  const guarded = roles === undefined ? [] : GUARDED;
  const missing: readonly RefusalCode[] = path.includes(':') ? ['NOT_FOUND'] : [];
  return [...ALWAYS, ...guarded, ...missing, ...(needsKey === 'never' ? [] : KEYED), ...refuses];
}

/**
 * The codes by status. A body may be too large or of another type as well; and there is the status that nobody should
 * ever meet.
 */
export function refusalsOf(method: Operation['method'], codes: readonly RefusalCode[]): Operation['refusals'] {
  const found = new Map<number, string[]>();
  const add = (status: number, code: string) => {
    const known = found.get(status) ?? [];
    if (!known.includes(code)) found.set(status, [...known, code]);
  };
  for (const code of codes) add(REFUSALS[code].status, code);
  for (const status of method === 'get' ? [] : [413, 415]) add(status, 'INVALID_REQUEST');
  add(500, 'INTERNAL');
  return new Map([...found].sort(([a], [b]) => a - b));
}

function accessOf(roles: Route['roles']): string {
  if (roles === undefined) return 'everybody';
  // MASTER has every right of ADMIN (accounts/identity.ts).
  const all = roles.includes('ADMIN') && !roles.includes('MASTER') ? [...roles, 'MASTER'] : roles;
  return all.includes('PLAYER') && all.includes('MASTER') ? 'everybody who is signed in' : all.join(', ');
}
