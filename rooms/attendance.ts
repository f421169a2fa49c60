import type { Room } from '@colyseus/core';
import type { UserId } from '../src/ids.ts';
import type { Seats } from './seats.ts';

type Place = Pick<Room, 'roomId' | 'clients'>;

/** Who is in one room now. */
export interface RoomAttendance {
  /** Different people who are signed in. */
  readonly players: number;
  /** Connections of nobody in particular. */
  readonly spectators: number;
}

/** Who is in which room of this process. Every room enters itself. */
export class Attendance {
  readonly #rooms = new Map<Place, Seats>();

  add(room: Place, seats: Seats): void {
    this.#rooms.set(room, seats);
  }

  remove(room: Place): void {
    this.#rooms.delete(room);
  }

  /** All rooms together; somebody at two tables is one player. */
  occupancy(): { rooms: number; connections: number; players: number } {
    const players = new Set<UserId>();
    let connections = 0;
    for (const [{ clients }, seats] of this.#rooms) {
      connections += clients.length;
      for (const userId of seats.players()) players.add(userId);
    }
    return { rooms: this.#rooms.size, connections, players: players.size };
  }

  of(roomId: string): RoomAttendance {
    for (const [room, seats] of this.#rooms) {
      if (room.roomId !== roomId) continue;
      const seated = seats.clients().length;
      return { players: seats.players().length, spectators: Math.max(0, room.clients.length - seated) };
    }
    return { players: 0, spectators: 0 };
  }
}
