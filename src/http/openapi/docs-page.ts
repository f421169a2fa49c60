import { REFUSALS } from '../../refusal.ts';
import { shapeOf } from './shape.ts';

/** As much of the document as the page reads. */
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
}
interface Described {
  readonly tags: readonly string[];
  readonly summary: string;
  readonly 'x-access': string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content: Content }>>;
}
interface Parameter {
  readonly $ref?: string;
  readonly name: string;
  readonly in: string;
  readonly required: boolean;
  readonly description?: string;
  readonly schema: object;
}
type Content = Readonly<Record<string, { readonly schema: object }>>;

/** The description as a page that needs no script: every route by its mount, and every code once. */
export function docsPage(document: unknown): string {
  const { paths } = document as Document;
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => ({ method: method.toUpperCase(), path, described })),
  );
  const mounts = [...new Set(operations.map(({ described }) => described.tags[0] ?? ''))].sort();
  const sections = mounts.map((mount) => {
    const own = operations.filter(({ described }) => described.tags[0] === mount);
    const shown = own.map(({ method, path, described }) => operationOf(method, path, described));
    return `<section><h2 id="${escaped(mount)}">/${escaped(mount)}</h2>\n${shown.join('\n')}\n</section>`;
  });
  return `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>HTTP API · Croupier</title>
  <link rel="icon" href="/icon.svg">
  <link rel="stylesheet" href="/docs.css">
</head>
<body>
<main>
<h1>The HTTP API</h1>
<p>Made from the schemas that requests are checked against; for programs it is <a href="/openapi.json">/openapi.json</a>
(OpenAPI 3.1). Money is an integer number of minor units: 10000 is ₹100.00. Who asks is known from the header
<code>Authorization: Bearer …</code> alone. A star marks what must be there.</p>
<nav>${mounts.map((mount) => `<a href="#${escaped(mount)}">/${escaped(mount)}</a>`).join(' ')}
<a href="#codes">codes</a></nav>
${sections.join('\n')}
${codesTable()}
</main>
</body>
</html>
`;
}

function operationOf(method: string, path: string, described: Described): string {
  const { summary, requestBody, responses, parameters = [] } = described;
  const body = requestBody && shapeOf(Object.values(requestBody.content)[0]?.schema ?? {});
  const title = requestBody?.required ? 'Body' : 'Body (may be left out)';
  const answered = Object.entries(responses).filter(([status]) => Number(status) < 300);
  const refused = Object.entries(responses).filter(([status]) => Number(status) >= 300);
  return `<details>
<summary><b>${method}</b> <code>${escaped(path)}</code> <span>${escaped(summary)}</span></summary>
<p>For ${escaped(described['x-access'])}.</p>
${listOf('Parameters', parameters.map(parameterOf))}
${body === undefined ? '' : `<h3>${title}</h3>\n<pre>${escaped(body)}</pre>`}
${answered.map(([status, { content }]) => answerOf(status, content)).join('\n')}
${listOf(
  'Refusals',
  refused.map(([status, { description }]) => `<li>${status} ${escaped(description)}</li>`),
)}
</details>`;
}

function answerOf(status: string, content: Content): string {
  const shapes = Object.entries(content).map(([type, { schema }]) => {
    return type === 'application/json' ? `<pre>${escaped(shapeOf(schema))}</pre>` : `<p>or ${escaped(type)}</p>`;
  });
  return `<h3>Answer ${status}</h3>\n${shapes.join('\n')}`;
}

function parameterOf({ $ref, name, in: place, required, description, schema }: Parameter): string {
  if ($ref?.endsWith('/MaybeIdempotencyKey'))
    return '<li><code>Idempotency-Key</code> (header): a UUID, with some bodies</li>';
  if ($ref !== undefined) return '<li><code>Idempotency-Key*</code> (header): a UUID</li>';
  const star = required ? '*' : '';
  const words = description === undefined ? '' : ` (${escaped(description)})`;
  return `<li><code>${escaped(name)}${star}</code> (${escaped(place)}): ${escaped(shapeOf(schema))}${words}</li>`;
}

function listOf(title: string, items: readonly string[]): string {
  return items.length === 0 ? '' : `<h3>${title}</h3>\n<ul>\n${items.join('\n')}\n</ul>`;
}

function codesTable(): string {
  const rows = Object.entries(REFUSALS).map(([code, { status, message }]) => {
    return `<tr><td><code>${code}</code></td><td>${status}</td><td>${escaped(message)}</td></tr>`;
  });
  return `<section>
<h2 id="codes">Codes</h2>
<p>A refusal is <code>{"error": {"code", "message", "details"}}</code>. Whatever is malformed is INVALID_REQUEST: 400,
and 405 for another method, 413 for too large a body, 415 for one of another type.</p>
<table>
<tr><th>code</th><th>status</th><th>meaning</th></tr>
${rows.join('\n')}
</table>
</section>`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escaped(text: string): string {
  return text.replaceAll(/[&<>"]/g, (character) => ENTITIES[character] ?? '');
}
