import { Crowd } from './capacity-crowd.ts';
import { answerQuestions } from './child.ts';
import type { Credential } from './credentials.ts';

/** What a crowd of the capacity bench is asked. */
export type ToCrowd =
  | { readonly kind: 'spectators'; readonly count: number }
  | { readonly kind: 'players'; readonly players: readonly Credential[] }
  | { readonly kind: 'measure'; readonly seconds: number }
  | { readonly kind: 'leave' };

const crowd = new Crowd(process.env.CROWD_ENDPOINT ?? '');

answerQuestions<ToCrowd>(async (question) => {
  switch (question.kind) {
    case 'spectators':
      return { failed: await crowd.spectators(question.count) };
    case 'players':
      return { failed: await crowd.players(question.players) };
    case 'measure':
      return crowd.measure(question.seconds);
    case 'leave':
      return crowd.leave();
  }
});
