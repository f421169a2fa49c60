import assert from 'node:assert/strict';
import { isAllowedOrigin, isFromHere } from '../../src/http/origin.ts';

describe('origins', () => {
  const config = { allowedOrigins: ['https://play.example.org'] };
  const HOST = 'casino.example.org:2567';

  it('no origin, the own host over http or https, and listed ones are allowed', () => {
    for (const origin of [undefined, `https://${HOST}`, `http://${HOST}`, 'https://play.example.org']) {
      assert.equal(isAllowedOrigin(origin, HOST, config), true, String(origin));
    }
  });

  it('another scheme, port, host, or a name that only begins or ends alike is not', () => {
    const foreign = [
      'null',
      '',
      '*',
      'http://play.example.org',
      'https://play.example.org:444',
      'https://play.example.org.evil.org',
      'https://evil-play.example.org',
      'https://casino.example.org',
      `ftp://${HOST}`,
      `https://${HOST}@evil.org`,
      `https://evil.org/${HOST}`,
    ];
    for (const origin of foreign) assert.equal(isAllowedOrigin(origin, HOST, config), false, origin);
  });

  it('a request without a host has no origin of its own', () => {
    assert.equal(isAllowedOrigin('https://undefined', undefined, config), false);
  });

  it('what a cookie vouches for comes from a page of this very server, or from no page', () => {
    const at = { host: HOST, fetchSite: undefined };
    for (const origin of [undefined, `https://${HOST}`, `http://${HOST}`]) assert.ok(isFromHere({ ...at, origin }));
    for (const origin of ['null', 'https://play.example.org', 'https://casino.example.org']) {
      assert.equal(isFromHere({ ...at, origin }), false, origin);
    }
    for (const fetchSite of ['same-origin', 'none']) assert.ok(isFromHere({ host: HOST, origin: 'null', fetchSite }));
    for (const fetchSite of ['cross-site', 'same-site', '', 'same-origin, cross-site', 'SAME-ORIGIN']) {
      assert.equal(isFromHere({ host: HOST, origin: `https://${HOST}`, fetchSite }), false, fetchSite);
    }
  });
});
