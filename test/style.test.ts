import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const LINE_LENGTH_MAX = 120;
const FILE_LINES_MAX = 300;
const FUNCTION_LINES_MAX = 70;
const BANNED = ['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X', 'ut' + 'ils/'];

/** Only these may change money: the wallet, the migrations, and what attacks the books on purpose. */
const MAY_WRITE_MONEY = /^(src\/wallet|db\/migrations|test|loadtest)\//;
const MONEY_TABLES = [
  ...['wallet', 'transfer', 'command', 'closing', 'book', 'link', 'shard', 'bonus_grant', 'pool_total', 'pool_player'],
];
const WRITES_MONEY = new RegExp(
  String.raw`\b(insert\s+into|update(\s+only)?|delete\s+from|merge\s+into|truncate(\s+table)?|copy)\s+(public\.)?"?` +
    String.raw`(${MONEY_TABLES.join('|')})\b(?!\s+of\b)`,
  'i',
);

interface SourceFile {
  readonly path: string;
  readonly lines: readonly string[];
}

describe('the style of the code', () => {
  const files = folders().flatMap(sourceFiles);
  const code = files.filter(({ path }) => path.endsWith('.ts'));

  it('looks at the files of every folder', () => {
    assert.ok(code.length > 50, `${code.length} files`);
  });

  it(`has no line longer than ${LINE_LENGTH_MAX} characters`, () => {
    assert.deepEqual(
      places(files, (line) => line.length > LINE_LENGTH_MAX),
      [],
    );
  });

  it(`has no file longer than ${FILE_LINES_MAX} lines`, () => {
    const long = code.filter(({ lines }) => lines.length > FILE_LINES_MAX);
    assert.deepEqual(
      long.map(({ path, lines }) => `${path}: ${lines.length} lines`),
      [],
    );
  });

  it(`has no function longer than ${FUNCTION_LINES_MAX} lines`, () => {
    const product = code.filter(({ path }) => !path.startsWith('test/'));
    const long = product.flatMap((file) =>
      functions(file.lines)
        .filter(({ length }) => length > FUNCTION_LINES_MAX)
        .map(({ start, length }) => `${file.path}:${start}: ${length} lines`),
    );
    assert.deepEqual(long, []);
  });

  it('leaves nothing for later and nothing without a home', () => {
    assert.deepEqual(
      places(files, (line) => BANNED.some((word) => line.includes(word))),
      [],
    );
  });

  it('writes money in the wallet alone', () => {
    const others = files.filter(({ path }) => !MAY_WRITE_MONEY.test(path) && path !== 'db/schema.sql');
    assert.deepEqual(
      others.filter(({ lines }) => WRITES_MONEY.test(withoutComments(lines))).map(({ path }) => path),
      [],
    );
  });

  it('S4-09 S4-10 asks the database behind the edges alone, through pools made in one place', () => {
    const [edges, product] = [/^(rooms|src\/http)\//, /^(src|rooms|schema|db|verify)\//];
    const having = (what: RegExp, where: RegExp) =>
      code.filter(({ path, lines }) => where.test(path) && what.test(lines.join('\n'))).map(({ path }) => path);
    assert.deepEqual(having(/from '(slonik|pg)'|\bsql\.(type|unsafe|fragment)/, edges), []);
    assert.deepEqual(having(/\b(createPool|Pool)\b[^;]* from '(slonik|pg)'/, product), ['db/pool.ts']);
  });

  it('knows a function and a write to money when it sees one', () => {
    const long = ['export function f(', '  a: number,', '): void {', ...Array(80).fill('  g();'), '}'];
    assert.deepEqual(functions(long), [{ start: 3, length: 82 }]);
    for (const write of ['insert into wallet (id)', 'update  transfer set', 'DELETE FROM public.closing where']) {
      assert.match(write, WRITES_MONEY);
    }
    for (const harmless of [
      'insert into wallet_note (id)',
      'select * from wallet for update of wallet',
      '// update wallet',
    ]) {
      assert.doesNotMatch(withoutComments([harmless]), WRITES_MONEY);
    }
  });
});

function folders(): readonly string[] {
  return readdirSync(ROOT, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !/^\.|^(node_modules|coverage)$/.test(entry.name))
    .map(({ name }) => name);
}

function sourceFiles(folder: string): readonly SourceFile[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|sql)$/.test(name) && name !== 'schema.sql')
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
    .map((path) => ({ path, lines: readFileSync(join(ROOT, path), 'utf8').trimEnd().split('\n') }));
}

function places(files: readonly SourceFile[], isWrong: (line: string) => boolean): readonly string[] {
  return files.flatMap(({ path, lines }) =>
    lines.flatMap((line, index) => (isWrong(line) ? [`${path}:${index + 1}`] : [])),
  );
}

/** Every function with a body of several lines, by the indentation the formatter gives it. */
function functions(lines: readonly string[]): readonly { start: number; length: number }[] {
  return lines.flatMap((line, index) => {
    if (!opensFunction(line)) return [];
    const indentation = /^ */.exec(line)?.[0] ?? '';
    const length = lines.slice(index + 1).findIndex((later) => later.startsWith(`${indentation}}`)) + 2;
    return [{ start: index + 1, length }];
  });
}

function opensFunction(line: string): boolean {
  if (!line.endsWith('{') || /^\s*(if|for|while|switch|do|try|catch|else|\}|return|class)\b/.test(line)) return false;
  return /\bfunction\b|=> \{$|^\s*\).* \{$|^\s*(async |static |readonly |get |set |#)*\w+\(.*\).* \{$/.test(line);
}

function withoutComments(lines: readonly string[]): string {
  return lines.filter((line) => !/^\s*(\/\/|\/\*|\*|--)/.test(line)).join('\n');
}
