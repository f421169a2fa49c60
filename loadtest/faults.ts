import { uuid7 } from '../src/ids.ts';
import type { Fault } from './window-plan.ts';

/** What an attempt at something wrong looks like, and the codes it may be refused with. */
interface Attempt {
  readonly type: string;
  readonly payload: object;
  readonly codes: readonly string[];
}

/** Whatever is wrong with a request, the server may be busy, or the window over, before it looks. */
const ALWAYS = ['BUSY', 'RATE_LIMITED', 'BETTING_CLOSED', 'GAME_PAUSED', 'UNKNOWN_OUTCOME'];

interface At {
  readonly roundId: string;
  readonly betSide: string;
  readonly minBet: number;
  readonly maxBet: number;
}

/** The request that makes a mistake. */
export function attemptOf(fault: Fault, { roundId, betSide, minBet, maxBet }: At): Attempt {
  const key = uuid7<string>(Date.now());
  const bet = (more: object) => ({ type: 'place-bet', payload: { key, roundId, betSide, amount: minBet, ...more } });
  switch (fault) {
    case 'no amount':
      return { ...bet({ amount: undefined }), codes: ['INVALID_REQUEST', ...ALWAYS] };
    case 'fraction':
      return { ...bet({ amount: minBet + 0.5 }), codes: ['INVALID_REQUEST', ...ALWAYS] };
    case 'unknown side':
      return { ...bet({ betSide: 'edge' }), codes: ['INVALID_REQUEST', ...ALWAYS] };
    case 'below minimum':
      return { ...bet({ amount: Math.max(1, minBet - 1) }), codes: ['BELOW_MINIMUM', ...ALWAYS] };
    case 'above maximum':
      return { ...bet({ amount: maxBet + 1 }), codes: ['ABOVE_MAXIMUM', ...ALWAYS] };
    case 'unknown round':
      return { ...bet({ roundId: uuid7<string>(Date.now()) }), codes: ALWAYS };
    case 'unknown bet':
      return { type: 'undo-bet', payload: { key, betId: '9007199254740990' }, codes: ['NOT_FOUND', ...ALWAYS] };
    case 'unknown message':
      return { type: 'win-always', payload: { key }, codes: ['INVALID_REQUEST', ...ALWAYS] };
  }
}
