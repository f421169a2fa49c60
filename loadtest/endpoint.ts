import { isIPv4 } from 'node:net';
import { Mistake } from './mistake.ts';

/**
 * The server under test, as `http://host:port`. Throws a Mistake for anything but this machine: a load test is an
 * attack on whoever did not ask for it, and there is no option that would allow another.
 */
export function loopbackEndpoint(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:' || url.username !== '' || url.pathname !== '/' || url.search !== '') {
    throw new Mistake(`${text} is no endpoint; one looks like http://127.0.0.1:2567`);
  }
  if (!isLoopback(url.hostname)) throw new Mistake(`${url.hostname} is not this machine: load tests stay at home`);
  return url.origin;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || (isIPv4(host) && host.startsWith('127.'));
}
