import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import express, { type Router } from 'express';
import type { Clock } from '../clock.ts';
import type { DemoFacts } from '../demo/people.ts';

const PUBLIC = fileURLToPath(new URL('../../public/', import.meta.url));
const SDK = join(dirname(fileURLToPath(import.meta.resolve('@colyseus/sdk/package.json'))), 'dist');

export interface PagesDeps {
  readonly clock: Clock;
  /** What the page may tell a newcomer; null when this is no demo: then it offers a login and nothing else. */
  readonly demo: DemoFacts | null;
}

/**
 * `GET /`: the page that shows the tables and lets a player bet, with its files from `public/`, the SDK's browser
 * bundle, and `/page.json`. Nothing is built: the files are sent as they are. A browser asks every time whether its
 * copy is still good (ETag), so that it never runs an old page against a new server.
 */
export function pagesRouter({ clock, demo }: PagesDeps): Router {
  const files = {
    etag: true,
    redirect: false,
    setHeaders: (response: express.Response) => void response.set('Cache-Control', 'no-cache'),
  };
  return express
    .Router({ caseSensitive: true })
    .get('/page.json', (_request, response) => {
      response.set('Cache-Control', 'no-store').json({ serverTime: clock.now(), demo });
    })
    .use('/sdk/colyseus.js', express.static(join(SDK, 'colyseus.js'), files))
    .use(express.static(PUBLIC, files));
}
