import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { curlSnippet, sdkSnippet } from '../../src/demo/snippets.ts';
import { useDatabase } from '../support/database.ts';
import { useDemo } from './support.ts';

const run = promisify(execFile);

/** What a shell prints when this text is pasted into it, in the folder of the repository. */
async function paste(text: string): Promise<string> {
  const { stdout } = await run('sh', ['-c', text], { cwd: join(import.meta.dirname, '../..'), timeout: 50_000 });
  return stdout;
}

describe('the snippets of the banner, pasted into a shell', function () {
  this.timeout(60_000);
  const database = useDatabase();
  const demo = useDemo(database);

  it('sign in with curl and read the wallet', async function () {
    const hasCurl = await paste('command -v curl').catch(() => '');
    if (hasCurl === '') {
      process.stdout.write('      skipped: there is no curl on this machine\n');
      this.skip();
    }
    const wallet = JSON.parse(await paste(curlSnippet(demo.url())));
    assert.deepEqual([wallet.currency, wallet.real, wallet.total], ['INR', 100_000, 100_000]);
  });

  it('sit down with the SDK, bet and hear the result', async () => {
    const printed = await paste(sdkSnippet(demo.url(), 'fast'));
    assert.match(printed, /ok: true/);
    assert.match(printed, /betSide: 'andar',\s+amount: 5000/);
    assert.match(printed, /userPayout: \{/);
    const { rows } = await database.admin().query(`
      select p.stake::int as amount
        from position p join wallet w on w.id = p.wallet join users u on u.id = w.owner
       where u.username = 'player2'`);
    assert.deepEqual(rows, [{ amount: 5_000 }]);
  });
});
