import type { LiveStatistics } from '../../schema/backoffice.ts';
import type { TableId } from '../ids.ts';
import type { PhaseRow } from '../lottery/phase-row.ts';
import { minor, percentageOf, toWire, ZERO } from '../money.ts';
import type { Table } from '../rounds/table.ts';
import { type Exposed, exposureOf } from '../trading/exposure.ts';
import type { WalletActor } from '../wallet/actor.ts';
import { type Day, NOTHING_PLAYED, type Played, sum } from './day.ts';
import type { DayOfGames } from './day-games.ts';

export interface LiveStatisticsDeps extends Exposed {
  readonly tables: ReadonlyMap<TableId, Table>;
  readonly wallet: Pick<WalletActor, 'atStake'>;
  readonly day: Day;
  readonly games: DayOfGames;
  readonly attendance: {
    occupancy(): { readonly connections: number; readonly players: number };
    of(roomId: string): { readonly players: number; readonly spectators: number };
  };
}

const NOTHING_AT_STAKE = { bets: 0, stakes: ZERO, worstLoss: ZERO };

/** What goes on at this moment (S0-73): from memory, but for the rounds settled since the last look. */
export async function liveStatistics(deps: LiveStatisticsDeps, now: number): Promise<LiveStatistics> {
  const { midnight, sums } = await deps.day.look(now);
  const games = await deps.games.look(now, midnight);
  const phases = await deps.games.phases(now);
  const { players: online, connections } = deps.attendance.occupancy();
  return {
    at: new Date(now).toISOString(),
    online,
    connections,
    since: new Date(midnight).toISOString(),
    today: wirePlayed([...sums.values()].reduce(sum, NOTHING_PLAYED)),
    tables: [...deps.tables.values()].map((table) => ({
      ...liveTable(deps, table),
      today: wirePlayed(sums.get(table.tableId) ?? NOTHING_PLAYED),
    })),
    games: [...games].map(([game, played]) => ({ game, today: wirePlayed(played) })),
    phases: phases.map((phase) => livePhase(deps, phase)),
    desk: { ...exposureOf(deps), ...deps.attendance.of(deps.desk.id) },
  };
}

function liveTable({ attendance, wallet }: LiveStatisticsDeps, table: Table) {
  const { round, live, settings } = table.at();
  const atStake = live === null || round.phase === 'idle' ? null : wallet.atStake(live.book);
  const { bets, stakes, worstLoss } = atStake ?? NOTHING_AT_STAKE;
  return {
    tableId: table.tableId,
    phase: round.phase,
    roundId: live?.roundId ?? null,
    roundNumber: live?.roundNumber ?? 0,
    paused: settings.paused,
    ...attendance.of(table.tableId),
    bets,
    stakes: toWire(stakes),
    exposure: Math.max(0, toWire(worstLoss)),
  };
}

/** What collectors get for their stakes whatever is drawn is part of the worst, as it is of the payouts of a day. */
function livePhase({ attendance, wallet }: LiveStatisticsDeps, { id, book, name, status, commission }: PhaseRow) {
  const { bets: lines, stakes, worstLoss } = wallet.atStake(book) ?? NOTHING_AT_STAKE;
  const worst = minor(worstLoss + percentageOf(stakes, commission));
  return {
    ...{ phaseId: id, name, status, ...attendance.of(id) },
    ...{ lines, stakes: toWire(stakes), exposure: Math.max(0, toWire(worst)) },
  };
}

function wirePlayed({ rounds, stakes, payouts, refunds }: Played) {
  const ggr = toWire(minor(stakes - payouts - refunds));
  return { rounds, stakes: toWire(stakes), payouts: toWire(payouts), refunds: toWire(refunds), ggr };
}
