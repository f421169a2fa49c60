import { createHash, timingSafeEqual } from 'node:crypto';
import express, { type RequestHandler, type Response, type Router } from 'express';
import type { Metrics } from '../metrics/metrics.ts';
import { refuse } from '../refusal.ts';
import { sendRefusal } from './answer.ts';

/** `GET /metrics` for who has the token (`Authorization: Bearer …`); UNAUTHORIZED for everybody else. */
export function metricsRouter(metrics: Metrics, token: string): Router {
  return express.Router({ caseSensitive: true }).get('/metrics', async (request, response) => {
    const given = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (given === undefined || !isSame(given, token)) {
      sendRefusal(response, refuse('UNAUTHORIZED', 'The token of the figures is needed.'));
      return;
    }
    response.set({ 'Cache-Control': 'no-store', 'Content-Type': metrics.contentType }).send(await metrics.text());
  });
}

/** What answers without a route of express's says here what it is counted under. */
export function countAs(response: Response, route: string): void {
  response.locals.route = route;
}

/** Counts every answer under the route as it is written: `file` for a file, `none` where there is no route. */
export function countRequests(metrics: Metrics): RequestHandler {
  return (request, response, next) => {
    const startedAt = performance.now();
    response.once('close', () => {
      const path: unknown = request.route?.path ?? response.locals.route;
      const route = typeof path === 'string' ? path : response.statusCode < 400 ? 'file' : 'none';
      const method = METHODS.has(request.method) ? request.method : 'other';
      const seconds = (performance.now() - startedAt) / 1_000;
      metrics.answered({ method, route, status: response.statusCode, seconds });
    });
    next();
  };
}

/** A client may call its method anything node's parser knows; the figures need not. */
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS']);

/** In a time that says nothing about where they differ, nor how long the right one is. */
function isSame(given: string, token: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(token));
}
