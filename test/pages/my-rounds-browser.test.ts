import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { useDemo } from '../demo/support.ts';
import { useDatabase } from '../support/database.ts';
import { login, useBrowser } from './browser-support.ts';

/** As `GET /rounds/me` tells a round; the higher the number, the newer. */
const round = (number: number) => ({
  roundId: `01890000-0000-7000-8000-${String(number).padStart(12, '0')}`,
  tableId: 'main',
  roundNumber: number,
  status: 'settled',
  jokerCard: 'K♠',
  andarCards: ['2♠'],
  baharCards: ['K♥'],
  winningSide: 'bahar',
  bets: [{ betId: String(number), betSide: 'bahar', amount: 1_000, bettingWindow: 1, payout: 2_000, status: 'won' }],
  ...{ totalBet: 1_000, payout: 2_000, netProfit: 1_000, balanceBefore: null, balanceAfter: null },
  playedAt: '2026-01-01T10:00:00.000Z',
});
const page10 = (newest: number) => Array.from({ length: Math.min(10, newest) }, (_, index) => round(newest - index));

describe('the own rounds in a browser', function () {
  this.timeout(60_000);
  const browser = useBrowser();
  const database = useDatabase();
  const demo = useDemo(database);
  let newest = 13;

  /** Somebody who has played `newest` rounds. */
  const played = (page: Page) =>
    page.route('**/rounds/me?*', (route) => {
      const cursor = new URL(route.request().url()).searchParams.get('cursor');
      const items = page10(cursor === null ? newest : Number(cursor.slice(-12)) - 1);
      const last = items.at(-1);
      const nextCursor = last && last.roundNumber > 1 ? last.roundId : null;
      return route.fulfill({ json: { items, nextCursor } });
    });
  const numbers = async (page: Page) =>
    (await page.locator('.rounds .title').allTextContents()).map((title) => Number(/\d+$/.exec(title)?.[0]));
  const counted = (from: number, to: number) => Array.from({ length: from - to + 1 }, (_, index) => from - index);

  it('come page by page, newest first; a new one goes on top and leaves open what is open', async () => {
    const { page } = await browser.open(demo.url(), {}, played);
    await login(page, 'player1');
    const panel = page.locator('#my-rounds');
    await panel.getByText('My rounds').click();
    await panel.getByText('round 4').waitFor();
    assert.deepEqual(await numbers(page), counted(13, 4));
    await panel.getByRole('button', { name: 'Older rounds' }).click();
    await panel.getByText('round 1', { exact: false }).last().waitFor();
    await panel.getByRole('button', { name: 'Older rounds' }).waitFor({ state: 'hidden' });
    assert.deepEqual(await numbers(page), counted(13, 1));
    await panel.locator('.rounds summary').nth(1).click();
    await panel.getByText('₹10.00 on Bahar won ₹20.00').waitFor();

    newest = 14;
    await panel.locator('> summary').click();
    await panel.locator('> summary').click();
    await panel.getByText('round 14').waitFor();
    assert.deepEqual(await numbers(page), counted(14, 1));
    assert.ok(await panel.getByText('₹10.00 on Bahar won ₹20.00').isVisible());

    await page.getByRole('button', { name: 'Log out' }).click();
    await panel.waitFor({ state: 'hidden' });
    assert.deepEqual(await numbers(page), []);
    await page.context().close();
  });

  it('are asked for again, without a click, where the server was too busy', async () => {
    let busy = true;
    const { page } = await browser.open(demo.url(), {}, async (fresh) => {
      await played(fresh);
      const refusal = { status: 503, json: { error: { code: 'BUSY', message: 'busy', requestId: '' } } };
      await fresh.route('**/statistics/me', (route) => (busy ? route.fulfill(refusal) : route.fallback()));
    });
    await login(page, 'player2');
    await page.locator('#my-rounds').getByText('My rounds').click();
    await page.getByText('Your rounds cannot be read at the moment.').waitFor();
    busy = false;
    await page.locator('#my-rounds').getByText(`round ${newest}`).waitFor();
    await page.getByText('Your rounds cannot be read at the moment.').waitFor({ state: 'hidden' });
    await page.context().close();
  });
});
