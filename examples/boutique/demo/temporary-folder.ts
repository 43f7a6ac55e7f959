import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder that holds all that the demo writes, and all that the programs write that it starts. */
export class TemporaryFolder {
  readonly path: string;

  constructor() {
    this.path = mkdtempSync(join(tmpdir(), 'flotilla-demo-'));
    process.env.TMPDIR = this.path;
  }

  remove(): void {
    // A server that has just been ended may still be writing.
    rmSync(this.path, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}
