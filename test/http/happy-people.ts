import { sandboxMessage } from '../../src/cashier/sandbox.ts';
import type { TransactionId } from '../../src/cashier/transaction.ts';
import { INR, minor } from '../../src/money.ts';
import { PASSWORD } from '../accounts/support.ts';
import { WEBHOOK_SECRET } from '../cashier/support.ts';
import { get, newKey, newPlayer, newStaff, type Player } from '../journeys/support.ts';
import {
  BINARY,
  type HappyPaths,
  keyed,
  make,
  newPresent,
  openPhase,
  openTrade,
  TRADE,
  type World,
} from './happy-world.ts';

const MOVE = { amount: 60_000, method: 'upi' };

const login = (world: World, { username }: Player) =>
  make(world, 'POST', '/auth/login', undefined, { username, password: PASSWORD });
const deposit = async (world: World): Promise<string> =>
  (await make(world, 'POST', '/transactions/deposits', world.people.PLAYER, MOVE)).id;
const bonus = async (world: World): Promise<string> =>
  (await make(world, 'POST', '/admin/bonuses', world.second, await newPresent(world, world.people.PLAYER))).id;

const ACCOUNTS: HappyPaths = {
  'POST /auth/register': () => ({ body: { username: 'somebody-new', password: PASSWORD } }),
  'POST /auth/login': ({ people }) => ({ body: { username: people.PLAYER.username, password: PASSWORD } }),
  'POST /auth/refresh': async (world) => {
    return { body: { refreshToken: (await login(world, world.people.PLAYER)).refreshToken } };
  },
  'POST /auth/logout': async ({ server }) => ({ person: await newStaff(server, 'PLAYER') }),
  'DELETE /auth/sessions/{id}': async (world) => {
    await login(world, world.people.PLAYER);
    const { items } = await get(world.server, '/auth/sessions', world.people.PLAYER);
    const other = items.find(({ current }: { current: boolean }) => !current);
    return { params: { id: other.id } };
  },
  'POST /matchmake/{method}/{target}': () => ({ params: { method: 'joinById', target: 'quick' }, body: {} }),
};

const TABLES: HappyPaths = {
  'GET /tables/{id}': () => ({ params: { id: 'quick' } }),
  'GET /tables/{id}/history': () => ({ params: { id: 'quick' } }),
  'GET /tables/{id}/voids': () => ({ params: { id: 'calm' } }),
  'GET /rounds/me/{id}': ({ roundId: id }) => ({ params: { id } }),
  'GET /rounds/{id}': ({ roundId: id }) => ({ params: { id } }),
  'GET /rounds/{id}/verification': ({ roundId: id }) => ({ params: { id } }),
};

const MONEY: HappyPaths = {
  'PUT /wallets/me/limits': () => ({ body: { limits: [], sessionMinutes: 60 }, headers: keyed() }),
  'POST /wallets/me/exclusion': async ({ server }) => {
    return { person: await newPlayer(server, 0), body: { kind: 'time-out', hours: 24 }, headers: keyed() };
  },
  'POST /transactions/deposits': () => ({ body: MOVE, headers: keyed() }),
  'POST /transactions/withdrawals': () => ({ body: MOVE, headers: keyed() }),
  'GET /transactions/{id}': async (world) => ({ params: { id: await deposit(world) } }),
  'DELETE /transactions/{id}': async (world) => ({ params: { id: await deposit(world) } }),
  'DELETE /bonuses/{id}': async (world) => ({ params: { id: await bonus(world) } }),
  'POST /webhooks/payments/{provider}': async (world) => {
    const wish = { amount: 20_000, method: 'sandbox' };
    const { id } = await make(world, 'POST', '/transactions/deposits', world.people.PLAYER, wish);
    const about = { id: id as TransactionId, amount: minor(wish.amount), currency: INR };
    const options = { eventId: newKey(), nowMs: Date.now() };
    const { timestamp, signature, body } = sandboxMessage(WEBHOOK_SECRET, about, 'payment.succeeded', options);
    const headers = { 'X-Webhook-Timestamp': timestamp, 'X-Webhook-Signature': signature };
    return { params: { provider: 'sandbox' }, body: body.toString(), headers };
  },
};

const LOTTERY: HappyPaths = {
  'GET /lottery/phases/{id}': ({ phaseId: id }) => ({ params: { id } }),
  'GET /lottery/phases/{id}/verification': ({ phaseId: id }) => ({ params: { id } }),
  'POST /lottery/phases/{id}/slips': async (world) => {
    return { params: { id: (await openPhase(world)).phaseId }, body: { text: '123-10' }, headers: keyed() };
  },
  'GET /lottery/slips/{id}': ({ slipId: id }) => ({ params: { id } }),
};

const MARKET: HappyPaths = {
  'GET /market/{symbol}/candles': () => ({ params: { symbol: TRADE.symbol } }),
  'GET /ai/insights/{symbol}': () => ({ params: { symbol: TRADE.symbol } }),
  'GET /market/days/{day}': async ({ server }) => {
    return { params: { day: (await get(server, '/market/days')).items[0].day } };
  },
  'GET /market/{symbol}/ticks': () => ({ params: { symbol: TRADE.symbol } }),
  'POST /trades/open': async (world) => {
    await openTrade(world, 'trade', TRADE);
    return { body: TRADE, headers: keyed() };
  },
  'GET /trades/{id}': async (world) => ({ params: { id: await openTrade(world, 'trade', TRADE) } }),
  'DELETE /trades/{id}': async (world) => {
    return { params: { id: await openTrade(world, 'trade', TRADE) }, headers: keyed() };
  },
  'POST /binary/open': async (world) => {
    await openTrade(world, 'binary', BINARY);
    return { body: BINARY, headers: keyed() };
  },
  'GET /binary/{id}': async (world) => ({ params: { id: await openTrade(world, 'binary', BINARY) } }),
};

const PARTNERS: HappyPaths = {
  'POST /partner/api-keys': () => ({ body: { name: 'reports', scopes: ['reports'] } }),
  'DELETE /partner/api-keys/{id}': async (world) => {
    const { id } = await make(world, 'POST', '/partner/api-keys', world.people.PARTNER, { name: 'to go' });
    return { params: { id } };
  },
  'PUT /partner/postback': () => ({ body: { url: null } }),
  // One that could not be told: from here nobody outside is.
  'GET /partner/postbacks': async ({ database, partnerId }) => {
    const insert = `
      insert into partner_postback (id, partner_id, event, ref, body, status, next_at, created_at)
      values ($1, $2, 'registration', 'somebody', '{}', 'DEAD', now(), now()) on conflict do nothing`;
    await database.admin().query(insert, [newKey(), partnerId]);
    return {};
  },
};

/** What everybody else succeeds with, where it takes more than to ask. */
export const PEOPLE_PATHS: HappyPaths = { ...ACCOUNTS, ...TABLES, ...MONEY, ...LOTTERY, ...MARKET, ...PARTNERS };
