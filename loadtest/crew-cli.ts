import { Crew } from './crew.ts';
import type { FromCrew, ToCrew } from './crew-messages.ts';

/** A crew in a process of its own; started by `crews.ts`, which it does not outlive. */
const PROGRESS_EVERY_MS = 1_000;

let crew: Crew | undefined;

// The terminal interrupts the whole group; whoever started us says what is to be done about it.
process.on('SIGINT', () => undefined);
process.on('disconnect', () => process.exit(0));
process.on('message', (message) => {
  follow(message as ToCrew).catch((error: unknown) => {
    say({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
  });
});

async function follow(message: ToCrew): Promise<void> {
  if (message.kind === 'open') {
    const opened = new Crew(message.options, (credential) => say({ kind: 'renewed', credential }));
    crew = opened;
    setInterval(() => say({ kind: 'progress', progress: opened.progress() }), PROGRESS_EVERY_MS);
    await opened.open();
    say({ kind: 'seated' });
  }
  if (message.kind === 'play') crew?.play();
  if (message.kind === 'finish' && crew) say({ kind: 'finished', result: await crew.finish() });
}

function say(message: FromCrew): void {
  if (process.connected) process.send?.(message);
}
