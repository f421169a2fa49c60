import assert from 'node:assert/strict';
import { banner, localUrl } from '../../src/demo/banner.ts';
import { curlSnippet, sdkSnippet } from '../../src/demo/snippets.ts';

const url = 'http://127.0.0.1:2567';
const tables = [
  { tableId: 'main', name: 'Main table' },
  { tableId: 'fast', name: 'Fast table' },
];

describe('the banner of the demo', () => {
  const text = banner({ url, tables, bots: 4 });

  it('says where everything is and who may log in', () => {
    for (const fact of [
      `${url}/\n`,
      'main     Main table',
      'fast     Fast table',
      'player1 … player9',
      `${url}/lottery/phases`,
      'croupier-demo',
    ]) {
      assert.ok(text.includes(fact), fact);
    }
    assert.match(text, /bot1 … bot4 play by themselves/);
    assert.match(banner({ url, tables, bots: 1 }), /bot1 play/);
    assert.match(banner({ url, tables, bots: 0 }), /no bots/);
  });

  it('holds the snippets as they are to be pasted: a here-document ends at the beginning of a line', () => {
    assert.ok(text.includes(`\n${curlSnippet(url)}\n`));
    assert.ok(text.includes(`\n${sdkSnippet(url, 'fast')}\n`));
    assert.match(text, /\nEND\n/);
  });

  it('is short enough for a terminal and narrow enough for one', () => {
    const lines = text.split('\n');
    assert.ok(lines.length < 60);
    for (const line of lines) assert.ok(line.length <= 120, line);
  });

  it('knows how to reach a server from its own machine', () => {
    const urls = {
      '127.0.0.1': 'http://127.0.0.1:1',
      '0.0.0.0': 'http://127.0.0.1:1',
      '::': 'http://[::1]:1',
      '::1': 'http://[::1]:1',
      'play.example.org': 'http://play.example.org:1',
    };
    for (const [host, expected] of Object.entries(urls)) assert.equal(localUrl(host, 1), expected);
  });
});
