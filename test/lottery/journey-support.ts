import assert from 'node:assert/strict';
import type { Server } from '../../src/server.ts';
import { newKey, newStaff, type Player, send } from '../journeys/support.ts';
import { credit } from '../wallet/fixture.ts';

/** A collector, signed in, with this much money. */
export async function newCollector(server: Server, balance = 10_000_000): Promise<Player> {
  const collector = await newStaff(server, 'COLLECTOR');
  if (balance > 0) assert.ok((await server.wallet.execute(credit(collector.userId, balance))).ok);
  return collector;
}

/** A phase that is open for a day, unless told otherwise. */
// biome-ignore lint/suspicious/noExplicitAny: what a server says is for the test to judge.
export async function newPhase(server: Server, admin: Player, more: object = {}): Promise<any> {
  const endDate = new Date(Date.now() + 86_400_000).toISOString();
  const { status, json } = await send(server, 'POST', '/admin/lottery/phases', admin, {
    name: 'Feb-01',
    endDate,
    ...more,
  });
  assert.equal(status, 201, JSON.stringify(json));
  return json;
}

export function handIn(
  server: Server,
  phaseId: string,
  collector: Player,
  text: string,
  more: object = {},
  key = newKey(),
) {
  const path = `/lottery/phases/${phaseId}/slips`;
  return send(server, 'POST', path, collector, { text, ...more }, { 'Idempotency-Key': key });
}

/** Closes a phase, has two people enter the number, and settles it. */
export async function drawAndSettle(
  server: Server,
  phaseId: string,
  admins: readonly [Player, Player],
  number: string,
) {
  const path = `/admin/lottery/phases/${phaseId}`;
  const [ann, bob] = admins;
  await send(server, 'POST', `${path}/close`, ann);
  for (const admin of [ann, bob]) {
    const { status, json } = await send(server, 'POST', `${path}/result`, admin, { winningNumber: number });
    assert.equal(status, 200, JSON.stringify(json));
  }
  const { status, json } = await send(server, 'POST', `${path}/settle`, ann);
  assert.equal(status, 200, JSON.stringify(json));
  return json;
}
