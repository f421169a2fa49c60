import assert from 'node:assert/strict';
import type { Identity } from '../../src/accounts/identity.ts';
import type { Bonuses } from '../../src/bonuses/bonuses.ts';
import type { Campaign } from '../../src/bonuses/campaign.ts';
import type { Gift } from '../../src/bonuses/give.ts';
import type { UserId } from '../../src/ids.ts';
import { minor } from '../../src/money.ts';
import { isRefusal } from '../../src/refusal.ts';
import { accepted, assertRefused, movableClock } from '../accounts/support.ts';
import { newAdmins } from '../cashier/support.ts';
import { useDatabase } from '../support/database.ts';
import { exclude, newKey, openWallet, type TestWallet } from '../wallet/fixture.ts';
import { DAY_MS } from './examples.ts';
import { addCampaign, addPlayer, assertBonuses, newBonuses } from './support.ts';

const BUDGET = 10_000;

describe('what one person of the house gives away', () => {
  const database = useDatabase();
  const clock = movableClock();
  let wallet: TestWallet;
  let bonuses: Bonuses;
  let manual: Campaign;
  let ann: Identity;
  let player: UserId;
  before(async () => {
    wallet = await openWallet(database.url(), { clock });
    bonuses = newBonuses(database.pool(), wallet.actor, { clock, giftBudget: minor(BUDGET) });
    manual = await addCampaign(database.pool(), 'MANUAL');
  });
  beforeEach(async () => {
    [ann] = (await newAdmins(database.pool(), 1)) as [Identity];
    player = await addPlayer(database.pool());
  });
  after(() => wallet.end());
  afterEach(() => assertBonuses(database));

  const gift = (amount: number, to = player): Gift => {
    return { campaign: manual.id, userId: to, amount: minor(amount), reason: 'kind', key: newKey() };
  };
  const actions = async () => {
    const text = 'select action, amount::int from audit_log where actor = $1 order by seq';
    return (await database.admin().query(text, [ann.userId])).rows.map(({ action, amount }) => `${action} ${amount}`);
  };

  it('S2-08 is a budget of a day at most, and who is told no hears what is left of it', async () => {
    accepted(await bonuses.give(ann, gift(6_000)));
    const tooMuch = gift(4_001);
    const refused = assertRefused(await bonuses.give(ann, tooMuch), 'ABOVE_MAXIMUM');
    assert.equal(refused.message, 'One person gives at most ₹100 within 24 hours; you have ₹40 left.');
    assert.deepEqual(await actions(), ['bonus.give 6000', 'bonus.give.refused 4001'], 'nobody reads it as given');
    accepted(await bonuses.give(ann, gift(4_000)));
    assertRefused(await bonuses.give(ann, gift(1)), 'ABOVE_MAXIMUM');
    const [bob] = (await newAdmins(database.pool(), 1)) as [Identity];
    accepted(await bonuses.give(bob, gift(BUDGET)));
    clock.advance(DAY_MS + 1);
    assert.deepEqual(await bonuses.give(ann, tooMuch), refused, 'the same key hears the same');
    accepted(await bonuses.give(ann, gift(BUDGET)));
  });

  it('counts what is waiting and what was taken back, not what never came about', async () => {
    const excluded = await addPlayer(database.pool());
    assert.ok((await wallet.actor.execute(exclude(excluded, clock.now() + DAY_MS))).ok);
    assertRefused(await bonuses.give(ann, gift(BUDGET, excluded)), 'SELF_EXCLUDED');
    const { id } = accepted(await bonuses.give(ann, gift(BUDGET)));
    accepted(await bonuses.cancel(ann, id, 'a slip'));
    assertRefused(await bonuses.give(ann, gift(1)), 'ABOVE_MAXIMUM');
  });

  it('X-04 is not exceeded by gifts that come at once, to several or to one', async () => {
    const others = [player, await addPlayer(database.pool()), await addPlayer(database.pool())];
    const answers = await Promise.all([...others, ...others].map((to) => bonuses.give(ann, gift(3_000, to))));
    assert.equal(answers.filter((answer) => !isRefusal(answer)).length, 3);
    for (const answer of answers) if (isRefusal(answer)) assert.match(answer.message, /you have ₹10 left/);
  });

  it('says what a campaign allows at most', async () => {
    const small = await addCampaign(database.pool(), 'MANUAL', { maxAmount: minor(50) });
    const refused = assertRefused(await bonuses.give(ann, { ...gift(51), campaign: small.id }), 'ABOVE_MAXIMUM');
    assert.equal(refused.message, 'A gift of this campaign is at most ₹0.50.');
  });
});
