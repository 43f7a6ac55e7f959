// Jest hands its results to this when all tests have run; see test.mjs.
const { writeFileSync } = require('node:fs');

module.exports = results => {
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, numRuntimeErrorTestSuites } = results;
  // A file that cannot be loaded has no tests, and has failed nevertheless.
  const totals = { passed: numPassedTests, failed: numFailedTests + numRuntimeErrorTestSuites, skipped: numPendingTests + numTodoTests };
  writeFileSync(process.env.FLOTILLA_TEST_TOTALS, JSON.stringify(totals));
  return results;
};
