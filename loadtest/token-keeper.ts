import { type Credential, readCredentials, writeCredentials } from './credentials.ts';
import { Mistake } from './mistake.ts';

const WRITE_WITHIN_MS = 100;

/** The file of load-test players, kept up to date: a refresh token spent and not replaced locks its player out. */
export class TokenKeeper {
  readonly #path: string;
  readonly #players: Map<string, Credential>;
  #timer: NodeJS.Timeout | undefined;

  constructor(path: string) {
    this.#path = path;
    this.#players = new Map(readCredentials(path).map((player) => [player.userId, player]));
  }

  /** The first `count` players of the file. Throws a Mistake where there are fewer. */
  take(count: number): readonly Credential[] {
    const players = [...this.#players.values()].slice(0, count);
    if (players.length === count) return players;
    throw new Mistake(`${this.#path} holds ${players.length} players, not ${count}: make more with loadtest:seed`);
  }

  renewed(credential: Credential): void {
    this.#players.set(credential.userId, credential);
    this.#timer ??= setTimeout(() => this.flush(), WRITE_WITHIN_MS);
  }

  flush(): void {
    clearTimeout(this.#timer);
    if (this.#timer !== undefined) writeCredentials(this.#path, [...this.#players.values()]);
    this.#timer = undefined;
  }
}
