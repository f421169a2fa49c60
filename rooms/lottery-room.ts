import type { Client } from '@colyseus/core';
import { LotteryPhaseState, PreviewSlip, SubmitSlip } from '../schema/lottery.ts';
import type { PhaseId } from '../src/ids.ts';
import type { Lottery } from '../src/lottery/lottery.ts';
import type { PhaseRow } from '../src/lottery/phase-row.ts';
import { rtpOf } from '../src/lottery/wire-phase.ts';
import { wirePreview, wireSubmitted } from '../src/lottery/wire-slip.ts';
import { isRefusal, type Refusal } from '../src/refusal.ts';
import { admission, BaseRoom, type BaseRoomDeps, type Call } from './base-room.ts';
import type { Play } from './seat-keeper.ts';
import { identityOf } from './seats.ts';
import { takeLongMessages } from './sockets.ts';

export interface LotteryRoomDeps extends BaseRoomDeps {
  readonly lottery: Pick<Lottery, 'find' | 'onPhase' | 'preview' | 'submit'>;
  readonly protection: Play;
}

export const LOTTERY_PHASE = 'lottery_phase';
/** A slip of 20,000 characters, whatever they are. */
const MESSAGE_BYTES_MAX = 64 * 1024;

/** A phase of the lottery as its people see it. It passes on what collectors hand in; it decides nothing. */
export class LotteryRoom extends BaseRoom<LotteryPhaseState, number> {
  static readonly deps: LotteryRoomDeps;
  override state = new LotteryPhaseState();
  protected override readonly deps = (this.constructor as typeof LotteryRoom).deps;
  protected override readonly play = this.deps.protection;
  #silence: () => void = () => undefined;

  override async onCreate(options: { readonly phaseId: PhaseId }): Promise<void> {
    const { lottery } = this.deps;
    // First what may fail: a room that could not be made leaves nothing behind.
    const phase = await lottery.find(options.phaseId);
    super.onCreate(options);
    this.roomId = phase.id;
    showPhase(this.state, phase);
    this.#silence = lottery.onPhase((changed) => {
      if (changed.id === phase.id) this.#show(changed);
    });
    this.serve('preview-slip', PreviewSlip, (call) => this.#preview(call));
    this.serve('submit-slip', SubmitSlip, (call) => this.#submit(call));
    // What happened while the room was being made.
    this.#show(await lottery.find(phase.id));
  }

  override async onJoin(client: Client): Promise<void> {
    await super.onJoin(client);
    this.#hearSlips(client);
  }

  override async onReconnect(client: Client): Promise<void> {
    await super.onReconnect(client);
    this.#hearSlips(client);
  }

  override onDispose(): void {
    super.onDispose();
    this.#silence();
  }

  protected override moment(receivedAt: number): number {
    return receivedAt;
  }

  protected override sayRefused(client: Client, { code, message, details }: Refusal): void {
    client.send('slip-error', { error: message, code, ...(details !== undefined && { details }) });
  }

  async #preview(call: Call<PreviewSlip, number>): Promise<object | Refusal> {
    const refusal = await this.refuseOthers(call.identity, ['COLLECTOR']);
    if (refusal) return refusal;
    const read = await this.deps.lottery.preview(this.#phaseId, call.message.text);
    return isRefusal(read) ? read : this.#answer(call, 'slip-preview', wirePreview(this.#phaseId, read));
  }

  async #submit(call: Call<SubmitSlip, number>): Promise<object | Refusal> {
    const refusal = await this.refuseOthers(call.identity, ['COLLECTOR']);
    if (refusal) return refusal;
    const { identity, moment: receivedAt, message } = call;
    const key = message.key as Parameters<Lottery['submit']>[0]['key'];
    const wish = {
      userId: identity.userId,
      phase: this.#phaseId,
      text: message.text,
      digest: message.digest,
      receivedAt,
    };
    const submitted = await this.deps.lottery.submit({ ...wish, key });
    return isRefusal(submitted) ? submitted : this.#answer(call, 'slip-accepted', wireSubmitted(submitted));
  }

  #answer({ client, answered }: Call<unknown, number>, type: string, slip: object): object {
    const answer = { ok: true, ...slip };
    if (!answered) client.send(type, answer);
    return answer;
  }

  #hearSlips(client: Client): void {
    if (identityOf(client)?.role === 'COLLECTOR') takeLongMessages(client, MESSAGE_BYTES_MAX);
  }

  #show(phase: PhaseRow): void {
    showPhase(this.state, phase);
    this.broadcastPatch();
  }

  get #phaseId(): PhaseId {
    return this.roomId as PhaseId;
  }
}

/** Brings the state that everybody sees up to the phase. */
function showPhase(state: LotteryPhaseState, phase: PhaseRow): void {
  state.phaseId = phase.id;
  state.name = phase.name;
  state.status = phase.status;
  state.currency = phase.currency;
  state.startDate = phase.startsAt.getTime();
  state.endDate = phase.endsAt.getTime();
  state.globalLimit = phase.globalLimit;
  state.overLimit = phase.overLimit;
  state.straightMultiplier = phase.straightMultiplier;
  state.rtp = rtpOf(phase);
  state.commission = phase.commission;
  state.minStake = phase.minStake;
  state.maxStake = phase.maxStake;
  state.draw = phase.draw;
  state.commitment = phase.commitment ?? '';
  state.serverSeed = phase.revealedSeed ?? '';
  state.winningNumber = phase.winningNumber ?? '';
}

/** The room with what it needs, as Colyseus wants it: a class it can make instances of. */
export function lotteryRoom(deps: LotteryRoomDeps): typeof LotteryRoom {
  return class extends LotteryRoom {
    static override readonly deps = deps;
    // Colyseus calls it without its class.
    static override readonly onAuth = admission(deps.accounts, { play: deps.protection });
  };
}
