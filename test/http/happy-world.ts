import assert from 'node:assert/strict';
import type { Role } from '../../src/accounts/identity.ts';
import type { Server } from '../../src/server.ts';
import { get, newKey, newPlayer, newStaff, type Player, send, sit } from '../journeys/support.ts';
import { drawAndSettle, handIn, newCollector, newPhase } from '../lottery/journey-support.ts';
import { playAt } from '../partners/support.ts';
import type { TestDatabase } from '../support/database.ts';
import type { Wish } from './contract-client.ts';

/** A request that is to succeed: parameters of the path by name, the query as it is written. */
export interface HappyWish extends Wish {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: string;
}

/** Makes what has to be there first, and says what is asked then; several requests where several people decide. */
export type HappyPath = (world: World) => Promise<HappyWish | readonly HappyWish[]> | HappyWish;
export type HappyPaths = Readonly<Record<string, HappyPath>>;

/** Whoever and whatever is there for everybody; each path makes for itself what it uses up. */
export interface World {
  readonly server: Server;
  readonly database: TestDatabase;
  readonly people: Readonly<Record<Role, Player>>;
  /** A second member of staff. */
  readonly second: Player;
  readonly partnerId: string;
  /** Of the player. */
  readonly roundId: string;
  readonly phaseId: string;
  /** Of the collector, in that phase. */
  readonly slipId: string;
}

export const keyed = () => ({ 'Idempotency-Key': newKey() });
export const REASON = { reason: 'a test of every route' };

/** Asks for something that has to be there; what is answered. */
export async function make(world: Pick<World, 'server'>, method: string, path: string, person?: Player, body?: object) {
  const { status, json } = await send(world.server, method, path, person, body, keyed());
  assert.ok(status < 300, `${method} ${path}: ${JSON.stringify(json)}`);
  return json;
}

/** Everything that is there: a table that was played at, a settled phase of the lottery, a partner. */
export async function worldOf(server: Server, database: TestDatabase): Promise<World> {
  const people = {
    ...{ PLAYER: await newPlayer(server, 10_000_000), COLLECTOR: await newCollector(server) },
    ...{ PARTNER: await newStaff(server, 'PARTNER'), ADMIN: await newStaff(server, 'ADMIN') },
    MASTER: await newStaff(server, 'MASTER'),
  };
  const { ADMIN, MASTER, PARTNER, COLLECTOR, PLAYER } = people;
  const { id: partnerId } = await make({ server }, 'POST', '/admin/partners', ADMIN, { userId: PARTNER.userId });
  await brings({ server, database }, PARTNER);
  const phase = await newPhase(server, ADMIN, { draw: 'provable', overLimit: 'lay-off', globalLimit: 100 });
  const slip = await handIn(server, phase.phaseId, COLLECTOR, '123-10');
  assert.equal(slip.status, 201, JSON.stringify(slip.json));
  const guest = await sit(server, 'quick', PLAYER);
  const roundId = await guest.newRound();
  assert.ok((await guest.bet('andar', 1_000)).ok);
  await guest.hears('game_complete', (result) => result.roundId === roundId);
  await guest.leaves();
  const world = { server, database, people, second: MASTER, partnerId, roundId };
  return { ...world, phaseId: phase.phaseId, slipId: slip.json.slipId };
}

export async function settledPhase({ server, people, second }: World): Promise<string> {
  const { phaseId } = await newPhase(server, people.ADMIN);
  await handIn(server, phaseId, people.COLLECTOR, '123-10');
  await drawAndSettle(server, phaseId, [people.ADMIN, second], '123');
  return phaseId;
}

/** A phase with a slip in it, which nobody has decided anything about. */
export async function openPhase({ server, people }: World): Promise<{ phaseId: string; slipId: string }> {
  const { phaseId } = await newPhase(server, people.ADMIN);
  return { phaseId, slipId: (await handIn(server, phaseId, people.COLLECTOR, '123-10')).json.slipId };
}

/** One that its number was entered for, by two people. */
export async function drawnPhase(world: World): Promise<string> {
  const { phaseId } = await openPhase(world);
  const path = `/admin/lottery/phases/${phaseId}`;
  await make(world, 'POST', `${path}/close`, world.people.ADMIN);
  for (const who of [world.people.ADMIN, world.second])
    await make(world, 'POST', `${path}/result`, who, { winningNumber: '123' });
  return phaseId;
}

/** Somebody whom a partner has brought loses, in a month that is closed by now. */
async function brings({ server, database }: Pick<World, 'server' | 'database'>, partner: Player): Promise<void> {
  const player = await newPlayer(server, 200_000);
  const refer = 'update users set referred_by = $1 where id = $2';
  await database.admin().query(refer, [partner.userId, player.userId]);
  await playAt(database, server.wallet, '2025-09-20T12:00:00Z', [[player.userId, 100_000, 0]]);
  await server.partners.sweep();
}

/** A closed month with money due, of a partner of its own. */
export async function dueStatement(world: World): Promise<{ id: string; statement: string }> {
  const { server, people } = world;
  const partner = await newPlayer(server, 0);
  const { id } = await make(world, 'POST', '/admin/partners', people.ADMIN, { userId: partner.userId });
  await brings(world, partner);
  const path = `/admin/partners/${id}/statements?cursor=2025-10&limit=1`;
  return { id, statement: (await get(server, path, people.ADMIN)).items[0].id };
}

/** As soon as there is a fresh price. */
export async function openTrade({ server, people }: World, kind: 'trade' | 'binary', wish: object): Promise<string> {
  const path = kind === 'trade' ? '/trades/open' : '/binary/open';
  for (const deadline = performance.now() + 10_000; ; ) {
    const { status, json } = await send(server, 'POST', path, people.PLAYER, wish, keyed());
    if (status === 200) return json[kind].tradeId;
    assert.ok(json.error?.code === 'STALE_PRICE' && performance.now() < deadline, `${path}: ${JSON.stringify(json)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

let campaigns = 0;
export function newCampaign() {
  campaigns += 1;
  const terms = { kind: 'MANUAL', maxAmount: 10_000, wagering: 3_000, validDays: 30 };
  return { ...terms, name: `Presents ${campaigns}` };
}

/** What a present is asked for with, of a campaign of its own: by somebody else than made that. */
export async function newPresent(world: World, { userId }: Pick<Player, 'userId'>) {
  const { id } = await make(world, 'POST', '/admin/bonuses/campaigns', world.people.ADMIN, newCampaign());
  return { campaignId: id, userId, amount: 500, ...REASON };
}

export const TRADE = { symbol: 'BTCUSDT', amount: '0.001' };
export const BINARY = { symbol: 'BTCUSDT', direction: 'UP', stake: 1_000, expirySeconds: 60 };
