import assert from 'node:assert/strict';
import { eventually, useDemo } from '../demo/support.ts';
import { useDatabase } from '../support/database.ts';
import { login, useBrowser } from './browser-support.ts';

describe('the own limits in a browser', function () {
  this.timeout(60_000);
  const browser = useBrowser();
  const database = useDatabase();
  const demo = useDemo(database);

  it('are seen, set and lowered; a break ends play at once, and one may go on watching', async () => {
    const { page, complaints } = await browser.open(demo.url());
    const panel = page.locator('#limits');
    assert.equal(await panel.isVisible(), false, 'nobody is signed in');
    await login(page, 'player3');
    await panel.getByText('Limits', { exact: true }).click();
    const cell = (row: string, column: number) =>
      panel.getByRole('row').filter({ hasText: row }).getByRole('cell').nth(column);
    await cell('Losses', 0).getByText('₹0.00 no limit').waitFor();

    await panel.getByLabel('At most, in ₹').fill('500');
    await panel.getByRole('button', { name: 'Set limit' }).click();
    await cell('Losses', 0).getByText('₹0.00 of ₹500.00').waitFor();
    await panel.getByLabel('Limit on').selectOption('losses');
    await panel.getByLabel('At most, in ₹').fill('');
    await panel.getByRole('button', { name: 'Set limit' }).click();
    await cell('Losses', 0).getByText('no limit from').waitFor();
    await cell('Losses', 0).getByText('₹0.00 of ₹500.00').waitFor();
    await panel.getByLabel('Remind me of the time').selectOption('every hour');
    await panel.getByRole('button', { name: 'Set reminder' }).click();

    await panel.getByLabel('I know that nobody can shorten it').check();
    await panel.getByRole('button', { name: 'Stop playing' }).click();
    await panel.getByText('You are excluded from play until').waitFor();
    assert.equal(await panel.getByLabel('Remind me of the time').inputValue(), '60');
    const round = () => page.locator('.table [data-round]').first().textContent();
    const now = await eventually('a table to be watched', async () => (await round()) || false);
    await eventually('the next round', async () => (await round()) !== now);
    // Every seat is refused, and taken anew as a spectator's; so many at once have to wait a moment.
    assert.deepEqual(
      complaints.filter((line) => !/status of (403|429)/.test(line)),
      [],
    );
    await page.getByRole('button', { name: 'Log out' }).click();
    await panel.waitFor({ state: 'hidden' });
    assert.equal(await panel.locator('[data-rows] tr').count(), 0);
    await page.context().close();
  });
});
