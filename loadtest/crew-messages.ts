import type { Credential } from './credentials.ts';
import type { CrewOptions, CrewProgress, CrewResult } from './crew.ts';

/** What a crew's process is told. */
export type ToCrew =
  | { readonly kind: 'open'; readonly options: CrewOptions }
  | { readonly kind: 'play' }
  | { readonly kind: 'finish' };

/** What a crew's process tells. */
export type FromCrew =
  | { readonly kind: 'seated' }
  | { readonly kind: 'progress'; readonly progress: CrewProgress }
  | { readonly kind: 'renewed'; readonly credential: Credential }
  | { readonly kind: 'finished'; readonly result: CrewResult }
  | { readonly kind: 'failed'; readonly message: string };
