import { matchMaker } from '@colyseus/core';
import { BaseRoom } from './base-room.ts';

/** The rooms of this process and who is in them; somebody at two tables is one player. */
export async function occupancy(): Promise<{ rooms: number; connections: number; players: number }> {
  const listed = await matchMaker.query({});
  const rooms = listed.flatMap(({ roomId }) => matchMaker.getLocalRoomById(roomId) ?? []);
  const players = new Set(rooms.flatMap((room) => (room instanceof BaseRoom ? room.players() : [])));
  const connections = rooms.reduce((sum, { clients }) => sum + clients.length, 0);
  return { rooms: rooms.length, connections, players: players.size };
}
