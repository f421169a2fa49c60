import { stopTestServer } from './server.ts';

/** What mocha runs around all tests: the server starts with the first suite that needs it and ends here. */
export const mochaHooks = {
  afterAll() {
    stopTestServer();
  },
};
