import { setTimeout as sleep } from 'node:timers/promises';
import express, { type Router } from 'express';

/** What has to be so before this process should get visitors; each by its name. */
export type ReadinessChecks = Readonly<Record<string, () => Promise<boolean> | boolean>>;

/** A part that takes longer does not work: whoever asks does not wait for ever. */
const CHECK_WITHIN_MS = 1_500;

/** `GET /healthz`: the process answers. `GET /readyz`: it can also work; 503 with what it cannot do. */
export function healthRouter(checks: ReadinessChecks): Router {
  return express
    .Router({ caseSensitive: true })
    .get('/healthz', (_request, response) => {
      response.set('Cache-Control', 'no-store').json({ ok: true });
    })
    .get('/readyz', async (_request, response) => {
      const results = await Promise.all(
        Object.entries(checks).map(async ([name, check]) => [name, await passes(check)]),
      );
      const ok = results.every(([, passed]) => passed === true);
      response
        .status(ok ? 200 : 503)
        .set('Cache-Control', 'no-store')
        .json({ ok, checks: Object.fromEntries(results) });
    });
}

async function passes(check: () => Promise<boolean> | boolean): Promise<boolean> {
  try {
    return await Promise.race([check(), sleep(CHECK_WITHIN_MS, false, { ref: false })]);
  } catch {
    return false;
  }
}
