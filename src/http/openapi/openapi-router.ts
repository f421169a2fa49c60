import express, { type Router } from 'express';
import type { Route } from '../route.ts';
import { BY_HAND } from './by-hand.ts';
import { docsPage } from './docs-page.ts';
import { openApiDocument } from './document.ts';
import { operationOf } from './operation.ts';

/**
 * `GET /openapi.json`, the description of everything clients can ask, and `GET /docs`, the same to read. Made once, and
 * from the routes themselves, so that it says what they do.
 */
export function openApiRouter(routes: readonly Route[]): Router {
  const document = openApiDocument([...routes.map(operationOf), ...BY_HAND]);
  const json = JSON.stringify(document);
  const page = docsPage(document);
  return express
    .Router({ caseSensitive: true })
    .get(
      '/openapi.json',
      (_request, response) => void response.set('Cache-Control', 'no-cache').type('json').send(json),
    )
    .get('/docs', (_request, response) => void response.set('Cache-Control', 'no-cache').type('html').send(page));
}
