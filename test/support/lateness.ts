/** How late, in milliseconds, a timer is that is set now for that moment: what the machine takes, whoever waits. */
export function latenessAt(at: number, now: () => number): Promise<number> {
  return new Promise((resolve) => setTimeout(() => resolve(Math.max(0, now() - at)), at - now()));
}
