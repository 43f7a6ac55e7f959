import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folders: string[] = [];

/** A new folder that is removed when the tests of the file, or the program, are done. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'flotilla-test-'));
  folders.push(folder);
  return folder;
}

function removeAll(): void {
  for (const folder of folders) {
    rmSync(folder, { recursive: true, force: true });
  }
}

// A benchmark writes the same trees as the tests, without jest.
if (typeof afterAll === 'function') {
  afterAll(removeAll);
} else {
  process.once('exit', removeAll);
}
