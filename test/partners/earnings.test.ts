import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Game } from '../../src/games/andar-bahar/store.ts';
import type { UserId } from '../../src/ids.ts';
import { INR, type Percentage } from '../../src/money.ts';
import { DEFAULT_TERMS } from '../../src/partners/commission.ts';
import { setPostbackUrl } from '../../src/partners/postback-store.ts';
import { slotOf } from '../../src/partners/slots.ts';
import { recordAgreement } from '../../src/partners/store.ts';
import type { RoundDeps } from '../../src/rounds/live-round.ts';
import { balancesOf } from '../../src/wallet/reads.ts';
import { assertBooks } from '../journeys/support.ts';
import { assertProjections, newPartner, type Partner, refer } from '../rounds/followed.ts';
import { ANDAR_WINS, BAHAR_AT_ONCE, BAHAR_WINS, newGame, playRound } from '../rounds/played.ts';
import { newPlayer, roundDeps } from '../rounds/support.ts';
import { useDatabase } from '../support/database.ts';
import { openWallet, type TestWallet } from '../wallet/fixture.ts';

describe('what partners earn by a round', () => {
  const database = useDatabase();
  let wallet: TestWallet;
  let deps: RoundDeps;
  let game: Game;
  before(async () => {
    wallet = await openWallet(database.url());
    deps = roundDeps(database.pool(), wallet);
    game = await newGame(deps);
  });
  after(() => wallet.end());
  afterEach(async () => {
    await assertBooks(database);
    await assertProjections(database);
  });

  const players = (count: number) => Promise.all(Array.from({ length: count }, () => newPlayer(wallet, 1_000_000)));

  async function partnerOf(...referred: UserId[]): Promise<Partner> {
    const partner = await newPartner(database.pool(), database.admin());
    await refer(database.admin(), partner, referred);
    return partner;
  }
  async function rowsOf({ id }: Partner): Promise<Record<string, unknown>[]> {
    const { rows } = await database.admin().query(
      `select game_id, round_id, real_profit::int, real_total_bets::int, real_total_payouts::int, shown_profit::int,
              shown_total_bets::int, shown_total_payouts::int, share_percentage, commission_rate, earned_amount::int,
              player_count, status, paid_at
         from partner_game_earnings where partner_id = $1 order by created_at, round_id`,
      [id],
    );
    return rows;
  }
  async function totalsOf({ id }: Partner): Promise<unknown> {
    const { rows } = await database.admin().query({
      text: 'select total_commission::int, pending_commission::int from partners where id = $1',
      values: [id],
      rowMode: 'array',
    });
    return rows[0];
  }

  it('S0-45 S0-51 S0-52 S0-59 S0-61 S0-65 after a round its row is there, and the totals', async () => {
    const [one, two, stranger] = (await players(3)) as [UserId, UserId, UserId];
    const partner = await partnerOf(one, two);
    const bets = [
      { userId: one, betSide: 'andar', amount: 30_001 },
      { userId: one, betSide: 'bahar', amount: 10_000 },
      { userId: two, betSide: 'andar', amount: 5_000, undone: true },
      { userId: two, betSide: 'andar', amount: 2_000 },
      { userId: stranger, betSide: 'andar', amount: 900_000 },
    ] as const;
    const { roundId } = await playRound(deps, game, bets, BAHAR_WINS);
    assert.deepEqual(await rowsOf(partner), [
      {
        game_id: game.tableId,
        round_id: roundId,
        real_profit: 42_001 - 20_000,
        real_total_bets: 42_001,
        real_total_payouts: 20_000,
        shown_profit: 11_000,
        shown_total_bets: 21_000,
        shown_total_payouts: 10_000,
        share_percentage: 5_000,
        commission_rate: 1_000,
        earned_amount: 1_100,
        player_count: 2,
        status: 'pending',
        paid_at: null,
      },
    ]);
    assert.deepEqual(await totalsOf(partner), [1_100, 1_100]);
  });

  it('S0-67 no money moves by a row: that waits for the net of a period', async () => {
    const [player] = (await players(1)) as [UserId];
    const partner = await partnerOf(player);
    await playRound(deps, game, [{ userId: player, betSide: 'andar', amount: 10_000 }], BAHAR_WINS);
    assert.equal((await rowsOf(partner)).length, 1);
    assert.equal((await balancesOf(database.pool(), INR, [partner.userId])).size, 0);
  });

  it('S0-62 S0-64 a partner’s rows are found by an index, newest or oldest first', async () => {
    const { rows } = await database
      .admin()
      .query(`select indexdef from pg_indexes where indexname = 'partner_game_earnings_partner_id_idx'`);
    assert.match(rows[0]?.indexdef ?? '', /\(partner_id, created_at\)$/);
  });

  it('S0-55 S0-49 no row for a round that the house lost, nor for one whose stakes just came back', async () => {
    const [player] = (await players(1)) as [UserId];
    const partner = await partnerOf(player);
    await playRound(deps, game, [{ userId: player, betSide: 'andar', amount: 10_000 }], ANDAR_WINS);
    await playRound(deps, game, [{ userId: player, betSide: 'bahar', amount: 10_000 }], BAHAR_AT_ONCE);
    assert.deepEqual([await rowsOf(partner), await totalsOf(partner)], [[], [0, 0]]);
  });

  it('S0-53 none for a partner who is suspended, nor for who only referred people and is no partner', async () => {
    const [one, two] = (await players(2)) as [UserId, UserId];
    const partner = await partnerOf(one);
    await database.admin().query(`update partners set status = 'suspended' where id = $1`, [partner.id]);
    await refer(database.admin(), { userId: one }, [two]);
    const bets = [one, two].map((userId) => ({ userId, betSide: 'andar', amount: 10_000 }) as const);
    await playRound(deps, game, bets, BAHAR_WINS);
    assert.deepEqual([await rowsOf(partner), await totalsOf(partner)], [[], [0, 0]]);
  });

  it('S0-54 S0-56 S0-59 two partners, each by the own players and terms; rows keep the terms they had', async () => {
    const [one, two] = (await players(2)) as [UserId, UserId];
    const [first, second] = [await partnerOf(one), await partnerOf(two)];
    const bets = [one, two].map((userId) => ({ userId, betSide: 'andar', amount: 10_000 }) as const);
    await playRound(deps, game, bets, BAHAR_WINS);
    const raised = { share: 7_500 as Percentage, rate: 2_000 as Percentage };
    await database
      .admin()
      .query('update partner_terms set share_percentage = $2, commission_rate = $3 where partner_id = $1', [
        second.id,
        ...Object.values(raised),
      ]);
    await playRound(deps, game, bets, BAHAR_WINS);
    const earned = async (partner: Partner) =>
      (await rowsOf(partner)).map((row) => [row.share_percentage, row.earned_amount]);
    assert.deepEqual(await earned(first), [
      [5_000, 500],
      [5_000, 500],
    ]);
    assert.deepEqual(await earned(second), [
      [5_000, 500],
      [7_500, 1_500],
    ]);
    assert.deepEqual(
      [await totalsOf(first), await totalsOf(second)],
      [
        [1_000, 1_000],
        [2_000, 2_000],
      ],
    );
  });

  it('S0-56 S0-59 who is active again earns a quarter of an hour later, and is told of nothing before', async () => {
    const [one] = (await players(1)) as [UserId];
    const partner = await partnerOf(one);
    const target = { url: 'https://partner.example', nonce: randomUUID(), since: new Date(0) };
    await setPostbackUrl(database.pool(), partner.id, target);
    const bets = [{ userId: one, betSide: 'andar', amount: 10_000 } as const];
    const told = async () => {
      const { rows } = await database
        .admin()
        .query(`select body from partner_postback where partner_id = $1 and event = 'commission'`, [partner.id]);
      return rows.map(({ body }) => JSON.parse(body).data.earned);
    };
    const agreed = { ...DEFAULT_TERMS, carryOver: 'monthly-reset' } as const;
    const [past, later] = [-1, 1].map((hours) => new Date(slotOf(Date.now() + hours * 3_600_000))) as [Date, Date];
    await recordAgreement(database.pool(), partner.id, { ...agreed, status: 'suspended' }, past);
    await recordAgreement(database.pool(), partner.id, { ...agreed, status: 'active' }, later);
    await playRound(deps, game, bets, BAHAR_WINS);
    assert.deepEqual([(await rowsOf(partner)).map((row) => row.earned_amount), await told()], [[0], []]);
    await database.admin().query('delete from partner_terms where partner_id = $1 and since = $2', [partner.id, past]);
    await playRound(deps, game, bets, BAHAR_WINS);
    assert.deepEqual([(await rowsOf(partner)).map((row) => row.earned_amount), await told()], [[0, 500], [500]]);
  });

  it('S0-61 tables that settle at once for the same partners and players lose nothing', async () => {
    const crowd = await players(40);
    const partners: Partner[] = [];
    for (const n of [0, 1, 2, 3]) partners.push(await partnerOf(...crowd.filter((_, place) => place % 4 === n)));
    const rounds = Array.from({ length: 12 }, async (_, n) => {
      const bets = crowd.map((userId) => ({ userId, betSide: 'andar', amount: 10_000 }) as const);
      return playRound(deps, await newGame(deps), n % 2 === 0 ? bets : bets.toReversed(), BAHAR_WINS);
    });
    await Promise.all(rounds);
    for (const partner of partners) assert.deepEqual(await totalsOf(partner), [60_000, 60_000]);
  });
});
