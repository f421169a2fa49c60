import { z } from 'zod';
import type { PhaseId } from '../ids.ts';
import type { SlipId } from '../lottery/slip-row.ts';

export const HOUSE = ['ADMIN', 'MASTER'] as const;

export const PhaseName = z.uuid().transform((id) => id.toLowerCase() as PhaseId);
export const PhaseParams = z.strictObject({ id: PhaseName });
export const SlipName = z.uuid().transform((id) => id.toLowerCase() as SlipId);
export const SlipParams = z.strictObject({ id: SlipName });
export const PageSize = z.coerce.number().int().min(1).max(100).default(50);
/** Three digits, leading zeros kept (S3-06). */
export const Digits = z.string().regex(/^[0-9]{3}$/, 'three digits');
