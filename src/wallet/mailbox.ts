import type { UserId } from '../ids.ts';
import type { Answer, Command } from './command.ts';
import { isStake, weightOf } from './command-facts.ts';
import type { Pending } from './ledger.ts';

/** A command and whoever waits for its answer. */
export interface Entry extends Pending {
  readonly weight: number;
  resolve(answer: Answer): void;
  reject(error: Error): void;
  /** What will be answered once the batch is durable. */
  answer: Answer | null;
}

/**
 * Commands in order of arrival. Bounded: stakes are turned away when it is full, and one origin may fill only a part of
 * it. What ends a book or frees money always gets in.
 */
export class Mailbox {
  readonly #capacity: number;
  readonly #capacityPerOrigin: number;
  #entries: Entry[] = [];
  #head = 0;
  #weight = 0;
  readonly #perOrigin = new Map<UserId, number>();

  constructor(capacity: number, capacityPerOrigin: number) {
    this.#capacity = capacity;
    this.#capacityPerOrigin = capacityPerOrigin;
  }

  get length(): number {
    return this.#entries.length - this.#head;
  }

  /** False: answer `BUSY`. */
  admits(command: Command): boolean {
    if (!isStake(command)) return true;
    const weight = weightOf(command);
    if (this.#weight + weight > this.#capacity) return false;
    return (this.#perOrigin.get(originOf(command)) ?? 0) + weight <= this.#capacityPerOrigin;
  }

  push(entry: Entry): void {
    this.#entries.push(entry);
    this.#count(entry, 1);
  }

  /** Puts entries back before all others, in their order: after a batch that has to be decided again. */
  unshift(entries: readonly Entry[]): void {
    this.#entries = [...entries, ...this.#entries.slice(this.#head)];
    this.#head = 0;
    for (const entry of entries) this.#count(entry, 1);
  }

  peek(): Entry | undefined {
    return this.#entries[this.#head];
  }

  /** The next entries, as many as fit into `weight`, but at least one. */
  upcoming(weight: number): Entry[] {
    let total = 0;
    let end = this.#head;
    while (end < this.#entries.length && (total === 0 || total < weight)) total += this.#entries[end++]?.weight ?? 0;
    return this.#entries.slice(this.#head, end);
  }

  shift(): Entry | undefined {
    const entry = this.#entries[this.#head];
    if (entry === undefined) return undefined;
    this.#head += 1;
    this.#count(entry, -1);
    if (this.#head === this.#entries.length || this.#head > 10_000) {
      this.#entries = this.#entries.slice(this.#head);
      this.#head = 0;
    }
    return entry;
  }

  #count({ command, weight }: Entry, sign: 1 | -1): void {
    const change = sign * weight;
    this.#weight += change;
    const origin = originOf(command);
    const count = (this.#perOrigin.get(origin) ?? 0) + change;
    if (count === 0) this.#perOrigin.delete(origin);
    else this.#perOrigin.set(origin, count);
  }
}

/** Whose share it counts against. The system moves money in many names: one player's deposits are that player's. */
function originOf(command: Command): UserId {
  return command.kind === 'adjust' ? command.owner : command.origin;
}
