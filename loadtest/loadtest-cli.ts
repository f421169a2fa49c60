import { endWith } from './mistake.ts';
import { parseLoadtest, USAGE } from './options.ts';
import { problemsOf, reportText } from './report.ts';
import { runLoad } from './run-load.ts';

/** `npm run loadtest`: see its usage. The first Ctrl-C ends it in order, the second at once. */
const interrupted = new AbortController();
process.on('SIGINT', () => {
  if (interrupted.signal.aborted) process.exit(130);
  interrupted.abort();
});

try {
  const options = parseLoadtest(process.argv.slice(2), process.env);
  if (options === undefined) {
    process.stdout.write(USAGE);
  } else {
    const write = (text: string) => void process.stdout.write(text);
    const report = await runLoad(options, { write, signal: interrupted.signal });
    write(reportText(report));
    process.exitCode = problemsOf(report).length === 0 ? 0 : 1;
  }
} catch (error) {
  endWith(error);
}
