import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { removeDirectory, temporaryDirectory } from '../support/server.ts';

const ROOT = join(import.meta.dirname, '../..');

describe('npm run audit', function () {
  this.timeout(60_000);
  const directory = temporaryDirectory();
  after(() => removeDirectory(directory));

  const run = (settings: Record<string, string>) => {
    const { PATH } = process.env;
    const options = { cwd: ROOT, encoding: 'utf8', env: { PATH, ...settings } } as const;
    return spawnSync(process.execPath, ['src/wallet/audit-cli.ts'], options);
  };

  it('S1-22 says that it could not look where there is nothing, and leaves it so', () => {
    const DATA_DIR = join(directory, 'mistyped');
    const { status, stderr } = run({ DATA_DIR });
    assert.deepEqual([status, existsSync(DATA_DIR)], [2, false]);
    assert.equal(
      stderr,
      `Nothing was audited: There is no data in ${DATA_DIR}: DATA_DIR says where it is, or DATABASE_URL.\n`,
    );
  });
});
