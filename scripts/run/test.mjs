import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './child.mjs';

/** Runs jest with the given arguments, and says in a last line of its own what came of it. */
export async function test(args) {
  const folder = mkdtempSync(join(tmpdir(), 'flotilla-jest-'));
  const file = join(folder, 'totals.json');
  try {
    // `--json` would do the same, but takes stdout for itself and turns the reporters to stderr.
    const code = await run(process.execPath, ['node_modules/jest/bin/jest.js', ...args, '--testResultsProcessor=./scripts/run/results.cjs'], {
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
