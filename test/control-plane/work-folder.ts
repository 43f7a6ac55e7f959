import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atEnd } from './end-of-process';

/** A temporary folder for one server or cluster, its logs in it or elsewhere. It goes when this process ends, if not before. */
export class WorkFolder {
  readonly path: string;
  readonly logs: string;
  private readonly forget: () => void;

  /** @param logs where the logs go instead of `logs/` in the folder: they then outlive it */
  constructor(name: string, logs?: string) {
    this.path = mkdtempSync(join(tmpdir(), `flotilla-plane-${name}-`));
    this.logs = logs ?? join(this.path, 'logs');
    mkdirSync(this.logs, { recursive: true });
    this.forget = atEnd(() => this.remove());
  }

  /** Removes it all. Keeps the logs when asked to, here or by FLOTILLA_KEEP_LOGS, and then says where they are. */
  remove(keepLogs = false): void {
    this.forget();
    const keep = keepLogs || Boolean(process.env.FLOTILLA_KEEP_LOGS);
    if (keep) process.stderr.write(`control plane: logs kept in ${this.logs}\n`);
    if (keep && this.logs === join(this.path, 'logs')) {
      for (const entry of readdirSync(this.path).filter(name => name !== 'logs')) remove(join(this.path, entry));
    } else {
      remove(this.path);
    }
  }
}

/** A server that was just killed may still be writing. */
function remove(path: string): void {
  rmSync(path, { recursive: true, force: true, maxRetries: 5 });
}
