import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '../../src/config.ts';

const ROOT = join(import.meta.dirname, '../..');
const read = (name: string) => readFileSync(join(ROOT, name), 'utf8');

describe('compose.yaml and the Dockerfile', () => {
  const [, ofServer = ''] = read('compose.yaml').split(/^ {2}croupier:$/m);
  const settings = [...ofServer.matchAll(/^ {6}([A-Z_]+):(.*)$/gm)].map(([, name = '', value = '']) => [
    name,
    value.trim(),
  ]);

  it('have no secret in them, and no default for one', () => {
    for (const name of ['compose.yaml', 'Dockerfile']) {
      for (const [line] of read(name).matchAll(/^.*(PASSWORD|SECRET|KEY).*$/gm)) {
        assert.match(line, /\$\{[A-Z_]+:\?must be set/, `${name}: ${line}`);
      }
    }
  });

  it('set what the server reads, and enough for it to start', () => {
    const config = read('src/config.ts');
    for (const [name] of settings) assert.match(config, new RegExp(`^ {2}${name}:`, 'm'), `${name} is read by nobody`);
    // Without a value it is passed on where it is set.
    const given = settings.filter(([, value]) => value !== '');
    const filled = given.map(([name = '', value = '']) => {
      const text = value
        .replaceAll(/\$\{[A-Z_]+:\?[^}]*\}/g, 'x'.repeat(32))
        .replaceAll(/\$\{[A-Z_]+:-([^}]*)\}/g, '$1');
      return [name, text];
    });
    const { demo, trustProxy, host } = loadConfig(Object.fromEntries(filled));
    assert.deepEqual([demo, trustProxy, host], [false, 1, '0.0.0.0']);
  });

  it('pass on everything else that can be set for real', () => {
    const names = [...read('src/config.ts').matchAll(/^ {2}([A-Z_]+):/gm)].map(([, name = '']) => name);
    const ofTheImage = ['PORT', 'HOST', 'DATA_DIR'];
    const forTests = ['DEMO_BOTS', 'RATE_LIMITS', 'SANDBOX_WEBHOOK_SECRET'];
    const passed = new Set(settings.map(([name]) => name));
    assert.deepEqual(names.filter((name) => !passed.has(name)).toSorted(), [...ofTheImage, ...forTests].toSorted());
  });

  it('carry everything that the server is made of, and let nothing else in', () => {
    const copied = [...read('Dockerfile').matchAll(/^COPY (\w+) /gm)].map(([, name = '']) => name);
    const welcome = new Set(read('.dockerignore').split('\n'));
    for (const name of copied) assert.ok(existsSync(join(ROOT, name)) && welcome.has(`!${name}`), name);
    for (const name of ['src', 'rooms', 'schema', 'db', 'public']) assert.ok(copied.includes(name), name);
    assert.ok(welcome.has('*'));
  });
});
