/** Different in every run, so that seeding twice makes other players. */
const run = Date.now().toString(36);

export function loadPlayerName(index: number): string {
  return `load-${run}-${index + 1}`;
}
