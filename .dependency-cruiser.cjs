/** Who may import whom (DESIGN 1). Paths are regular expressions over the path from the root of the repository. */
const OURS = '^(src|rooms|schema|db|verify|loadtest|test)/';
const BASE = '^src/(money|ids|clock|refusal)\\.ts$';

module.exports = {
  forbidden: [
    {
      name: 'base-imports-nothing-of-ours',
      comment: 'money, ids, clock and refusal are what everything else stands on.',
      severity: 'error',
      from: { path: BASE },
      to: { path: OURS },
    },
    {
      name: 'rules-are-pure',
      comment: 'The rules of a game import the base and each other: no npm package, no node builtin, no other folder.',
      severity: 'error',
      from: { path: '^src/games/([^/]+)/', pathNot: '/store\\.ts$' },
      to: { pathNot: [BASE, '^src/games/$1/(?!store\\.ts$)'] },
    },
    {
      name: 'market-knows-prices-alone',
      comment: 'Prices stand on the base, on seeds and on their log in the database: no game, no wallet, no edge.',
      severity: 'error',
      from: { path: '^src/market/', pathNot: '/audit\\.ts$' },
      to: { path: OURS, pathNot: [BASE, '^src/(market|fairness)/', '^src/log\\.ts$', '^db/pool\\.ts$'] },
    },
    {
      name: 'market-audits-with-the-wallet',
      severity: 'error',
      from: { path: '^src/market/audit\\.ts$' },
      to: { path: OURS, pathNot: [BASE, '^src/(market|fairness)/', '^src/wallet/audit[^/]*\\.ts$', '^db/pool\\.ts$'] },
    },
    {
      name: 'wallet-stands-alone',
      comment: 'The wallet imports the base, the logger and the pool: no game, no account, no edge reaches into money.',
      severity: 'error',
      from: { path: '^src/wallet/', pathNot: '-cli\\.ts$' },
      to: { path: OURS, pathNot: [BASE, '^src/(wallet/|log\\.ts$)', '^db/pool\\.ts$'] },
    },
    {
      name: 'wallet-few-packages',
      comment: 'Money stands on the database driver, the row schemas and node itself.',
      severity: 'error',
      from: { path: '^src/wallet/', pathNot: '-cli\\.ts$' },
      to: { path: '^node_modules/', pathNot: '^node_modules/(slonik|zod|pg|@types/pg)/' },
    },
    {
      name: 'schema-is-fields-only',
      comment: 'State and message schemas: what clients and rooms have in common, without a rule in it.',
      severity: 'error',
      from: { path: '^schema/' },
      to: { pathNot: ['^schema/', '^src/(money|refusal)\\.ts$', '^node_modules/(@colyseus/schema|zod)/'] },
    },
    {
      name: 'edges-are-imported-by-main-alone',
      comment: 'Rooms and HTTP import inwards; the composition root puts them on.',
      severity: 'error',
      from: { pathNot: '^(rooms/|src/http/|src/(main|server|edge)\\.ts$|test/|loadtest/)' },
      to: { path: '^(rooms|src/http)/' },
    },
    {
      name: 'edges-do-not-know-each-other',
      severity: 'error',
      from: { path: '^(rooms|src/http)/' },
      to: { path: '^(rooms|src/http)/', pathNot: '^$1/' },
    },
    {
      name: 'verifier-is-independent',
      comment: 'It would prove nothing with the code that it verifies.',
      severity: 'error',
      from: { path: '^verify/' },
      to: { path: OURS, pathNot: '^verify/' },
    },
    {
      name: 'database-knows-no-domain',
      severity: 'error',
      from: { path: '^db/' },
      to: { path: OURS, pathNot: '^(db/|src/log\\.ts$)' },
    },
    {
      name: 'product-does-not-know-its-tests',
      severity: 'error',
      from: { pathNot: '^(test|loadtest)/' },
      to: { path: '^(test|loadtest)/' },
    },
    {
      name: 'programs-are-not-libraries',
      comment: 'main and the command-line programs act when they are imported.',
      severity: 'error',
      from: {},
      to: { path: '(-cli|/cli|^src/main)\\.ts$' },
    },
    {
      name: 'no-umbrella-colyseus',
      comment: 'The package `colyseus` loads /etc/environment over ours: import @colyseus/core and its neighbours.',
      severity: 'error',
      from: { path: OURS },
      to: { path: '^node_modules/colyseus/' },
    },
    {
      name: 'product-runs-without-dev-dependencies',
      severity: 'error',
      from: { path: '^(src|rooms|schema|db|verify)/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], pathNot: '^node_modules/@types/' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'everything-resolves', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    // TypeScript 7 has no parser for other programs; swc's sees type imports too, which count here.
    parser: 'swc',
    doNotFollow: { path: '^node_modules/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json'],
    },
  },
};
