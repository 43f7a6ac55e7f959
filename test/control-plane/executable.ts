import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The path, when it can be run. */
export function executable(path: string): string | undefined {
  try {
    accessSync(path, constants.X_OK);
    return path;
  } catch {
    return undefined;
  }
}

/** Where a program is, as a shell would find it. */
export function tryFindInPath(program: string): string | undefined {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const found = folder && executable(join(folder, program));
    if (found) return found;
  }
  return undefined;
}
