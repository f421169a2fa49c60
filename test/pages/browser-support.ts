import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from 'playwright-core';
import { eventually } from '../demo/support.ts';

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/opt/google/chrome/chrome',
];
const WAIT_MS = 30_000;

export interface OpenPage {
  readonly page: Page;
  /** What the browser complained about: errors, and what the content security policy stopped. */
  readonly complaints: readonly string[];
}

export interface TestBrowser {
  /** A page of its own, with every table on it. `prepare` sees it before it is loaded. */
  open(url: string, options?: BrowserContextOptions, prepare?: (page: Page) => Promise<unknown>): Promise<OpenPage>;
  /** The same with any page. */
  visit(url: string, options?: BrowserContextOptions, prepare?: (page: Page) => Promise<unknown>): Promise<OpenPage>;
}

/** A headless Chromium; the suite is skipped, and says so, where none is installed (or CHROMIUM names none). */
export function useBrowser(): TestBrowser {
  let browser: Browser;
  before(async function () {
    const executablePath = [process.env.CHROMIUM ?? '', ...PLACES].find((path) => path !== '' && existsSync(path));
    if (executablePath === undefined) {
      process.stdout.write('      skipped: no Chromium on this machine (apt-get install chromium, or set CHROMIUM)\n');
      this.skip();
    }
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  });
  const left = new Set<OpenPage>();
  afterEach(async function () {
    // What somebody would look at first; a page that a failure has left open is in nobody's way.
    for (const { page, complaints } of left) {
      if (this.currentTest?.state === 'failed' && !page.isClosed()) {
        const text = await page.locator('body').innerText();
        process.stdout.write(`      the page shows:\n${text}\n${complaints.join('\n')}\n`);
      }
      await page.context().close();
    }
    left.clear();
  });
  after(() => browser?.close());
  const shown: TestBrowser = {
    async open(url, options, prepare) {
      const opened = await shown.visit(url, options, prepare);
      await opened.page.locator('.table').nth(1).waitFor();
      return opened;
    },
    async visit(url, options = {}, prepare) {
      const context = await browser.newContext(options);
      context.setDefaultTimeout(WAIT_MS);
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on('pageerror', ({ message }) => complaints.push(message));
      page.on('console', (line) => {
        // Tests are quicker than people, and share one address: what was too fast the page asks again.
        if (line.type() === 'error' && !line.text().includes('status of 429')) complaints.push(line.text());
      });
      await prepare?.(page);
      const opened = { page, complaints };
      left.add(opened);
      await page.goto(url);
      return opened;
    },
  };
  return shown;
}

/** The balance as it is shown: `₹1,000.00`. */
export function balance(page: Page): Promise<string | null> {
  return page.locator('#balance').textContent();
}

/** Logs in with the demo's password, which the page has filled in. */
export async function login(page: Page, username: string): Promise<void> {
  await page.getByLabel('Username').fill(username);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.locator('#account').waitFor();
  await eventually('a balance', async () => (await balance(page)) !== '');
}

/** A window with enough time left for what the test is about to do. */
export async function windowOpens(at: Locator, forSeconds = 3): Promise<void> {
  await at.locator('xpath=self::*[@data-phase="betting"]').waitFor();
  const secondsLeft = async () => Number.parseInt((await at.locator('.seconds').textContent()) ?? '', 10);
  await eventually('a fresh window', async () => (await secondsLeft()) >= forSeconds, 40_000);
}
