// Jest loads a reporter without its transforms, so this one is JavaScript.
const { createHash } = require('node:crypto');
const { existsSync, readdirSync, rmdirSync, rmSync } = require('node:fs');
const { basename, join } = require('node:path');

/**
 * Removes the logs of the clusters of each test file that passed, tells where those of a failed one are, and says at the end how many tests
 * were skipped because there was no control plane: a run that proved less shall not look like one that proved all.
 */
module.exports = class RealClusterReporter {
  constructor() {
    /** How many tests of a block were skipped, by its title. */
    this.skipped = new Map();
  }

  onTestFileResult(test, result) {
    for (const { status, ancestorTitles } of result.testResults) {
      const block = ancestorTitles.find(title => title.endsWith('(real cluster)'));
      if (block && status === 'pending') this.skipped.set(block, (this.skipped.get(block) ?? 0) + 1);
    }
    const logs = process.env.FLOTILLA_CONTROL_PLANE_LOGS;
    if (!logs) return;
    const folder = join(logs, `${basename(test.path)}-${createHash('sha256').update(test.path).digest('hex').slice(0, 8)}`);
    if (!existsSync(folder)) return;
    if (process.env.FLOTILLA_KEEP_LOGS || result.numFailingTests > 0 || result.testExecError) process.stderr.write(`logs of the control planes: ${folder}\n`);
    else rmSync(folder, { recursive: true, force: true });
  }

  onRunComplete() {
    const logs = process.env.FLOTILLA_CONTROL_PLANE_LOGS;
    if (logs && existsSync(logs) && readdirSync(logs).length === 0) rmdirSync(logs);
    const found = JSON.parse(process.env.FLOTILLA_CONTROL_PLANE || '{}');
    if (this.skipped.size === 0 || !found.missing) return;
    const count = [...this.skipped.values()].reduce((sum, n) => sum + n, 0);
    process.stderr.write(`\n${count} real-cluster tests were skipped, as there is no control plane: ${found.missing}\n`
      + 'To run them: install Go 1.26 or later, and they build one by themselves; see test/control-plane/README.md\n'
      + [...this.skipped].map(([block, n]) => `  ${block}: ${n}\n`).join(''));
  }
};
