import type { Client, Room } from '@colyseus/core';

/** How a request is refused; `send` has no answer to refuse with. */
interface Context {
  readonly id: number | undefined;
  reject(reason: unknown): unknown;
}

type Handler = (client: Client, message: unknown, context?: Context) => unknown;

/** The framework's table of handlers, by type of message; it has no prototype. */
interface Served {
  readonly onMessageEvents: { readonly events: Record<string, Handler[]> };
}

/**
 * Calls `handle` for every type of message that nobody serves. The framework's own fallback, `'*'`, hears of `send`
 * alone: a `request` of an unknown type would be answered with an error of the framework's, past all limits.
 */
export function handleUnknown(room: Room, handle: Handler): void {
  const { events } = (room as unknown as Served).onMessageEvents;
  Object.setPrototypeOf(events, new Proxy(Object.create(null), { get: () => [handle] }));
}

/** To be called before `onMessage`: it adds to the handlers it finds, and would find those of unknown types. */
export function makeKnown(room: Room, type: string): void {
  (room as unknown as Served).onMessageEvents.events[type] = [];
}
