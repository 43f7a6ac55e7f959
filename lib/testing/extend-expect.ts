import { matchers } from './matchers';
import { targetSerializer } from './serializer';

/** What is asked of the `expect` of a test runner. */
export interface ExtensibleExpect {
  extend(added: typeof matchers): void;
  addSnapshotSerializer(serializer: typeof targetSerializer): void;
}

/** Gives the `expect` of Jest or Vitest the matchers, and snapshots of targets that read well. */
export function extendExpect(expect: ExtensibleExpect): void {
  expect.extend(matchers);
  expect.addSnapshotSerializer(targetSerializer);
}
