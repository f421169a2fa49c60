import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';

/** What the server answered: its status, and the body as JSON. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: unknown;
  /** The refusal's code, empty where it is none. */
  readonly code: string;
}

const Refused = z.object({ error: z.object({ code: z.string() }) });
const TIMEOUT_MS = 10_000;
const ATTEMPTS = 8;
const WAITS_MAX_SECONDS = 5;

/** One request. Throws when there is no answer within ten seconds. */
export async function callOnce(url: string, init: RequestInit = {}): Promise<HttpAnswer & { waitSeconds: number }> {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
  const body: unknown = await response.json().catch(() => undefined);
  const waitSeconds = Number(response.headers.get('retry-after') ?? 1);
  return { status: response.status, body, code: Refused.safeParse(body).data?.error.code ?? '', waitSeconds };
}

/** The same, asked again a few times where the server says to wait: only for what may be repeated. */
export async function call(url: string, init: RequestInit = {}): Promise<HttpAnswer> {
  for (let attempt = 1; ; attempt++) {
    const answer = await callOnce(url, init);
    if ((answer.status !== 429 && answer.status !== 503) || attempt === ATTEMPTS) return answer;
    await sleep(Math.min(WAITS_MAX_SECONDS, answer.waitSeconds) * 1_000 * (0.5 + Math.random()));
  }
}

export function jsonPost(body: unknown): RequestInit {
  return { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
}
