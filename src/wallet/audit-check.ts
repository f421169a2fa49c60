import { z } from 'zod';
import type { Queries } from '../../db/pool.ts';

/** So many of a kind are enough to know. */
export const FINDINGS_MAX = 20;

/** A finding, in words. */
export const Row = z.object({ what: z.string() });
/** A query for what must not exist. */
export type Check = (database: Queries) => Promise<readonly z.infer<typeof Row>[]>;
