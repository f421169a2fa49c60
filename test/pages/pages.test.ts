import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { request as rawRequest } from 'node:http';
import { join } from 'node:path';
import { systemClock } from '../../src/clock.ts';
import { demoFacts } from '../../src/demo/people.ts';
import { pagesRouter } from '../../src/http/pages.ts';
import { useHttp } from '../http/support.ts';
import { useDatabase } from '../support/database.ts';

const PUBLIC = join(import.meta.dirname, '../../public');
const read = (name: string) => readFileSync(join(PUBLIC, name), 'utf8');
const named = (ending: string) => readdirSync(PUBLIC).filter((name) => name.endsWith(ending));
const scripts = named('.js');
const styles = named('.css');
const html = read('index.html');

describe('the page', () => {
  const database = useDatabase();
  const http = useHttp(database, { pages: [pagesRouter({ clock: systemClock, demo: demoFacts(4) })] });

  it('every file arrives as what it is, and a browser asks each time whether its copy is still good', async () => {
    const types: Record<string, RegExp> = {
      '/': /^text\/html; charset=utf-8$/i,
      '/icon.svg': /^image\/svg\+xml/,
      '/sdk/colyseus.js': /^text\/javascript; charset=utf-8$/i,
      ...Object.fromEntries(styles.map((name) => [`/${name}`, /^text\/css; charset=utf-8$/i])),
      ...Object.fromEntries(scripts.map((name) => [`/${name}`, /^text\/javascript; charset=utf-8$/i])),
    };
    for (const [path, type] of Object.entries(types)) {
      const { status, headers } = await http.call('GET', path);
      assert.equal(status, 200, path);
      assert.match(headers.get('Content-Type') ?? '', type, path);
      assert.equal(headers.get('Cache-Control'), 'no-cache', path);
      assert.equal(await rawStatus(http.url('/'), path, { 'If-None-Match': headers.get('ETag') ?? '' }), 304, path);
    }
  });

  it('S4-04 is sent under the security headers of the whole server', async () => {
    const { headers } = await http.call('GET', '/');
    assert.match(headers.get('Content-Security-Policy') ?? '', /script-src 'self';style-src 'self'/);
    assert.equal(headers.get('X-Frame-Options'), 'DENY');
    assert.equal(headers.get('X-Content-Type-Options'), 'nosniff');
  });

  it('holds nothing that the content security policy forbids: no script, style or handler of its own', () => {
    for (const [tag] of html.matchAll(/<script\b[^>]*>/g)) assert.match(tag, /\bsrc="\//);
    assert.doesNotMatch(html, /<style\b|\sstyle=|\son[a-z]+=|javascript:|https?:\/\//);
    for (const name of scripts) {
      assert.doesNotMatch(
        read(name),
        /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function/,
        name,
      );
    }
    for (const name of styles) assert.doesNotMatch(read(name), /@import|url\((?!["']?data:)/, name);
  });

  it('every link, file and module that it names is there', async () => {
    const linked = [...html.matchAll(/\b(?:src|href)="(\/[^"]*)"/g)].map(([, path = '']) => path);
    const imported = scripts.flatMap((name) =>
      [...read(name).matchAll(/from '\.(\/[^']+)'/g)].map(([, path = '']) => path),
    );
    assert.ok(linked.length >= 4 && imported.length >= 10);
    for (const path of new Set([...linked, ...imported])) {
      assert.equal((await http.call('GET', path)).status, 200, path);
    }
    for (const name of styles) assert.ok(linked.includes(`/${name}`), name);
    for (const [, id = ''] of html.matchAll(/href="#([^"]+)"/g)) assert.ok(html.includes(`id="${id}"`), id);
  });

  it('every element that a script looks for is in the page', () => {
    const start = html.indexOf('<template');
    const holders = {
      'table-view.js': html.slice(start),
      'my-rounds.js': html.slice(0, start),
      'limits.js': html.slice(0, start),
    };
    for (const [, id = ''] of read('app.js').matchAll(/byId\('([^']+)'\)/g)) assert.ok(html.includes(`id="${id}"`), id);
    for (const [name, holder] of Object.entries(holders)) {
      for (const [, part] of read(name).matchAll(/#(?:part|text|all|named)\('([^']+)'/g)) {
        if (part !== 'undo') assert.match(holder, new RegExp(` data-${part}[ >="]`), name);
      }
    }
  });

  it('every field has a label, every list of changes is read out, every button says what it is', () => {
    for (const [input] of html.matchAll(/<input\b[^>]*>/g)) {
      assert.ok(
        html.slice(0, html.indexOf(input)).lastIndexOf('<label') >
          html.slice(0, html.indexOf(input)).lastIndexOf('</label>'),
      );
    }
    assert.match(html, /<html lang="en">/);
    assert.match(html, /id="notices"[^>]*aria-live="polite"/);
    assert.match(html, /id="announcements"[^>]*aria-live="polite"/);
    for (const [, text] of html.matchAll(/<button\b[^>]*>([^<]*)<\/button>/g)) assert.notEqual(text?.trim(), '');
    const css = styles.map(read).join('');
    for (const promise of [':focus-visible', 'prefers-reduced-motion', 'prefers-color-scheme'])
      assert.ok(css.includes(promise));
  });

  it('tells the page the time of the server and, in a demo, whom to log in as; nothing of it is kept', async () => {
    const before = Date.now();
    const { json, headers } = await http.call('GET', '/page.json');
    assert.ok(json.serverTime >= before && json.serverTime <= Date.now());
    assert.deepEqual(json.demo, {
      username: 'player1',
      password: 'croupier-demo',
      accounts: 'player1 to player9',
      bots: 4,
      welcome: 100_000,
    });
    assert.equal(headers.get('Cache-Control'), 'no-store');
  });

  it('every module and style sheet is short enough to be read at a sitting', () => {
    for (const name of [...scripts, ...styles]) assert.ok(read(name).split('\n').length <= 301, name);
  });

  it('gives out nothing but its own files', async () => {
    for (const path of [
      '/../package.json',
      '/..%2fpackage.json',
      '/%2e%2e/package.json',
      '/sdk/../../../package.json',
    ]) {
      assert.ok([400, 403, 404].includes(await rawStatus(http.url('/'), path)), path);
    }
    for (const path of ['/.env', '/sdk/colyseus.js/..', '/sdk/colyseus.js.map', '/SDK/colyseus.js', '/PAGE.json']) {
      assert.equal((await http.call('GET', path)).status, 404, path);
    }
    assert.equal((await http.call('POST', '/')).status, 404);
  });
});

describe('the page of a server that is no demo', () => {
  const database = useDatabase();
  const http = useHttp(database, { pages: [pagesRouter({ clock: systemClock, demo: null })] });

  it('knows no account and no password', async () => {
    assert.equal((await http.call('GET', '/page.json')).json.demo, null);
    assert.equal((await http.call('GET', '/')).status, 200);
    for (const name of ['index.html', ...scripts]) assert.doesNotMatch(read(name), /croupier-demo|player1/);
  });
});

/** Sends path and headers as they are: fetch would tidy up the one and add to the others. */
function rawStatus(url: string, path: string, headers: Record<string, string> = {}): Promise<number> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const request = rawRequest({ hostname, port, path, headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.on('error', reject).end();
  });
}
