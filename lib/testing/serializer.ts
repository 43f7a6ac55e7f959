import { TestTarget } from './target';

/**
 * A target as text: its manifests as they are committed, each below the path of its file. The same fleet gives the same text.
 */
export function serializeTarget(target: TestTarget): string {
  return [...target.files].map(([path, text]) => `# ${path}\n${text}`).join('---\n');
}

/** Makes snapshots of targets readable, in Jest and in Vitest: `expect.addSnapshotSerializer(targetSerializer)`. */
export const targetSerializer = {
  /** Whether a value is a target. */
  test: (value: unknown): boolean => value instanceof TestTarget,
  /** A target as {@link serializeTarget} has it. */
  serialize: (value: unknown): string => serializeTarget(value as TestTarget),
};
