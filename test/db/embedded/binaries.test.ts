import assert from 'node:assert/strict';
import { chmodSync, cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { findBinaries, program, reachable } from '../../../db/embedded/binaries.ts';
import { canRun, pickIdentity } from '../../../db/embedded/identity.ts';
import { removeDirectory, temporaryDirectory } from '../../support/server.ts';

describe('the PostgreSQL binaries', () => {
  let root: string;

  beforeEach(() => {
    root = temporaryDirectory();
  });

  afterEach(() => removeDirectory(root));

  it('stay where npm put them when the server’s user can run them there', async () => {
    const installed = { ...(await findBinaries()), directory: join(root, 'native') };
    cpSync((await findBinaries()).directory, installed.directory, { recursive: true, verbatimSymlinks: true });
    assert.equal(reachable(installed, root, pickIdentity(root)).directory, installed.directory);
  });

  it('are copied out of a directory that only root can enter, once', async function () {
    if (process.getuid?.() !== 0) this.skip();
    const closed = join(root, 'closed');
    mkdirSync(closed);
    const installed = { ...(await findBinaries()), directory: join(closed, 'native') };
    cpSync((await findBinaries()).directory, installed.directory, { recursive: true, verbatimSymlinks: true });
    chmodSync(closed, 0o700);
    const identity = pickIdentity(join(root, 'nothing-yet'));
    const copy = reachable(installed, root, identity);
    assert.equal(copy.directory, join(root, `binaries-${installed.version}`));
    assert.ok(canRun(identity, program(copy, 'initdb'), '--version'));
    assert.deepEqual(reachable(installed, root, identity), copy);
  });
});
