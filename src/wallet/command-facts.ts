import { hash } from 'node:crypto';
import type { Command } from './command.ts';

/** The first 64 bits of SHA-256 over what was asked. */
export function requestHash(command: Command): bigint {
  return hash('sha256', `${command.kind}|${command.request}`, 'buffer').readBigInt64BE(0);
}

/** How much of a batch a command takes: its lines or closings. */
export function weightOf(command: Command): number {
  switch (command.kind) {
    case 'stake':
      return Math.max(1, command.lines.length);
    case 'settle':
      return Math.max(1, command.closes.length);
    case 'void':
    case 'cancelLines':
      return Math.max(1, command.positions.length);
    case 'closePool':
      return Math.max(1, command.wallets.length);
    default:
      return 1;
  }
}

/** New money at stake may be refused when the wallet is full; what ends a book or frees money never is. */
export function isStake(command: Command): boolean {
  return command.kind === 'stake' || command.kind === 'adjust' || command.kind === 'hold';
}
