import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** All files below a folder of our own making: paths with slashes, to their contents. */
export function readFolder(folder: string): Map<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter(entry => entry.isFile()).map(entry => {
    const path = join(entry.parentPath, entry.name);
    return [path.slice(folder.length + 1).replaceAll('\\', '/'), readFileSync(path, 'utf8')] as const;
  });
  return new Map(files.sort(([a], [b]) => a < b ? -1 : 1));
}
