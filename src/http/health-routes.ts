import { setTimeout as sleep } from 'node:timers/promises';
import express, { type Router } from 'express';

/** What has to be so before this process should get visitors; each by its name. */
export type ReadinessChecks = Readonly<Record<string, () => Promise<boolean> | boolean>>;

/** A part that takes longer does not work: whoever asks does not wait for ever. */
const CHECK_WITHIN_MS = 1_500;
/** Nobody is limited here, so however many ask, the database is asked no more often, well or not. */
const SHARED_MS = 1_000;

/**
 * `GET /healthz`: the process answers. `GET /readyz`: it can also work; 503 with what it cannot do. Who asks is told
 * what was looked at within the last second. `now` is in milliseconds and never goes back.
 */
export function healthRouter(checks: ReadinessChecks, now: () => number = () => performance.now()): Router {
  const look = shared(() => lookAt(checks), now);
  return express
    .Router({ caseSensitive: true })
    .get('/healthz', (_request, response) => {
      response.set('Cache-Control', 'no-store').json({ ok: true });
    })
    .get('/readyz', async (_request, response) => {
      const results = await look();
      const ok = results.every(([, passed]) => passed);
      response
        .status(ok ? 200 : 503)
        .set('Cache-Control', 'no-store')
        .json({ ok, checks: Object.fromEntries(results) });
    });
}

/** One look for all who ask within a second of its beginning. */
function shared<T>(look: () => Promise<T>, now: () => number): () => Promise<T> {
  let last: { readonly at: number; readonly seen: Promise<T> } | null = null;
  return () => {
    const at = now();
    if (last === null || at - last.at >= SHARED_MS) last = { at, seen: look() };
    return last.seen;
  };
}

function lookAt(checks: ReadinessChecks) {
  return Promise.all(Object.entries(checks).map(async ([name, check]) => [name, await passes(check)] as const));
}

async function passes(check: () => Promise<boolean> | boolean): Promise<boolean> {
  try {
    return await Promise.race([check(), sleep(CHECK_WITHIN_MS, false, { ref: false })]);
  } catch {
    return false;
  }
}
