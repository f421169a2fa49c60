import assert from 'node:assert/strict';
import { matchMaker } from '@colyseus/core';
import type { Page } from 'playwright-core';
import { eventually, useDemo } from '../demo/support.ts';
import { useDatabase } from '../support/database.ts';
import { balance, login, useBrowser, windowOpens } from './browser-support.ts';

const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };

/**
 * `window.losing`: the next answer to a request is lost. `window.asked` says how many wait for theirs, `answered`
 * how many have had it. The lowest five bits of a frame's first byte are 21 in a request, 22 in an answer.
 */
const LOSE_AN_ANSWER = `
  const codeOf = (data) => new Uint8Array(data.buffer ?? data, data.byteOffset ?? 0)[0] & 31;
  window.asked = window.answered = 0;
  const { send } = WebSocket.prototype;
  WebSocket.prototype.send = function (data) {
    if (codeOf(data) === 21) window.asked += 1;
    send.call(this, data);
  };
  const own = Object.getOwnPropertyDescriptor(WebSocket.prototype, 'onmessage');
  Object.defineProperty(WebSocket.prototype, 'onmessage', {
    ...own,
    set(handler) {
      own.set.call(this, (event) => {
        if (codeOf(event.data) !== 22) return handler(event);
        window.asked -= 1;
        window.answered += 1;
        if (!window.losing) return handler(event);
        window.losing = false;
      });
    },
  });
`;

describe('the page in a browser', function () {
  this.timeout(90_000);
  const browser = useBrowser();
  const database = useDatabase();
  const demo = useDemo(database, { bettingMs: 6_000, mainBettingMs: 9_000 });

  const table = (page: Page, name = 'Fast table') => page.getByRole('article', { name });
  async function staked(username: string): Promise<unknown[]> {
    const { rows } = await database.admin().query({
      text: `select p.stake::int from position p join wallet w on w.id = p.wallet join users u on u.id = w.owner
              where u.username = $1 order by p.id`,
      values: [username],
      rowMode: 'array',
    });
    return rows.flat();
  }

  it('shows every table live to somebody who is not logged in, without a complaint of the browser', async () => {
    const { page, complaints } = await browser.open(demo.url());
    for (const name of ['Main table', 'Fast table']) {
      await table(page, name).locator('.joker .card:not(.back)').waitFor();
      assert.match((await table(page, name).locator('[data-commitment]').textContent()) ?? '', /^[0-9a-f]{64}$/);
    }
    await table(page).locator('.cards .card').first().waitFor();
    await table(page).getByText('Proof of this round').click();
    await table(page).getByText('The seed is the one that was committed to before the first bet').waitFor();
    await table(page).getByRole('link', { name: 'Its record' }).waitFor();
    await page.getByText('You are watching. Log in to bet.').first().waitFor();
    await page.getByText('play money').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Andar' }).count(), 0);
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  it('a player logs in, bets, undoes, and sees an exact balance and what the round came to', async () => {
    const { page, complaints } = await browser.open(demo.url());
    await login(page, 'player1');
    assert.equal(await balance(page), '₹1,000.00');
    const fast = table(page);
    await windowOpens(fast, 5);
    await fast.getByRole('radio', { name: '₹100', exact: true }).check();
    await fast.getByRole('button', { name: 'Andar' }).click();
    await fast.getByRole('button', { name: 'Undo ₹100.00 on Andar' }).click();
    await fast.getByText('undone').waitFor();
    assert.equal(await balance(page), '₹1,000.00');
    await windowOpens(fast);
    await fast.getByLabel('Other, in ₹').fill('12.50');
    await fast.getByRole('button', { name: 'Bahar' }).click();
    await fast.getByRole('button', { name: 'Undo ₹12.50 on Bahar' }).waitFor();
    assert.equal(await balance(page), '₹987.50');
    const result = fast.getByText(/won\. You staked ₹12\.50 and got ₹(0|12\.50|25)\.?[0-9]* back\./);
    await result.waitFor();
    const back = /got (₹[\d.]+) back/.exec((await result.textContent()) ?? '')?.[1] ?? '';
    const expected = { '₹0.00': '₹987.50', '₹12.50': '₹1,000.00', '₹25.00': '₹1,012.50' }[back];
    await eventually('the balance after the round', async () => (await balance(page)) === expected);
    await fast.getByText('Proof of this round').click();
    await fast.getByText('and your bets took part in the draw').waitFor();
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  it('X-04 a bet whose answer is lost is sent again under its key and counts once', async () => {
    const { page } = await browser.open(demo.url(), {}, (fresh) => fresh.addInitScript(LOSE_AN_ANSWER));
    await login(page, 'player3');
    // Every table is asked for the own bets first, and the answer that is lost must be none of those.
    const tables = await page.locator('.table').count();
    await eventually('a seat at every table', () =>
      page.evaluate(`window.answered >= ${tables} && window.asked === 0`),
    );
    await windowOpens(table(page));
    await page.evaluate('window.losing = true');
    await table(page).getByRole('button', { name: 'Andar' }).click();
    await table(page).getByText('on its way').waitFor();
    await eventually('the answer to the second sending', async () => (await balance(page)) !== '₹1,000.00', 20_000);
    await table(page).getByText('on its way').waitFor({ state: 'detached' });
    assert.equal(await page.evaluate('window.losing'), false);
    assert.deepEqual(await staked('player3'), [1_000]);
    await page.context().close();
  });

  it('comes back by itself when the connection is lost, and after a reload, with the bets of the round', async () => {
    const { page } = await browser.open(demo.url());
    await login(page, 'player4');
    const main = table(page, 'Main table');
    await windowOpens(main, 7);
    await main.getByRole('button', { name: 'Andar' }).click();
    await main.getByText('₹10.00 on Andar').waitFor();
    for (const client of matchMaker.getLocalRoomById('main')?.clients ?? []) client.leave(4_000);
    await main.getByText('Connecting again').waitFor();
    await main.getByText('Connecting again').waitFor({ state: 'detached' });
    await page.reload();
    await main.getByText('₹10.00 on Andar').waitFor();
    assert.equal(await balance(page), '₹990.00');
    await page.context().close();
  });

  it('says why something was refused, in words', async () => {
    const { page } = await browser.open(demo.url());
    await page.getByLabel('Password').fill('not the password');
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByText('The username or the password is wrong.').waitFor();
    await page.getByLabel('Password').fill('croupier-demo');
    await login(page, 'player5');
    await windowOpens(table(page));
    await table(page).getByLabel('Other, in ₹').fill('2000');
    await table(page).getByRole('button', { name: 'Bahar' }).click();
    await page.getByText('Your balance does not cover this.').waitFor();
    await table(page).getByLabel('Other, in ₹').fill('5');
    await windowOpens(table(page));
    await table(page).getByRole('button', { name: 'Bahar' }).click();
    await page.getByText('Minimum bet amount is ₹10').waitFor();
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByText('You are watching. Log in to bet.').first().waitFor();
    await page.context().close();
  });

  it('logs in and out also where that was too fast at first: the session is over in the end', async () => {
    const tooFast = { status: 429, json: { error: { code: 'RATE_LIMITED', message: 'too fast', requestId: '' } } };
    const refused = new Set<string>();
    const { page } = await browser.open(demo.url(), {}, (fresh) =>
      fresh.route('**/auth/log*', (route) => {
        const isFirst = !refused.has(route.request().url());
        refused.add(route.request().url());
        return isFirst ? route.fulfill(tooFast) : route.fallback();
      }),
    );
    await login(page, 'player8');
    await page.getByRole('button', { name: 'Log out' }).click();
    await eventually('the end of the session', async () => {
      const { rows } = await database.admin().query(
        `select s.revoked_at is not null as over from session s join users u on u.id = s.user_id
          where u.username = 'player8'`,
      );
      return rows.length === 1 && rows[0].over;
    });
    assert.equal(refused.size, 2);
    await page.context().close();
  });

  it('can be played with the keyboard alone', async () => {
    const { page } = await browser.open(demo.url());
    await page.getByLabel('Username').fill('player6');
    await page.getByLabel('Username').press('Enter');
    await page.locator('#account').waitFor();
    await eventually('a balance', async () => (await balance(page)) !== '');
    const fast = table(page);
    // The seat of somebody who watches is taken away, and the keyboard's place with it.
    await fast.locator('[data-bet="andar"][aria-disabled="false"]').waitFor();
    await windowOpens(fast, 4);
    await fast.locator('.chips input:checked').press('ArrowRight');
    // Over the other amount to the first side.
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    await fast.getByRole('button', { name: 'Undo ₹50.00 on Andar' }).waitFor();
    assert.deepEqual(await staked('player6'), [5_000]);
    await page.context().close();
  });

  it('fits a phone of 360 pixels, before and after a login', async () => {
    const { page } = await browser.open(demo.url(), PHONE);
    const width = () => page.evaluate('document.documentElement.scrollWidth');
    assert.equal(await width(), 360);
    await login(page, 'player7');
    await table(page).getByRole('button', { name: 'Andar' }).waitFor();
    assert.equal(await width(), 360);
    const small = await page
      .locator('button:visible')
      .evaluateAll((buttons) =>
        buttons.filter((button) => button.getBoundingClientRect().height < 44).map((button) => button.textContent),
      );
    assert.deepEqual(small, []);
    await page.context().close();
  });
});
