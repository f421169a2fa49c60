import assert from 'node:assert/strict';
import { BalanceUpdated } from '../../schema/account.ts';
import { WireHouseBonus } from '../../src/bonuses/wire-bonus.ts';
import { WireWallet } from '../../src/http/wire-wallet.ts';
import type { Server } from '../../src/server.ts';
import { movableClock, newName, PASSWORD } from '../accounts/support.ts';
import { DAY_MS } from '../bonuses/examples.ts';
import { assertBonuses } from '../bonuses/support.ts';
import { assertCashier } from '../cashier/support.ts';
import { useDatabase } from '../support/database.ts';
import {
  enter,
  enterAccount,
  get,
  newKey,
  newPlayer,
  newStaff,
  type Player,
  quickTable,
  roomyTable,
  send,
  sit,
  start,
} from './support.ts';

const TABLE = 'bonuses';

describe('a bonus, from what it is given for to what becomes of it', () => {
  const database = useDatabase();
  const clock = movableClock();
  let server: Server;
  let ann: Player;
  let bob: Player;

  before(async () => {
    const tables = [roomyTable(TABLE), quickTable('fast', { enabled: false })];
    server = await start(database, tables, { clock });
    ann = await newStaff(server, 'ADMIN');
    bob = await newStaff(server, 'ADMIN');
  });
  afterEach(() => database.admin().query('update bonus_campaign set enabled_at = null'));
  after(async () => {
    await server.stop();
    await assertBonuses(database);
    await assertCashier(database);
  });

  const wallet = async (who: Player) => WireWallet.parse(await get(server, '/wallets/me', who));
  const shown = async (who: Player) =>
    (await wallet(who)).bonuses.map(
      ({ status, amount, wageringRequirement: of, wageredAmount: done }) => `${status} ${amount} ${done}/${of}`,
    );
  const becameOf = async (who: Player) =>
    (await get(server, '/bonuses/me', who)).items.map(
      ({ status, outcome }: Record<string, string>) => `${status} ${outcome}`,
    );

  async function campaign(kind: string, more: object): Promise<string> {
    const terms = { name: newKey(), kind, maxAmount: 100_000, wagering: 100, validDays: 7, ...more };
    const { status, json } = await send(server, 'POST', '/admin/bonuses/campaigns', ann, terms);
    assert.equal(status, 201, JSON.stringify(json));
    if (kind === 'MANUAL') return json.id;
    const on = { enabled: true, reason: 'it begins' };
    assert.equal((await send(server, 'PUT', `/admin/bonuses/campaigns/${json.id}`, bob, on)).status, 200);
    return json.id;
  }
  async function give(who: Player, amount: number, more: object = {}) {
    const campaignId = await campaign('MANUAL', more);
    const gift = { campaignId, userId: who.userId, amount, reason: 'a birthday' };
    const given = await send(server, 'POST', '/admin/bonuses', bob, gift, { 'Idempotency-Key': newKey() });
    assert.equal(given.status, 201, JSON.stringify(given.json));
    return WireHouseBonus.parse(given.json);
  }
  async function deposit(who: Player, amount: number): Promise<void> {
    const body = { amount, method: 'upi' };
    const key = { 'Idempotency-Key': newKey() };
    const { json } = await send(server, 'POST', '/transactions/deposits', who, body, key);
    assert.deepEqual((await send(server, 'PUT', `/admin/tx/${json.id}/approve-tx`, ann)).json, { ok: true });
  }
  const withdraw = (who: Player, amount: number) =>
    send(server, 'POST', '/transactions/withdrawals', who, { amount, method: 'upi' }, { 'Idempotency-Key': newKey() });

  it('S2-08 S2-25 who signs up while a campaign runs has its bonus, with all that is promised', async () => {
    const before = await newPlayer(server, 0);
    const contributions = { [TABLE]: 10_000, fast: 1_000 };
    const terms = { fixedAmount: 10_000, wagering: 3_000, maxStake: 5_000, contributions, name: 'Welcome' };
    await campaign('SIGN_UP', terms);
    const player = await newPlayer(server, 0);
    const { bonuses, ...money } = await wallet(player);
    assert.deepEqual([money.real, money.bonus, money.total, money.withdrawable], [0, 10_000, 10_000, 0]);
    const [{ id, expiryDate, createdAt, ...bonus } = assert.fail()] = bonuses;
    assert.deepEqual(bonus, {
      ...{ kind: 'SIGN_UP', name: 'Welcome', amount: 10_000, balance: 10_000, maxStake: 5_000, contributions },
      ...{ wageringRequirement: 300_000, wageredAmount: 0, gameRestrictions: [TABLE, 'fast'].sort() },
      ...{ status: 'ACTIVE', outcome: null },
    });
    assert.ok(Math.abs(Date.parse(expiryDate ?? '') - clock.now() - 7 * DAY_MS) < 10_000);
    const { items } = await get(server, '/bonuses/me', player);
    assert.deepEqual(items, bonuses);
    await server.bonuses.sweep();
    assert.deepEqual([(await wallet(before)).bonuses, (await wallet(player)).bonuses.length], [[], 1]);
  });

  it('S2-08 S2-34 S2-36 a deposit brings its bonus, is played through at a table, and can be withdrawn', async () => {
    await campaign('DEPOSIT', { percentage: 5_000, minDeposit: 50_000 });
    const player = await newPlayer(server, 0);
    const own = await enter(server, 'account', player);
    await deposit(player, 100_000);
    const { change, newBalance } = BalanceUpdated.parse(
      await own.hears('BALANCE_UPDATED', ({ reason }) => reason === 'BONUS_GRANTED'),
    );
    assert.deepEqual([change, newBalance], [50_000, 150_000]);
    assert.deepEqual(await shown(player), ['ACTIVE 50000 0/50000']);
    const { real, playThrough, withdrawable } = await wallet(player);
    assert.deepEqual([real, playThrough, withdrawable], [100_000, 100_000, 0]);
    const { error } = (await withdraw(player, 50_000)).json;
    assert.deepEqual([error.code, error.details], ['WAGERING_OPEN', { withdrawable: 0 }]);
    assert.equal(error.message, 'More has to be staked first; ₹0 can be withdrawn now.');

    const seat = await sit(server, TABLE, player);
    for (const [amount, then] of [
      [30_000, ['ACTIVE 50000 30000/50000']],
      [70_000, []],
    ] as const) {
      const roundId = await seat.newRound();
      assert.ok((await seat.bet('andar', amount)).ok);
      await seat.hears('game_complete', (body) => body.roundId === roundId);
      assert.deepEqual(await shown(player), then);
    }
    assert.deepEqual(await becameOf(player), ['COMPLETED completed']);
    const after = await wallet(player);
    assert.deepEqual([after.bonus, after.playThrough, after.withdrawable], [0, 0, after.real]);
    assert.ok(after.real >= 50_000, 'the bonus is real money, whatever was lost');
    assert.equal(after.vip.xp, 1_000);
    assert.equal((await withdraw(player, 50_000)).status, 201);
    await Promise.all([seat.leaves(), own.leaves()]);
  });

  it('S2-34 a withdrawal says what bonuses have lost by it, to its player too', async () => {
    const player = await newPlayer(server, 100_000);
    const own = await enterAccount(server, player);
    for (const amount of [5_000, 6_000]) await give(player, amount);
    const { json } = await withdraw(player, 60_000);
    assert.deepEqual([json.status, json.forfeitedBonus], ['PENDING', 11_000]);
    const heard = await own.hears('BALANCE_UPDATED', ({ reason }) => reason === 'WITHDRAWAL_REQUESTED');
    assert.deepEqual([heard.change, heard.newBalance], [-11_000, 100_000]);
    assert.equal((await get(server, `/transactions/${json.id}`, player)).forfeitedBonus, 11_000);
    assert.equal((await withdraw(await newPlayer(server, 100_000), 60_000)).json.forfeitedBonus, 0);
    await own.leaves();
  });

  it('S2-08 who brings a player gets a bonus for that player’s first deposit', async () => {
    await campaign('REFERRAL', { percentage: 1_000 });
    const player = await newPlayer(server, 0);
    const codes = await Promise.all([1, 2, 3].map(() => get(server, '/bonuses/referral', player)));
    const [{ referralCode } = assert.fail()] = codes;
    assert.match(referralCode, /^[2-9A-Z]{12}$/);
    for (const code of codes) assert.deepEqual(code, { referralCode });
    const body = { username: newName(), password: PASSWORD, referralCode };
    const { status, json } = await send(server, 'POST', '/auth/register', undefined, body);
    assert.equal(status, 201);
    const friend = { userId: json.user.id, username: json.user.username, token: json.accessToken };
    assert.deepEqual(await shown(player), []);
    await deposit(friend, 70_000);
    await deposit(friend, 90_000);
    await server.bonuses.sweep();
    assert.deepEqual([await shown(player), await shown(friend)], [['ACTIVE 7000 0/7000'], []]);
    const partner = await newStaff(server, 'PARTNER');
    assert.equal((await get(server, '/bonuses/referral', partner)).error.code, 'FORBIDDEN');
  });

  it('S2-35 a bonus can be given up, and is taken back by the house, with what is left of it', async () => {
    const player = await newPlayer(server, 20_000);
    const own = await enterAccount(server, player);
    const [first, second] = [await give(player, 5_000), await give(player, 6_000)];
    assert.deepEqual(await shown(player), ['ACTIVE 5000 0/5000', 'ACTIVE 6000 0/6000']);
    const other = await newPlayer(server, 0);
    assert.equal((await send(server, 'DELETE', `/bonuses/${first.id}`, other)).json.error.code, 'NOT_FOUND');
    const declined = await send(server, 'DELETE', `/bonuses/${first.id}`, player);
    assert.deepEqual([declined.status, declined.json.status, declined.json.outcome], [200, 'CANCELLED', 'declined']);
    const told = await own.hears('BALANCE_UPDATED', ({ reason }) => reason === 'BONUS_ENDED');
    assert.deepEqual([told.change, told.newBalance, told.bonus], [-5_000, 26_000, 6_000]);
    const path = `/admin/bonuses/${second.id}/cancel`;
    const cancelled = await send(server, 'POST', path, ann, { reason: 'a mistake' });
    const { status, outcome, endedBy, endReason } = WireHouseBonus.parse(cancelled.json);
    assert.deepEqual([status, outcome, endedBy, endReason], ['CANCELLED', 'cancelled', ann.userId, 'a mistake']);
    for (const late of [
      send(server, 'DELETE', `/bonuses/${first.id}`, player),
      send(server, 'POST', path, bob, { reason: 'again' }),
    ]) {
      assert.deepEqual([(await late).status, (await late).json.error.code], [409, 'NOT_OPEN']);
    }
    const { items } = await get(server, `/admin/audit?target=bonus:${second.id}`, ann);
    assert.deepEqual(
      items.map(({ action, adminId, amount, reason }: Record<string, unknown>) => [action, adminId, amount, reason]),
      [
        ['bonus.cancel', ann.userId, 6_000, 'a mistake'],
        ['bonus.give', bob.userId, 6_000, 'a birthday'],
      ],
    );
    const { bonus, real } = await wallet(player);
    assert.deepEqual([bonus, real], [0, 20_000]);
    await own.leaves();
  });

  it('S2-04 S2-15 S2-29 S2-35 the view that the documents name says what the routes say', async () => {
    const player = await newPlayer(server, 60_000);
    await give(player, 1_000);
    await give(player, 2_000);
    const [first] = (await get(server, '/bonuses/me', player)).items;
    await send(server, 'DELETE', `/bonuses/${first.id}`, player);
    assert.equal((await withdraw(player, 60_000)).status, 201);
    await give(player, 3_000);
    const { items } = await get(server, '/bonuses/me', player);
    const { rows } = await database.admin().query(
      `select id, amount::int, process_amount::int, goal_amount::int, status, balance::int from player_bonuses
        where player_id = $1 order by id desc`,
      [player.userId],
    );
    assert.deepEqual(
      rows,
      items.map((item: Record<string, unknown>) => ({
        ...{ id: item.id, amount: item.amount, process_amount: item.wageredAmount },
        ...{ goal_amount: item.wageringRequirement, status: item.status, balance: item.balance },
      })),
    );
    assert.deepEqual(await becameOf(player), ['ACTIVE null', 'CANCELLED declined', 'CANCELLED forfeited']);
    const [balances] = (
      await database.admin().query('select bonuses from balances where player_id = $1', [player.userId])
    ).rows;
    assert.deepEqual(
      balances.bonuses.map(({ amount }: { amount: number }) => amount),
      [3_000],
    );
  });

  it('S2-08 a bonus whose time is over is lost, and is not there from that moment on', async () => {
    const player = await newPlayer(server, 0);
    const { username } = player;
    await give(player, 5_000, { validDays: 1 });
    await give(player, 6_000, { validDays: 2, wagering: 1 });
    clock.advance(DAY_MS + 1);
    const signedIn = await send(server, 'POST', '/auth/login', undefined, { username, password: PASSWORD });
    const later = { ...player, token: signedIn.json.accessToken };
    assert.deepEqual(await shown(later), ['ACTIVE 6000 0/60']);
    assert.deepEqual(await becameOf(later), ['ACTIVE null', 'EXPIRED expired']);
    await server.bonuses.sweep();
    assert.deepEqual(await becameOf(later), ['ACTIVE null', 'EXPIRED expired']);
    assert.equal((await wallet(later)).bonus, 6_000);
  });
});
