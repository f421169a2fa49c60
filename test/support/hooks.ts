import { stopTestServer } from './server.ts';

/**
 * What mocha runs around all tests: the server starts with the first suite that needs it and ends here. Where files run
 * side by side each worker has a server of its own, for all files that it runs, which ends with the worker.
 */
export const mochaHooks = {
  /** A property that has failed once has failed: it is not run once more, with other values. */
  beforeEach(this: Mocha.Context) {
    if (this.currentTest?.body.includes('fc.')) this.currentTest.retries(0);
  },
  afterAll() {
    if (process.env.MOCHA_WORKER_ID === undefined) stopTestServer();
  },
};

/**
 * Where files run side by side a worker that dies takes the rest of the run with it, and mocha ends as if all was well:
 * it is not unless the end is reached.
 */
export function mochaGlobalSetup(): void {
  process.exitCode = 1;
}
export function mochaGlobalTeardown(): void {
  process.exitCode = undefined;
}
