import { isIPv6 } from 'node:net';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { type Refusal, refuse } from '../refusal.ts';

/**
 * How much is allowed, per process (S4-03, X-10). A window starts with a key's first request, so the whole allowance
 * may be used at once: ten requests in a burst, then none for the rest of the second.
 */
const PER_SECOND = 10;
/** All clients of one address together: making many accounts does not buy many allowances. */
const PER_SECOND_AND_ADDRESS = 100;
const LOGINS_PER_MINUTE = 5;
/** Right passwords do not count against the address, wrong ones do: a household shares one, a guesser does not care. */
const WRONG_LOGINS_PER_MINUTE_AND_ADDRESS = 5;
const LOGINS_PER_MINUTE_AND_ADDRESS = 60;
const REGISTRATIONS_PER_MINUTE_AND_ADDRESS = 30;

export interface RateLimits {
  /** One API request by `client`: a user id, or an address for those who are not signed in. */
  request(client: string, ip: string): Promise<Refusal | undefined>;
  /** One attempt to sign in; when the password was right, say so with `loginSucceeded`. */
  login(ip: string, username: string): Promise<Refusal | undefined>;
  loginSucceeded(ip: string): Promise<void>;
  registration(ip: string): Promise<Refusal | undefined>;
  /** One room message of a player who is signed in, over all connections. Floods are the rooms' to judge. */
  message(userId: string): Promise<Refusal | undefined>;
}

/** Counts in memory, each process for itself; keys vanish with their window. Disabled, it lets everything pass. */
export function createRateLimits({ enabled }: { enabled: boolean }): RateLimits {
  if (!enabled) return UNLIMITED;
  const requests = new RateLimiterMemory({ points: PER_SECOND, duration: 1 });
  const requestsOfAddress = new RateLimiterMemory({ points: PER_SECOND_AND_ADDRESS, duration: 1 });
  const logins = new RateLimiterMemory({ points: LOGINS_PER_MINUTE, duration: 60 });
  const wrongLogins = new RateLimiterMemory({ points: WRONG_LOGINS_PER_MINUTE_AND_ADDRESS, duration: 60 });
  const loginsOfAddress = new RateLimiterMemory({ points: LOGINS_PER_MINUTE_AND_ADDRESS, duration: 60 });
  const registrations = new RateLimiterMemory({ points: REGISTRATIONS_PER_MINUTE_AND_ADDRESS, duration: 60 });
  const messages = new RateLimiterMemory({ points: PER_SECOND, duration: 1 });

  return {
    async request(client, ip) {
      return (await take(requestsOfAddress, addressKey(ip))) ?? (await take(requests, client));
    },
    async login(ip, username) {
      const address = addressKey(ip);
      return (
        (await take(loginsOfAddress, address)) ??
        (await take(logins, `${address} ${username.toLowerCase()}`)) ??
        (await take(wrongLogins, address))
      );
    },
    async loginSucceeded(ip) {
      await wrongLogins.reward(addressKey(ip));
    },
    registration: (ip) => take(registrations, addressKey(ip)),
    message: (userId) => take(messages, userId),
  };
}

const UNLIMITED: RateLimits = {
  request: async () => undefined,
  login: async () => undefined,
  loginSucceeded: async () => undefined,
  registration: async () => undefined,
  message: async () => undefined,
};

async function take(limiter: RateLimiterMemory, key: string): Promise<Refusal | undefined> {
  const used = await consume(limiter, key);
  if (used.consumedPoints <= limiter.points) return undefined;
  return refuse('RATE_LIMITED', undefined, { retryAfterSeconds: Math.max(1, Math.ceil(used.msBeforeNext / 1000)) });
}

/** The library rejects with its result when the allowance is used up. */
async function consume(limiter: RateLimiterMemory, key: string): Promise<RateLimiterRes> {
  try {
    return await limiter.consume(key);
  } catch (result) {
    if (result instanceof RateLimiterRes) return result;
    throw result;
  }
}

/** What counts as one address: all of IPv4, but the /64 of IPv6, which is what one household is given. */
export function addressKey(ip: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip);
  if (mapped?.[1] !== undefined) return mapped[1];
  if (!isIPv6(ip)) return ip;
  const [head = '', tail] = ip.toLowerCase().split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length;
  const groups = [...before, ...Array<string>(Math.max(0, zeros)).fill('0'), ...after];
  return groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':');
}
