import type { UserId } from './ids.ts';
import type { Logger } from './log.ts';

/** Reaches people one by one. */
export interface Voice {
  /** Whether this person is there to hear something. */
  reaches(userId: UserId): boolean;
  /** Whether this person would hear something of this type now; where it is not said, whoever is reached would. */
  hears?(userId: UserId, type: string): boolean;
  /** Answers whether anybody has heard it. */
  speak(userId: UserId, type: string, message: object): boolean;
}
/** Says something to everybody in the back office. */
export type SpeakToHouse = (type: string, message: object) => void;

/**
 * How the inside reaches people, without knowing rooms: the rooms `account` and `backoffice` lend their voices while
 * they are open. What is said to somebody who is not there is not kept; what must not be missed is in the database.
 */
export class Channels {
  readonly #log: Logger;
  readonly #voices = new Set<Voice>();
  readonly #houseVoices = new Set<SpeakToHouse>();

  constructor(log: Logger) {
    this.#log = log;
  }

  /** Whether this person's own channel is open. */
  reaches(userId: UserId): boolean {
    return this.#voices.values().some((voice) => voice.reaches(userId));
  }

  /** Whether this person would hear something of this type, in their own channel or elsewhere. */
  hears(userId: UserId, type: string): boolean {
    return this.#voices.values().some((voice) => voice.hears?.(userId, type) ?? voice.reaches(userId));
  }

  /** To all connections of this person's own channel; answers whether there was one. Never throws. */
  tell(userId: UserId, type: string, message: object): boolean {
    let isHeard = false;
    for (const voice of this.#voices) {
      this.#attempt(type, () => {
        if (voice.speak(userId, type, message)) isHeard = true;
      });
    }
    return isHeard;
  }

  /** To ADMIN and MASTER in the back office. Never throws. */
  tellHouse(type: string, message: object): void {
    for (const speak of this.#houseVoices) this.#attempt(type, () => speak(type, message));
  }

  /** Lends a voice; the answer takes it back. */
  lend(voice: Voice): () => void {
    this.#voices.add(voice);
    return () => this.#voices.delete(voice);
  }

  /** Lends a voice to the back office; the answer takes it back. */
  lendToHouse(speak: SpeakToHouse): () => void {
    this.#houseVoices.add(speak);
    return () => this.#houseVoices.delete(speak);
  }

  /** Whoever tells has done something that counts: a voice that fails must not undo it. */
  #attempt(type: string, say: () => void): void {
    try {
      say();
    } catch (error) {
      this.#log.error({ err: error, type }, 'telling somebody failed');
    }
  }
}
