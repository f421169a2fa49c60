import { Latencies, type LatencyCounts } from './latencies.ts';

/** Everything that is only counted. */
const COUNTED = {
  /** Bets the server took, those of `rebet` and `double` one by one. */
  accepted: 0,
  undone: 0,
  requests: 0,
  /** No answer within the time a request is given. */
  unanswered: 0,
  /** The connection was lost, mostly on purpose, before the answer came; asked again under the same key. */
  cutOff: 0,
  /** Commands of which nobody could find out what became of them. */
  unresolved: 0,
  /** Requests that were wrong on purpose and were not refused as they should have been. */
  wronglyAnswered: 0,
  reconnected: 0,
  /** Came back by a new seat, because the reconnection token was not taken. */
  reseated: 0,
  reconnectsFailed: 0,
  /** Connections that the server closed, or that broke, without the test having meant it. */
  lost: 0,
  /** Results that came later, marked `missed`, because the player was away. */
  deliveredLate: 0,
  /** `round-result` or `game_complete` that should have come and did not. */
  missed: 0,
  /** Players who could not afford the smallest bet, counted per window they sat out. */
  brokeWindows: 0,
};

type Counted = typeof COUNTED;

/** A tally as it travels between processes. */
export interface TallyCounts {
  readonly counted: Readonly<Counted>;
  readonly refused: Readonly<Record<string, number>>;
  readonly answers: LatencyCounts;
  readonly fromDeadline: LatencyCounts;
  readonly fromResult: LatencyCounts;
}

/** What a load test has seen so far. */
export class Tally {
  readonly counted: Counted = { ...COUNTED };
  /** By code. Requests that were wrong on purpose are among them. */
  readonly refused: Record<string, number> = {};
  /** Request to reply. */
  readonly answers = new Latencies();
  /** From the end of a round's last betting window to `game_complete`; the dealing lies in between. */
  readonly fromDeadline = new Latencies();
  /** From the result, as the server dates it, to `game_complete`. */
  readonly fromResult = new Latencies();

  refuse(code: string): void {
    this.refused[code] = (this.refused[code] ?? 0) + 1;
  }

  get refusals(): number {
    return Object.values(this.refused).reduce((sum, count) => sum + count, 0);
  }

  counts(): TallyCounts {
    return {
      counted: { ...this.counted },
      refused: { ...this.refused },
      answers: this.answers.counts(),
      fromDeadline: this.fromDeadline.counts(),
      fromResult: this.fromResult.counts(),
    };
  }

  add({ counted, refused, answers, fromDeadline, fromResult }: TallyCounts): void {
    for (const name of Object.keys(counted) as (keyof Counted)[]) this.counted[name] += counted[name];
    for (const [code, count] of Object.entries(refused)) this.refused[code] = (this.refused[code] ?? 0) + count;
    this.answers.add(answers);
    this.fromDeadline.add(fromDeadline);
    this.fromResult.add(fromResult);
  }
}
