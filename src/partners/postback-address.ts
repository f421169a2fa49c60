import { BlockList, isIP } from 'node:net';

/** What is nobody's on the public network (RFC 6890 and its like): our own machine, and those beside it. */
const PRIVATE = new BlockList();
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const) {
  PRIVATE.addSubnet(network, bits, 'ipv4');
}
/** Of IPv6 only what is given out to the world (2000::/3) is public, less what stands for IPv4 or for examples. */
const GLOBAL = new BlockList();
GLOBAL.addSubnet('2000::', 3, 'ipv6');
for (const [network, bits] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const) {
  PRIVATE.addSubnet(network, bits, 'ipv6');
}
const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])$/;

/** Whether postbacks may go there at all; in a demo also to the machine it runs on, by http. */
export function isPostbackUrl(text: string, demo: boolean): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  if (username !== '' || password !== '') return false;
  if (demo && protocol === 'http:') return LOOPBACK.test(hostname);
  const address = hostname.replace(/^\[|\]$/g, '');
  return protocol === 'https:' && (isIP(address) === 0 || isPublic(address));
}

export function isPublic(address: string): boolean {
  const plain = address.replace(/^::ffff:(?=[0-9.]+$)/i, '').replace(/%.*$/, '');
  if (isIP(plain) === 4) return !PRIVATE.check(plain, 'ipv4');
  return isIP(plain) === 6 && GLOBAL.check(plain, 'ipv6') && !PRIVATE.check(plain, 'ipv6');
}
