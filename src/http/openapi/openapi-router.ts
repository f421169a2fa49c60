import { readFileSync } from 'node:fs';
import express, { type Response, type Router } from 'express';
import type { Route } from '../route.ts';
import { BY_HAND } from './by-hand.ts';
import { docsPage } from './docs-page.ts';
import { openApiDocument } from './document.ts';
import { operationOf } from './operation.ts';

const STYLE = readFileSync(new URL('./docs.css', import.meta.url), 'utf8');

/**
 * `GET /openapi.json`, the description of everything clients can ask, and `GET /docs`, the same to read. Made once, and
 * from the routes themselves, so that it says what they do.
 */
export function openApiRouter(routes: readonly Route[]): Router {
  const document = openApiDocument([...routes.map(operationOf), ...BY_HAND]);
  const json = JSON.stringify(document);
  const page = docsPage(document);
  const send = (type: string, text: string) => (_request: unknown, response: Response) =>
    void response.set('Cache-Control', 'no-cache').type(type).send(text);
  return express
    .Router({ caseSensitive: true })
    .get('/openapi.json', send('json', json))
    .get('/docs', send('html', page))
    .get('/docs.css', send('css', STYLE));
}
