import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import { DEMO_PASSWORD } from '../../src/demo/people.ts';
import { eventually, useDemo } from '../demo/support.ts';
import { useDatabase } from '../support/database.ts';
import { balance, login, useBrowser } from './browser-support.ts';

const CARDS = 'With bets on the number of cards';
const JOKER = 'With bets on the joker';

describe('every kind of table in a browser', function () {
  this.timeout(90_000);
  const browser = useBrowser();
  const database = useDatabase();
  const demo = useDemo(database, { bettingMs: 5_000, mainBettingMs: 9_000 });

  const table = (page: Page, name: string) => page.getByRole('article', { name });
  const bet = (at: Locator, name: string) => at.getByRole('button', { name, exact: true });

  /** The window of this name, with enough time left to bet in it. */
  async function opens(at: Locator, phase: string, forSeconds = 2): Promise<void> {
    const text = async (part: string) => (await at.locator(part).textContent()) ?? '';
    const isOpen = async () => (await text('.phase')).startsWith(phase);
    await eventually(
      phase,
      async () => (await isOpen()) && Number.parseInt(await text('.seconds'), 10) >= forSeconds && (await isOpen()),
      60_000,
    );
  }
  async function asHouse(username: string) {
    const call = async (method: string, path: string, body: object, token = '') => {
      const headers = { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) };
      const response = await fetch(demo.url() + path, { method, headers, body: JSON.stringify(body) });
      assert.ok(response.ok, `${path}: ${response.status}`);
      return (await response.json()) as { readonly accessToken: string };
    };
    const { accessToken } = await call('POST', '/auth/login', { username, password: DEMO_PASSWORD });
    return (method: string, path: string, body: object) => call(method, path, body, accessToken);
  }

  it('takes a bet on the number of cards, says what is on it, and shows it among the own rounds', async () => {
    const { page, complaints } = await browser.open(demo.url());
    await login(page, 'player1');
    await page.getByText('My rounds').click();
    await page.getByText('No rounds yet.').waitFor();
    const cards = table(page, CARDS);
    await cards.getByText('Bets on the number of cards').last().click();
    await opens(cards, 'Place your bets', 3);
    await bet(cards, '6 to 10 cards, pays 4.5×').click();
    await cards.getByText('6 to 10: ₹10 · 1 bet · 1 player').waitFor();
    await cards.getByText('On side bets: ₹10').waitFor();
    await cards.getByRole('button', { name: 'Undo ₹10.00 on 6 to 10 cards' }).waitFor();
    await cards.getByText(/won\. You staked ₹10\.00 and got ₹(0|45)\.00 back\./).waitFor({ timeout: 40_000 });
    const entry = page.locator('.rounds > li').first();
    await entry.getByText(CARDS).waitFor();
    await entry.getByText(/staked ₹10\.00, got ₹(0|45)\.00 back/).waitFor();
    await entry.getByText(/balance ₹1,000\.00 → ₹(990|1,035)\.00/).waitFor();
    await entry.locator('summary').click();
    await entry.getByText('₹10.00 on 6 to 10 cards').waitFor();
    assert.ok((await entry.locator('.inside .card').count()) >= 1);
    assert.match((await page.locator('.figures').textContent()) ?? '', /Bets1Won[01] of 1/);
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  it('takes bets on the joker while nobody can know it, and on Andar and Bahar once it is turned', async () => {
    const { page } = await browser.open(demo.url());
    await login(page, 'player2');
    const joker = table(page, JOKER);
    await opens(joker, 'Bets on the joker', 4);
    await joker.locator('.joker .card.back').waitFor();
    await joker.getByText('Turned when these bets close').waitFor();
    await joker.getByText('closed now, taken in window 2').waitFor();
    await joker.locator('[data-bet="andar"]').click({ force: true });
    await page.getByText('Andar is not taken now: only in window 2 of a round.').waitFor();
    await bet(joker, 'Joker red, pays 1.9×').click();
    await bet(joker, 'Joker black, pays 1.9×').click();
    await joker.getByRole('button', { name: 'Undo ₹10.00 on Joker black' }).waitFor();
    await opens(joker, 'Andar or Bahar · window 2');
    await joker.locator('.joker .card:not(.back)').waitFor();
    await joker.getByText(/(Andar|Bahar) gets the first card/).waitFor();
    await joker.locator('[data-bet="joker-red"][aria-disabled="true"]').waitFor();
    await joker.getByText('won. You staked ₹20.00 and got ₹19.00 back.').waitFor({ timeout: 40_000 });
    await eventually('the balance', async () => (await balance(page)) === '₹999.00');
    await page.context().close();
  });

  it('says why a round was voided, and that every stake is back', async () => {
    const { page } = await browser.open(demo.url());
    await login(page, 'player3');
    const [one, other] = [await asHouse('admin1'), await asHouse('admin2')];
    const main = table(page, 'Main table');
    await opens(main, 'Place your bets', 6);
    await bet(main, 'Andar, pays 2×').click();
    await main.getByRole('button', { name: 'Undo ₹10.00 on Andar' }).waitFor();
    assert.equal(await balance(page), '₹990.00');
    const roundId = await main.locator('[data-round-id]').textContent();
    for (const person of [one, other]) await person('POST', `/admin/rounds/${roundId}/void`, { reason: 'a card fell' });
    await main.getByText('Voided: a card fell, all stakes are back.').waitFor();
    await eventually('the stake', async () => (await balance(page)) === '₹1,000.00');
    await page.getByText('My rounds').click();
    await page.locator('.rounds > li').first().getByText('Voided').waitFor();
    await page.locator('.rounds > li').first().getByText('all stakes are back').waitFor();
    await page.context().close();
  });

  it('shows a table that is set up, and takes away one that closes, without a reload', async () => {
    const { page } = await browser.open(demo.url(), {}, (opened) => opened.clock.install());
    // It looks every ten seconds, which nobody has to wait for here.
    const looks = () => page.clock.fastForward(10_000);
    const house = await asHouse('admin1');
    const rules = { payTable: 'joker-colour', minBet: 1_000, maxBet: 100_000, exposureCap: 10_000_000 };
    const times = { bettingMs: 1_000, dealingMs: 100, pauseMs: 100 };
    await house('POST', '/admin/games', { id: 'new', name: 'A new table', ...rules, ...times });
    await looks();
    const fresh = table(page, 'A new table');
    await fresh.locator('.joker .card:not(.back)').waitFor({ timeout: 30_000 });
    await page.getByRole('link', { name: 'A new table' }).waitFor();
    await house('PUT', '/admin/games/new', { name: 'A renamed table', reason: 'a better name' });
    await looks();
    await page.getByRole('link', { name: 'A renamed table' }).waitFor({ timeout: 30_000 });
    await house('PUT', '/admin/games/new', { enabled: false, reason: 'a quiet night' });
    // It goes when its last round is over, and somebody looks.
    const isGone = async () => {
      await looks();
      return (await table(page, 'A renamed table').count()) === 0;
    };
    await eventually('the table is gone', isGone, 30_000);
    await page.getByRole('link', { name: 'A renamed table' }).waitFor({ state: 'detached' });
    assert.equal(await page.locator('.table').count(), 5);
    await page.context().close();
  });

  it('lays out every bet within 360 pixels, large enough for a thumb', async () => {
    const { page } = await browser.open(demo.url(), { viewport: { width: 360, height: 740 } });
    await login(page, 'player4');
    await page.getByText('My rounds').click();
    for (const closed of await page.locator('.table details').all()) {
      await closed.evaluate((details) => details.setAttribute('open', ''));
    }
    await bet(table(page, JOKER), 'Joker K, pays 12.4×').waitFor();
    await table(page, JOKER).getByText('the joker is K: 12.4 × the stake').waitFor();
    assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 360);
    const small = await page.locator('button:visible').evaluateAll((buttons) =>
      buttons
        .map((button) => ({ name: button.ariaLabel ?? button.textContent, box: button.getBoundingClientRect() }))
        .filter(({ box }) => box.height < 44 || box.width < 40)
        .map(({ name }) => name),
    );
    assert.deepEqual(small, []);
    await page.context().close();
  });
});
