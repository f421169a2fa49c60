import { DEMO_PASSWORD } from './people.ts';
import { curlSnippet, sdkSnippet } from './snippets.ts';

export interface BannerFacts {
  /** Where the server is reached from this machine. */
  readonly url: string;
  readonly tables: readonly { readonly tableId: string; readonly name: string }[];
  readonly bots: number;
}

/** What somebody who has just started the demo wants to know, as plain text. */
export function banner({ url, tables, bots }: BannerFacts): string {
  const rows = tables.map(({ tableId, name }) => `${tableId.padEnd(8)} ${name}`);
  const first = tables.at(0)?.tableId ?? 'fast';
  const fast = tables.find(({ tableId }) => tableId === 'fast')?.tableId ?? first;
  return `
  Croupier is running: a demo with play money, for this machine only.

  Watch and play   ${url}/
  Tables           ${rows.join('\n                   ')}
  Log in as        player1 … player9, collector1, partner1, admin1, admin2, master1
  Password         ${DEMO_PASSWORD}
  Players          begin with ₹1,000.00, and so does collector1; ${botsInWords(bots)}
  Lottery          GET ${url}/lottery/phases has the phase that is open for collector1's slips
  Trading desk     GET ${url}/market has the prices; room desk-main, POST /trades/open

  To paste into a shell: read a wallet

${curlSnippet(url)}

  To paste into a shell in this folder: sit down, bet ₹50 on Andar, wait for the result

${sdkSnippet(url, fast)}

  Ctrl-C closes betting, deals and pays the rounds in play at once, and stops; the data stays for the next start.

`;
}

/** How somebody on this machine reaches a server that listens on `host`. */
export function localUrl(host: string, port: number): string {
  const everywhere: Record<string, string> = { '0.0.0.0': '127.0.0.1', '::': '[::1]' };
  return `http://${everywhere[host] ?? (host.includes(':') ? `[${host}]` : host)}:${port}`;
}

function botsInWords(bots: number): string {
  if (bots === 0) return 'no bots (DEMO_BOTS is 0)';
  const names = bots === 1 ? 'bot1' : `bot1 … bot${bots}`;
  return `${names} play by themselves (DEMO_BOTS)`;
}
