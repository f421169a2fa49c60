import assert from 'node:assert/strict';
import type { Server } from '../../src/server.ts';
import { get, newKey, newPlayer, newStaff, type Player, send, start } from '../journeys/support.ts';
import { newPhase } from '../lottery/journey-support.ts';
import { useDatabase } from '../support/database.ts';

interface Line {
  readonly action: string;
  readonly reason: string | null;
  readonly before: unknown;
  readonly after: { readonly role?: string } | null;
}

describe('S4-50 why somebody of the house does what needs no reason', () => {
  const database = useDatabase();
  let server: Server;
  let ann: Player;
  let bob: Player;
  before(async () => {
    server = await start(database, []);
    ann = await newStaff(server, 'ADMIN');
    bob = await newStaff(server, 'MASTER');
  });
  after(() => server.stop());

  const act = async (method: string, path: string, by: Player, body: object, more: Record<string, string> = {}) => {
    const { status, json } = await send(server, method, path, by, body, more);
    assert.ok(status < 300, `${method} ${path} ${JSON.stringify(json)}`);
    return json;
  };
  const lines = async (target: string): Promise<readonly Line[]> =>
    (await get(server, `/admin/audit?target=${target}`, ann)).items.toReversed();
  const reasons = async (target: string) => (await lines(target)).map(({ action, reason }) => `${action}: ${reason}`);

  it('making a partner: on record with the role before and after', async () => {
    const [player, staff] = [await newPlayer(server, 0), await newStaff(server, 'PARTNER')];
    const { id } = await act('POST', '/admin/partners', ann, { userId: player.userId, reason: 'brings a whole club' });
    const [line] = await lines(`partner:${id}`);
    assert.deepEqual([line?.reason, line?.before], ['brings a whole club', { role: 'PLAYER' }]);
    assert.equal(line?.after?.role, 'PARTNER');
    const other = await act('POST', '/admin/partners', ann, { userId: staff.userId });
    const [silent] = await lines(`partner:${other.id}`);
    assert.deepEqual([silent?.reason, silent?.before], [null, { role: 'PARTNER' }]);
  });

  it('approving a correction: on record, and its answer stays as it was', async () => {
    const wish = { userId: (await newPlayer(server, 0)).userId, amount: 500, reason: 'a stake was taken twice' };
    const { id } = await act('POST', '/admin/adjustments', ann, wish, { 'Idempotency-Key': newKey() });
    const approved = await act('PUT', `/admin/adjustments/${id}/approve`, bob, { reason: 'seen in the ledger' });
    assert.deepEqual([approved.status, approved.decisionReason], ['APPROVED', null]);
    assert.deepEqual(await reasons(`adjustment:${id}`), [
      'adjustment.request: a stake was taken twice',
      'adjustment.approve: seen in the ledger',
    ]);
  });

  it('approving a deposit: on record, and nothing its player reads', async () => {
    const player = await newPlayer(server, 0);
    const wish = { amount: 50_000, method: 'upi' };
    const { id } = await act('POST', '/transactions/deposits', player, wish, { 'Idempotency-Key': newKey() });
    await act('PUT', `/admin/tx/${id}/approve-tx`, ann, { reason: 'seen at the bank' });
    assert.deepEqual(await reasons(`transaction:${id}`), ['APPROVE_DEPOSIT: seen at the bank']);
    const [own] = (await get(server, '/transactions', player)).items;
    assert.deepEqual([own.status, JSON.stringify(own).includes('bank')], ['APPROVED', false]);
  });

  it('whatever is decided of a phase: on record', async () => {
    const { phaseId } = await newPhase(server, ann, { reason: 'the first of February' });
    const path = `/admin/lottery/phases/${phaseId}`;
    await act('PUT', `${path}/limits/123`, ann, { maxAmount: 500, reason: 'too many dream of it' });
    await act('PUT', `${path}/limits/123`, ann, { maxAmount: null });
    await act('POST', `${path}/close`, ann, { reason: 'drawn early' });
    await act('POST', `${path}/result`, ann, { winningNumber: '123', reason: 'as drawn on stage' });
    await act('POST', `${path}/result`, bob, { winningNumber: '123', reason: 'as on the radio' });
    await act('POST', `${path}/settle`, ann, { reason: 'nobody objects' });
    assert.deepEqual(await reasons(`phase:${phaseId}`), [
      'phase.create: the first of February',
      'phase.limit: too many dream of it',
      'phase.limit: null',
      'phase.close: drawn early',
      'phase.result.enter: as drawn on stage',
      'phase.result.confirm: as on the radio',
      'phase.settle: nobody objects',
    ]);
  });
});
