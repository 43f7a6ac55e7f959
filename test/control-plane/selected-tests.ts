import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What we use of the global configuration that jest gives to its global setup. */
export interface Selection {
  readonly rootDir: string;
  readonly onlyChanged: boolean;
  readonly findRelatedTests: boolean;
  readonly testPathPatterns: { toExecutor(options: { rootDir: string }): { isMatch(absolutePath: string): boolean } };
}

/** Whether a test file of this run mentions `describeWithCluster`, so that `jest test/yaml` does not wait for a build of six minutes. */
export function needsControlPlane(selection: Selection): boolean {
  // Which files those two select, only jest knows.
  const { rootDir, testPathPatterns, onlyChanged, findRelatedTests } = selection;
  const selected = onlyChanged || findRelatedTests ? undefined : testPathPatterns.toExecutor({ rootDir });
  const folder = join(rootDir, 'test');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.test.ts'))
    .map(name => join(folder, name))
    .some(path => (selected?.isMatch(path) ?? true) && readFileSync(path, 'utf8').includes('describeWithCluster'));
}
