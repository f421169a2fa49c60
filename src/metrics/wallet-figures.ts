import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { WalletActor } from '../wallet/actor.ts';
import type { Decided, WalletObserver } from '../wallet/observer.ts';

const BATCH_SIZES = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000];
const COMMIT_SECONDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/**
 * What the wallet does. Bets and refusals are counted here and nowhere else: whatever is bet in any room, and whatever
 * the rules of any game refuse, comes to the wallet and is answered once it is durable. Repeated requests are not
 * counted again; messages that never were a bet (malformed, too many) are not counted at all.
 */
export function walletFigures(registry: Registry): WalletObserver {
  const registers = [registry];
  const bets = new Counter({
    name: 'croupier_bets_accepted_total',
    help: 'Bets accepted and durable.',
    registers,
  });
  const refused = new Counter({
    name: 'croupier_bets_refused_total',
    help: 'Requests to bet that were refused, by code.',
    labelNames: ['code'],
    registers,
  });
  const size = new Histogram({
    name: 'croupier_wallet_batch_commands',
    help: 'Commands in a batch.',
    buckets: BATCH_SIZES,
    registers,
  });
  const commit = new Histogram({
    name: 'croupier_wallet_commit_seconds',
    help: 'From sending a batch to the database to its commit.',
    buckets: COMMIT_SECONDS,
    registers,
  });
  return {
    committed(batch, tookMs) {
      const { accepted, refusals } = countBets(batch);
      bets.inc(accepted);
      for (const [code, count] of refusals) refused.inc({ code }, count);
      size.observe(batch.length);
      if (tookMs !== undefined) commit.observe(tookMs / 1_000);
    },
    turnedAway(command, code) {
      if (command.kind === 'stake') refused.inc({ code });
    },
  };
}

/** Once a batch, in plain numbers: it stands between one batch and the next. */
function countBets(batch: readonly Decided[]): { accepted: number; refusals: ReadonlyMap<string, number> } {
  const refusals = new Map<string, number>();
  let accepted = 0;
  for (const { command, answer } of batch) {
    if (command.kind !== 'stake' || answer === null || answer.duplicate) continue;
    if (answer.ok) accepted += command.lines.length;
    else refusals.set(answer.code, (refusals.get(answer.code) ?? 0) + 1);
  }
  return { accepted, refusals };
}

/** What can be seen of the wallet at the moment of asking. */
export function watchWallet(registry: Registry, wallet: Pick<WalletActor, 'stats'>): void {
  const registers = [registry];
  const gauge = (name: string, help: string, value: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(value());
      },
    });
  gauge('croupier_wallet_mailbox', 'Commands waiting to be decided.', () => wallet.stats.mailbox);
  gauge('croupier_wallet_outstanding', 'Commands not answered yet.', () => wallet.stats.outstanding);
  gauge('croupier_wallet_open_books', 'Books that take positions or are being settled.', () => wallet.stats.openBooks);
  const counter = (name: string, help: string, value: () => number) =>
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(value());
      },
    });
  counter('croupier_wallet_recoveries_total', 'Times the shard was taken over anew after a failed batch.', () => {
    return wallet.stats.recoveries;
  });
  counter('croupier_wallet_quarantined_total', 'Commands that the database itself refused.', () => {
    return wallet.stats.quarantined;
  });
}
