import Mocha from 'mocha';

/**
 * As `spec`. A test that fails is run once more, and what passes only then is told at the end, with what it failed of:
 * it is to be mended, though it does not hold up a change.
 */
// biome-ignore lint/style/noDefaultExport: it is what mocha takes.
export default class Reporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const again: string[] = [];
    runner.on('retry', (test, error) => again.push(`${test.fullTitle()}\n${error.stack ?? error.message}`));
    runner.once('end', () => {
      if (again.length === 0) return;
      process.stdout.write(`\n  ${again.length} run once more:\n\n${again.join('\n\n')}\n`);
    });
  }
}
