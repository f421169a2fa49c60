import assert from 'node:assert/strict';
import { z } from 'zod';
import type { Server } from '../../src/server.ts';
import { get } from '../journeys/support.ts';
import type { Schema } from './samples.ts';

/** One way to ask, as the published description has it. */
export interface Operation {
  readonly method: string;
  readonly path: string;
  /** As `PUT /admin/tx/{id}/approve-tx`. */
  readonly name: string;
  readonly described: Schema;
}

export interface Wish {
  readonly person?: { readonly token: string } | undefined;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** Nothing of our insides: no stack, no statement, no file, no secret. */
const LEAK = new RegExp(
  [
    ...[String.raw`\bat .{1,200}:\d+:\d+`, String.raw`\.ts\b`, 'node_modules', '/tmp/', 'slonik', 'ECONN'],
    String.raw`\b(select|insert|update|delete)\b.{1,60}\b(from|into|set|where)\b.*[=$]`,
    ...[String.raw`\$argon2`, 'password.?hash', 'croupier_(app|wallet)', 'syntax error'],
    ...['token.?hash', '"sealed"'],
  ].join('|'),
  'i',
);
/** They have words of ours by purpose: what we take, and the names of figures. */
const DESCRIPTIONS = new Set(['/openapi.json', '/docs', '/metrics']);

/** What the description has, and the description itself. */
export async function operationsOf(server: { port: number }): Promise<readonly Operation[]> {
  const document: Schema = await get(server, '/openapi.json');
  return Object.entries<Schema>(document.paths).flatMap(([path, methods]) =>
    Object.entries<Schema>(methods).map(([method, described]) => {
      return { method, path, name: `${method.toUpperCase()} ${path}`, described };
    }),
  );
}

/** Asks, and holds every answer against the description. */
export class ContractClient {
  readonly #server: Pick<Server, 'port'>;
  /** What was answered so far, without the descriptions. */
  readonly heard: string[] = [];
  asked = 0;

  constructor(server: Pick<Server, 'port'>) {
    this.#server = server;
  }

  /** `target` is the path with its parameters filled in, and the query. */
  async ask({ method, path, described }: Operation, target: string, { person, body, headers = {} }: Wish = {}) {
    const response = await fetch(`http://127.0.0.1:${this.#server.port}${target}`, {
      method: method.toUpperCase(),
      headers: {
        ...(person && { Authorization: `Bearer ${person.token}` }),
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const sent = JSON.stringify(body)?.slice(0, 500);
    const what = `${method} ${target} ${sent} → ${response.status} ${text.slice(0, 500)}`;
    this.asked += 1;
    const answer = described.responses[response.status];
    assert.ok(answer, `not described: ${what}`);
    assert.ok(response.status < 500, what);
    const type = response.headers.get('Content-Type')?.split(';')[0] ?? '';
    const { schema } = answer.content[type] ?? assert.fail(`another type than described, ${type}: ${what}`);
    if (response.status >= 400) {
      const { code } = JSON.parse(text).error;
      assert.ok(answer.description.split(', ').includes(code), `a code that is not described: ${what}`);
    } else if (type === 'application/json' && schema.type !== 'string') {
      const { success, error } = z.fromJSONSchema(schema).safeParse(JSON.parse(text));
      assert.ok(success, `${path} answers something else than described: ${error?.message} ${what}`);
    }
    if (!DESCRIPTIONS.has(path)) {
      assert.doesNotMatch(text, LEAK, what);
      this.heard.push(text);
    }
    assert.ok(response.headers.has('X-Request-Id'), what);
    return { status: response.status, text, what };
  }
}
