import { get, newPlayer, newStaff } from '../journeys/support.ts';
import {
  drawnPhase,
  dueStatement,
  type HappyPaths,
  type HappyWish,
  keyed,
  make,
  newCampaign,
  newPresent,
  openPhase,
  REASON,
  settledPhase,
  type World,
} from './happy-world.ts';

const TABLE = {
  ...{ name: 'Another', payTable: 'three-window', minBet: 1_000, maxBet: 100_000, exposureCap: 10_000_000 },
  ...{ bettingMs: 60_000, dealingMs: 100, pauseMs: 1_000 },
};
let names = 0;
const newName = () => `another-${++names}`;

/** The same by two people. */
const byTwo = ({ people, second }: World, wish: HappyWish) =>
  [people.ADMIN, second].map((p) => ({ ...wish, person: p }));

async function transaction(world: World, type: string, amount: number, method = 'upi'): Promise<string> {
  const player = await newPlayer(world.server, 200_000);
  return (await make(world, 'POST', `/transactions/${type}`, player, { amount, method })).id;
}
/** The sandbox cannot pay what ends in 13 paise. */
async function failedPayout(world: World): Promise<string> {
  const id = await transaction(world, 'withdrawals', 60_013, 'sandbox');
  await make(world, 'PUT', `/admin/tx/${id}/approve-tx`, world.people.ADMIN);
  return id;
}
async function correction(world: World) {
  const { userId } = await newPlayer(world.server, 0);
  return { userId, amount: 500, ...REASON };
}
const asked = async (world: World): Promise<string> =>
  (await make(world, 'POST', '/admin/adjustments', world.people.ADMIN, await correction(world))).id;
const table = async (world: World): Promise<string> =>
  (await make(world, 'POST', '/admin/games', world.people.ADMIN, { ...TABLE, id: newName() })).id;

const MONEY: HappyPaths = {
  'PUT /admin/tx/{id}/approve-tx': async (world) => ({ params: { id: await transaction(world, 'deposits', 20_000) } }),
  'PUT /admin/tx/{id}/reject-tx': async (world) => {
    return { params: { id: await transaction(world, 'withdrawals', 60_000) }, body: REASON };
  },
  'PUT /admin/tx/{id}/return-payout': async (world) => ({ params: { id: await failedPayout(world) }, body: REASON }),
  'POST /admin/adjustments': async (world) => ({ body: await correction(world), headers: keyed() }),
  'PUT /admin/adjustments/{id}/approve': async (world) => {
    return { params: { id: await asked(world) }, person: world.second, body: REASON };
  },
  'PUT /admin/adjustments/{id}/reject': async (world) => {
    return { params: { id: await asked(world) }, person: world.second, body: REASON };
  },
  'POST /admin/bonuses/campaigns': () => ({ body: newCampaign() }),
  'PUT /admin/bonuses/campaigns/{id}': async (world) => {
    const { id } = await make(world, 'POST', '/admin/bonuses/campaigns', world.people.ADMIN, newCampaign());
    return { params: { id }, body: { maxAmount: 5_000, ...REASON } };
  },
  'POST /admin/bonuses': async (world) => {
    const body = await newPresent(world, await newPlayer(world.server, 0));
    return { person: world.second, body, headers: keyed() };
  },
  'POST /admin/bonuses/{id}/cancel': async (world) => {
    const present = await newPresent(world, await newPlayer(world.server, 0));
    const { id } = await make(world, 'POST', '/admin/bonuses', world.second, present);
    return { params: { id }, body: REASON };
  },
  'PUT /admin/vip/ranks': async ({ server }) => {
    const { items } = await get(server, '/vip/ranks');
    const ranks = items.map((rank: { name: string }) => ({ ...rank, name: `${rank.name}!` }));
    return { body: { ranks, ...REASON } };
  },
};

const LOTTERY: HappyPaths = {
  'POST /admin/lottery/phases': () => ({ body: { name: 'Feb-02', ...REASON } }),
  'PUT /admin/lottery/phases/{id}/limits/{number}': async (world) => {
    return { params: { id: (await openPhase(world)).phaseId, number: '123' }, body: { maxAmount: 5_000, ...REASON } };
  },
  'POST /admin/lottery/phases/{id}/close': async (world) => ({ params: { id: (await openPhase(world)).phaseId } }),
  'POST /admin/lottery/phases/{id}/result': async (world) => {
    const { phaseId: id } = await openPhase(world);
    await make(world, 'POST', `/admin/lottery/phases/${id}/close`, world.people.ADMIN);
    return byTwo(world, { params: { id }, body: { winningNumber: '123' } });
  },
  'POST /admin/lottery/phases/{id}/settle': async (world) => ({
    params: { id: await drawnPhase(world) },
    body: REASON,
  }),
  'POST /admin/lottery/slips/{id}/void': async (world) => {
    return { params: { id: (await openPhase(world)).slipId }, body: REASON };
  },
  'GET /admin/lottery/slips/{id}': ({ slipId: id }) => ({ params: { id } }),
  'GET /admin/lottery/phases/{id}/collectors': async (world) => ({ params: { id: await settledPhase(world) } }),
  'GET /lottery/phases/{id}/risk': ({ phaseId: id }) => ({ params: { id } }),
  'GET /lottery/phases/{id}/lay-off': ({ phaseId: id }) => ({ params: { id } }),
  'GET /lottery/phases/{id}/heat-map': ({ phaseId: id }) => ({ params: { id } }),
};

const PARTNERS: HappyPaths = {
  'POST /admin/partners': async ({ server }) => ({ body: { userId: (await newPlayer(server, 0)).userId, ...REASON } }),
  'PUT /admin/partners/{id}': async (world) => {
    const { id } = await dueStatement(world);
    return { params: { id }, body: { carryOver: 'carry', ...REASON } };
  },
  'POST /admin/partners/{id}/statements/{statement}/approve': async (world) => ({ params: await dueStatement(world) }),
  'POST /admin/partners/{id}/statements/{statement}/pay': async (world) => {
    const params = await dueStatement(world);
    const path = `/admin/partners/${params.id}/statements/${params.statement}/approve`;
    await make(world, 'POST', path, world.people.ADMIN);
    return { params, person: world.second, body: REASON };
  },
  'GET /admin/partners/{id}/summary': ({ partnerId: id }) => ({ params: { id } }),
  'GET /admin/partners/{id}/earnings': ({ partnerId: id }) => ({ params: { id } }),
  'GET /admin/partners/{id}/players': ({ partnerId: id }) => ({ params: { id } }),
  'GET /admin/partners/{id}/statements': async (world) => ({ params: { id: (await dueStatement(world)).id } }),
};

const GAMES: HappyPaths = {
  'POST /admin/games': () => ({ body: { ...TABLE, id: newName() } }),
  'GET /admin/games/{id}': () => ({ params: { id: 'quick' } }),
  'PUT /admin/games/{id}': async (world) => ({
    params: { id: await table(world) },
    body: { maxBet: 50_000, ...REASON },
  }),
  'POST /admin/games/{id}/pause': async (world) => ({ params: { id: await table(world) }, body: REASON }),
  'POST /admin/games/{id}/resume': async (world) => {
    const id = await table(world);
    await make(world, 'POST', `/admin/games/${id}/pause`, world.people.ADMIN, REASON);
    return { params: { id }, body: REASON };
  },
  'GET /admin/games/{id}/statistics': () => ({ params: { id: 'quick' } }),
  'POST /admin/rounds/{id}/void': async (world) => {
    const { rows } = await world.database.admin().query(`select id from round where game = 'calm'`);
    return byTwo(world, { params: { id: rows[0].id }, body: REASON });
  },
  'PUT /admin/games/desk-main': async ({ server, people }) => {
    const { settings } = await get(server, '/admin/games/desk-main', people.ADMIN);
    const trades = { ...settings.trades, maxLeverage: settings.trades.maxLeverage - 1 };
    return { body: { settings: { ...settings, trades }, ...REASON } };
  },
  'POST /admin/games/desk-main/pause': () => ({ body: REASON }),
  'POST /admin/games/desk-main/resume': async (world) => {
    const { paused } = await get(world.server, '/admin/games/desk-main', world.people.ADMIN);
    if (!paused) await make(world, 'POST', '/admin/games/desk-main/pause', world.people.ADMIN, REASON);
    return { body: REASON };
  },
  // A symbol that the log has not heard of for an hour: it hears no more of this one.
  'POST /admin/games/desk-main/symbols/{symbol}/void': async (world) => {
    await world.database.admin().query(`
      create function hear_nothing() returns trigger language plpgsql as $$ begin return null; end $$;
      create trigger hear_nothing before insert on tick for each row when (new.symbol = 'ETHUSDT')
        execute function hear_nothing();
      delete from tick where symbol = 'ETHUSDT'`);
    return byTwo(world, { params: { symbol: 'ETHUSDT' }, body: REASON });
  },
};

const PEOPLE: HappyPaths = {
  'PUT /admin/users/{id}/freeze': async ({ server }) => {
    return { params: { id: (await newPlayer(server, 0)).userId }, body: { frozen: true, ...REASON } };
  },
  'PUT /master/users/{id}/role': async ({ server }) => {
    return { params: { id: (await newStaff(server, 'PLAYER')).userId }, body: { role: 'ADMIN', ...REASON } };
  },
  'GET /admin/users/{id}/statistics': ({ people }) => ({ params: { id: people.PLAYER.userId } }),
};

/** What people of the house succeed with, where it takes more than to ask. */
export const HOUSE_PATHS: HappyPaths = { ...MONEY, ...LOTTERY, ...PARTNERS, ...GAMES, ...PEOPLE };
