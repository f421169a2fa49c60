import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { readPostmaster } from '../../db/embedded/postmaster.ts';
import { removeDirectory, temporaryDirectory } from '../support/server.ts';
import { eventually } from './support.ts';

describe('the demo as a process', function () {
  this.timeout(90_000);
  const children: ChildProcess[] = [];
  let dataDir: string;
  let demo: Started;

  before(async () => {
    dataDir = temporaryDirectory();
    demo = run();
    await eventually('the banner', async () => demo.url(), 60_000);
  });
  after(async () => {
    for (const child of children) child.kill('SIGKILL');
    const left = postmaster();
    if (left !== 0) process.kill(left, 'SIGQUIT');
    removeDirectory(dataDir);
  });

  it('a second start on the same data says so, names the first, and ends', async () => {
    const second = run();
    const [code] = await once(second.child, 'exit');
    assert.equal(code, 1);
    assert.match(second.said(), /waiting for the shard/);
    assert.match(second.said(), new RegExp(`Another Croupier runs .*process ${demo.child.pid}, port [0-9]+`));
    assert.equal((await fetch(`${demo.url()}/healthz`)).status, 200);
  });

  it('outlives its database: BUSY while it is gone, then ready again by itself', async () => {
    const before = postmaster();
    process.kill(before, 'SIGKILL');
    const seen = new Set<number>();
    await eventually(
      'ready again',
      async () => {
        const headers = { Authorization: 'Bearer not.a.token' };
        assert.equal((await fetch(`${demo.url()}/healthz`, { headers })).status, 200);
        seen.add((await fetch(`${demo.url()}/tables`, { headers: { 'X-Forwarded-Proto': 'a b' } })).status);
        return postmaster() !== before && (await fetch(`${demo.url()}/readyz`)).status === 200;
      },
      60_000,
    );
    assert.ok(seen.has(503));
    assert.ok(!seen.has(500), [...seen].join());
  });

  it('ends well when it is told to, even without its database', async () => {
    process.kill(postmaster(), 'SIGKILL');
    demo.child.kill('SIGTERM');
    const [code] = await once(demo.child, 'exit');
    assert.equal(code, 0, demo.said());
  });

  interface Started {
    readonly child: ChildProcess;
    said(): string;
    /** Undefined until it is open. */
    url(): string | undefined;
  }

  function run(): Started {
    const env = { PATH: process.env.PATH, DATA_DIR: dataDir, PORT: '0', DEMO_BOTS: '0', RATE_LIMITS: 'false' };
    const main = join(import.meta.dirname, '../../src/main.ts');
    const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
    });
    return { child, said: () => text, url: () => /Watch and play +(\S+)\//.exec(text)?.[1] };
  }

  function postmaster(): number {
    return readPostmaster(join(dataDir, 'postgres', 'postgres-18'))?.pid ?? 0;
  }
});
