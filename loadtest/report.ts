import type { Audited } from './audit-server.ts';
import type { Latencies } from './latencies.ts';
import { ms, refusals } from './progress.ts';
import type { Tally } from './tally.ts';

/** What a load test came to. */
export interface Report {
  readonly seconds: number;
  readonly players: number;
  readonly spectators: number;
  readonly tally: Tally;
  /** Event-loop use in the busiest second, 0 to 1; of several generators the busiest one's. */
  readonly generatorUse: number;
  readonly serverUse: number | undefined;
  readonly playersChecked: number;
  readonly broken: readonly string[];
  readonly audited: Audited;
}

const TOO_BUSY = 0.8;
const SHOWN = 20;

/** What was wrong with the server; empty when the test was passed. */
export function problemsOf({ tally, broken, audited }: Report): readonly string[] {
  const { unanswered, unresolved, wronglyAnswered, reconnectsFailed, lost, missed } = tally.counted;
  const wrong: readonly (readonly [number, string])[] = [
    [unanswered, 'requests were not answered'],
    [unresolved, 'commands have an outcome that nobody could find out'],
    [wronglyAnswered, 'bad requests were not refused as they should have been'],
    [reconnectsFailed, 'connections did not come back'],
    [lost, 'connections were lost'],
    [missed, 'messages were missed'],
  ];
  const found = wrong.flatMap(([number, what]) => (number > 0 ? [`${number} ${what}`] : []));
  return [...found, ...broken, ...(audited.kind === 'audited' ? audited.broken : [])];
}

export function reportText(report: Report): string {
  const { seconds, tally, players, spectators } = report;
  const { accepted, undone, requests, deliveredLate, missed, brokeWindows } = tally.counted;
  const perSecond = (count: number) => `${count} (${(count / seconds).toFixed(1)}/s)`;
  const problems = problemsOf(report);
  return `
${players} players, ${spectators} spectators, ${seconds.toFixed(1)} s of play

bets accepted        ${perSecond(accepted)}, of them undone ${undone}
refused              ${perSecond(tally.refusals)}: ${refusals(tally)}
requests             ${perSecond(requests)}
request to reply     ${percentiles(tally.answers)}
deadline to complete ${percentiles(tally.fromDeadline)}
                     (the end of betting to game_complete: one machine, one clock; the dealing lies in between)
result to complete   ${percentiles(tally.fromResult)}
reconnects           ${reconnects(tally)}
messages             ${deliveredLate} results delivered after coming back, ${missed} missed
sat out, too poor    ${brokeWindows} windows
server               ${report.serverUse === undefined ? 'unknown load; say --metrics-token' : use(report.serverUse)}
generator            ${use(report.generatorUse)}${warning(report.generatorUse)}
players' books       all ${report.playersChecked} compared, ${report.broken.length} findings
audit                ${auditText(report.audited)}

${problems.length === 0 ? 'Nothing was wrong.' : `WRONG:\n${shown(problems)}`}
`;
}

function reconnects({ counted }: Tally): string {
  const { reconnected, reseated, reconnectsFailed, cutOff } = counted;
  const how = `${reconnected} by token, ${reseated} by a new seat, ${reconnectsFailed} failed`;
  return `${how}; ${cutOff} requests cut off and asked again`;
}

function percentiles(latencies: Latencies): string {
  const parts = [0.5, 0.9, 0.99].map((part) => `p${part * 100} ${ms(latencies.percentile(part))}`);
  return `${parts.join(', ')} of ${latencies.total}`;
}

function use(part: number): string {
  return `${part.toFixed(2)} of one event loop in the busiest second`;
}

function warning(part: number): string {
  return part > TOO_BUSY
    ? '\n                     TOO BUSY: times include its own waiting; spread it with --workers'
    : '';
}

function auditText(audited: Audited): string {
  if (audited.kind === 'not audited') return `none: ${audited.reason}`;
  return `${audited.checks.length} checks, ${audited.broken.length} findings (${audited.checks.join(', ')})`;
}

function shown(problems: readonly string[]): string {
  const lines = problems.slice(0, SHOWN).map((problem) => `  ${problem}`);
  if (problems.length > SHOWN) lines.push(`  and ${problems.length - SHOWN} more`);
  return lines.join('\n');
}
