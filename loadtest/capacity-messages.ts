import type { Credential } from './credentials.ts';

/** What the server of a bench is asked. */
export type ToServer =
  | {
      readonly kind: 'start';
      readonly databaseUrl: string;
      readonly dataDir: string;
      /** What its configuration says beside that. */
      readonly environment?: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'players'; readonly count: number }
  | { readonly kind: 'use' }
  | { readonly kind: 'stop' };

/** What a crowd of the capacity bench is asked. */
export type ToCrowd =
  | { readonly kind: 'spectators'; readonly count: number }
  | { readonly kind: 'players'; readonly players: readonly Credential[] }
  | { readonly kind: 'measure'; readonly seconds: number }
  | { readonly kind: 'leave' };
