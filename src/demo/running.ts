import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const Running = z.object({ pid: z.int(), port: z.int() });

/** Who runs a demo on a data directory, and where. */
export type Running = z.output<typeof Running>;

/** Leaves word of who runs here, for a second start on the same data; the answer takes it away again. */
export function sayRunning(dataDir: string, running: Running): () => void {
  const file = fileIn(dataDir);
  writeFileSync(file, JSON.stringify(running));
  return () => rmSync(file, { force: true });
}

/** What a second start on the same data says when it gives up. */
export function alreadyRunning(dataDir: string): string {
  const running = readRunning(dataDir);
  const who = running ? ` (process ${running.pid}, port ${running.port})` : '';
  const what = `Another Croupier runs on the data in ${dataDir}${who}.`;
  return `${what} Stop it first, or set DATA_DIR and PORT to start a second one.`;
}

/** Who runs a demo here. Only a hint: whoever was killed could not take back what it said. */
export function readRunning(dataDir: string): Running | undefined {
  try {
    const running = Running.parse(JSON.parse(readFileSync(fileIn(dataDir), 'utf8')));
    process.kill(running.pid, 0);
    return running;
  } catch {
    return undefined;
  }
}

function fileIn(dataDir: string): string {
  return join(dataDir, 'running.json');
}
