import { pathToFileURL } from 'node:url';

/** A module of the page, loaded here: it has no types, so the test says what it expects. */
export async function pageModule<Exports>(name: string): Promise<Exports> {
  const url = pathToFileURL(`${import.meta.dirname}/../../public/${name}`);
  return (await import(url.href)) as Exports;
}
