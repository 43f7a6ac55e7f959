import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './child.mjs';

/** Runs jest with the given arguments, and says in a last line of its own what came of it. */
export async function test(args) {
  const folder = mkdtempSync(join(tmpdir(), 'flotilla-jest-'));
  const file = join(folder, 'totals.json');
  try {
    // `--json` would do the same, but takes stdout for itself and turns the reporters to stderr.
    // Jest leaves one core to itself; of two, that is half of them, and most long tests of ours wait for something.
    const workers = args.some(arg => /^(--maxWorkers|-w|--runInBand|-i)\b/.test(arg)) ? [] : [`--maxWorkers=${Math.max(2, availableParallelism() - 1)}`];
    const code = await run(process.execPath, ['node_modules/jest/bin/jest.js', ...workers, ...args, '--testResultsProcessor=./scripts/run/results.cjs'], {
      env: { FLOTILLA_TEST_TOTALS: file },
    });
    if (existsSync(file)) {
      const { passed, failed, skipped } = JSON.parse(readFileSync(file, 'utf8'));
      process.stdout.write(`\n${passed} passed, ${failed} failed, ${skipped} skipped\n`);
    }
    return code;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
