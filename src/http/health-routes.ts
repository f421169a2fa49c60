import express, { type Router } from 'express';

/** What has to be so before this process should get visitors; each by its name. */
export type ReadinessChecks = Readonly<Record<string, () => Promise<boolean> | boolean>>;

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
    return await check();
  } catch {
    return false;
  }
}
