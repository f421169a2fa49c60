import { answerQuestions } from './child.ts';
import { type ToTradingCrowd, TradingCrowd } from './trading-crowd.ts';

const crowd = new TradingCrowd(process.env.CROWD_ENDPOINT ?? '');

answerQuestions<ToTradingCrowd>(async (question) => {
  switch (question.kind) {
    case 'join':
      return crowd.join(question.people);
    case 'listen':
      return crowd.listen(question.seconds);
    case 'leave':
      return crowd.leave();
  }
});
