import assert from 'node:assert/strict';
import { systemClock } from '../../src/clock.ts';
import { pagesRouter } from '../../src/http/pages.ts';
import type { Server } from '../../src/server.ts';
import { PASSWORD } from '../accounts/support.ts';
import { at, newPerson } from '../http/monitor-support.ts';
import { newPlayer, quickTable, sit, start } from '../journeys/support.ts';
import { useDatabase } from '../support/database.ts';
import { useBrowser } from './browser-support.ts';

describe('the monitor in a browser', function () {
  this.timeout(60_000);
  const browser = useBrowser();
  const database = useDatabase();
  let server: Server;
  before(async () => {
    const pages = [pagesRouter({ clock: systemClock, demo: null })];
    server = await start(database, [quickTable('calm', { bettingMs: 60_000 })], { pages });
  });
  after(() => server?.stop());

  it('shows its rooms after the form, without a complaint about its policy, and ends with its button', async () => {
    const { username } = await newPerson(server, 'ADMIN');
    const guest = await sit(server, 'calm', await newPlayer(server));
    const { page, complaints } = await browser.visit(at(server, '/monitor'));
    await page.getByLabel('Username').fill(username);
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Log in' }).click();
    const row = page.locator('.MuiDataGrid-row', { hasText: 'andar_bahar' });
    await row.waitFor();
    assert.equal(await row.evaluate((element) => element.computedStyleMap().get('display')?.toString()), 'flex');
    await row.getByRole('button', { name: 'Inspect' }).click();
    await page.getByText('elapsedTime').waitFor();
    await page.getByRole('tab', { name: 'State' }).click();
    await page.getByText('commitment').waitFor();
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByLabel('Username').waitFor();
    assert.equal((await page.goto(at(server, '/monitor/api')))?.status(), 401);
    assert.deepEqual(
      complaints.filter((complaint) => !complaint.includes('401')),
      [],
    );
    await page.context().close();
    await guest.leaves();
  });

  it('the form needs no script', async () => {
    const { username } = await newPerson(server, 'MASTER');
    const { page } = await browser.visit(at(server, '/monitor'), { javaScriptEnabled: false });
    await page.getByLabel('Username').fill(username);
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.locator('#app').waitFor({ state: 'attached' });
    await page.context().close();
  });
});
