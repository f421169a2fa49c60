import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One file of db/migrations: `0001_kernel.sql` is number 1, named `0001_kernel`. */
export interface Migration {
  readonly id: number;
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the text, in hex. */
  readonly hash: string;
}

/** What the database says was applied to it. */
export interface Applied {
  readonly id: number;
  readonly hash: string;
}

const FILE = /^(\d{4})_[a-z0-9_]+\.sql$/;

/** The migrations of this version in their order. Throws on a file that does not follow the naming. */
export function readMigrations(directory: string): readonly Migration[] {
  const migrations = readdirSync(directory)
    .filter((file) => !file.startsWith('.'))
    .sort()
    .map((file) => {
      const number = FILE.exec(file)?.[1];
      if (number === undefined) throw new Error(`${file} is not a migration: they are named 0001_what_it_does.sql`);
      // A checkout that changes line ends does not change the migration.
      const text = readFileSync(join(directory, file), 'utf8').replaceAll('\r\n', '\n');
      const hash = createHash('sha256').update(text).digest('hex');
      return { id: Number(number), name: file.slice(0, -'.sql'.length), sql: text, hash };
    });
  for (const [index, { id, name }] of migrations.entries()) {
    const previous = migrations[index - 1];
    if (previous?.id === id) throw new Error(`${previous.name} and ${name} have the same number`);
  }
  return migrations;
}

/**
 * Those that are still to be applied. Throws when the database and the files tell different histories: an applied file
 * was edited, the database is newer than the code, or a file was put in before one that is applied already.
 */
export function pending(migrations: readonly Migration[], applied: readonly Applied[]): readonly Migration[] {
  const files = new Map(migrations.map((migration) => [migration.id, migration]));
  for (const { id, hash } of applied) {
    const file = files.get(id);
    if (!file) {
      throw new Error(
        `the database is newer than this code: it has migration ${id}, which is not here. Update the code`,
      );
    }
    if (file.hash !== hash) {
      throw new Error(`${file.name}.sql was edited after it was applied: restore it and write a new migration instead`);
    }
  }
  const done = new Set(applied.map(({ id }) => id));
  const todo = migrations.filter(({ id }) => !done.has(id));
  const last = Math.max(0, ...done);
  const late = todo.find(({ id }) => id < last);
  if (late)
    throw new Error(`${late.name}.sql is numbered before migration ${last}, which is applied: give it a new number`);
  return todo;
}
