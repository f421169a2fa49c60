import { DEMO_PASSWORD } from './people.ts';

/** For a shell: signs in and reads the wallet. */
export function curlSnippet(url: string): string {
  const body = JSON.stringify({ username: 'player1', password: DEMO_PASSWORD });
  return `\
TOKEN=$(curl -s ${url}/auth/login -H 'Content-Type: application/json' \\
  -d '${body}' | sed 's/.*"accessToken":"\\([^"]*\\)".*/\\1/')
curl -s ${url}/wallets/me -H "Authorization: Bearer $TOKEN"; echo`;
}

/** For a shell in this folder: a client that sits down at a table, bets once and waits for the result. */
export function sdkSnippet(url: string, tableId: string): string {
  return `\
node --input-type=module <<'END'
import { Client } from '@colyseus/sdk';

const login = await fetch('${url}/auth/login', {
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify({ username: 'player2', password: '${DEMO_PASSWORD}' }),
});
const client = new Client('${url}');
client.auth.token = (await login.json()).accessToken;
const room = await client.joinById('${tableId}');
room.onMessage('*', () => {}); // whatever is not waited for below

const key = crypto.randomUUID(); // sent again with the same key, a bet counts once
const roundId = await new Promise((resolve) => room.onStateChange(({ phase, roundId, bettingEndsAt }) => {
  if (phase === 'betting' && bettingEndsAt - Date.now() > 1000) resolve(roundId);
}));
console.log(await room.request('place-bet', { key, roundId, betSide: 'andar', amount: 5000 }));
console.log(await new Promise((resolve) => room.onMessage('game_complete', resolve)));
await room.leave();
END`;
}
