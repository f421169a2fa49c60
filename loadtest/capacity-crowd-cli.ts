import { Crowd } from './capacity-crowd.ts';
import type { ToCrowd } from './capacity-messages.ts';
import { answerQuestions } from './child.ts';

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
