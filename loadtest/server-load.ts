/** The server's own event-loop use as its metrics tell it (0 to 1); undefined where they cannot be read. */
export async function readServerUse(endpoint: string, token: string | undefined): Promise<number | undefined> {
  if (token === undefined) return undefined;
  try {
    const headers = { Authorization: `Bearer ${token}` };
    const response = await fetch(`${endpoint}/metrics`, { headers, signal: AbortSignal.timeout(1_000) });
    return response.ok ? useIn(await response.text()) : undefined;
  } catch {
    return undefined;
  }
}

/** The gauge among the metrics, whatever its prefix. */
export function useIn(metrics: string): number | undefined {
  const line = /^\w*event_?loop_utili[sz]ation\w*(?:\{[^}]*\})? (\S+)/m.exec(metrics);
  const use = Number(line?.[1]);
  return line !== null && Number.isFinite(use) ? use : undefined;
}
