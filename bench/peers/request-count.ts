import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditEvent } from '../../test/control-plane/audit-log';

/** Counts the requests of one user in a part of an API server's audit log, which may be too long to read as a whole. */
export class RequestCount {
  private offset: number;

  /** Counts from now on. */
  constructor(private readonly file: string, private readonly user: string) {
    this.offset = statSync(file).size;
  }

  /** Those that were answered so far. Watches are left out: they last. */
  async end(): Promise<{ requests: number; writes: number }> {
    // The server writes the line after the answer.
    await sleep(200);
    let requests = 0;
    let writes = 0;
    for (const line of this.lines()) {
      // Parsing all of them would take longer than what is measured.
      if (!line.includes(`"username":"${this.user}"`)) {
        continue;
      }
      const event = JSON.parse(line) as AuditEvent;
      if (event.stage === 'ResponseComplete' && event.user.username === this.user && event.verb !== 'watch') {
        requests++;
        writes += isRead(event) ? 0 : 1;
      }
    }
    return { requests, writes };
  }

  private *lines(): Generator<string> {
    const file = openSync(this.file, 'r');
    try {
      const { size } = fstatSync(file);
      const chunk = Buffer.alloc(1_048_576);
      let rest = Buffer.alloc(0);
      while (this.offset < size) {
        const read = readSync(file, chunk, 0, Math.min(chunk.length, size - this.offset), this.offset);
        this.offset += read;
        const text = Buffer.concat([rest, chunk.subarray(0, read)]);
        const end = text.lastIndexOf(10);
        rest = text.subarray(end + 1);
        yield* text.subarray(0, Math.max(end, 0)).toString().split('\n');
      }
    } finally {
      closeSync(file);
    }
  }
}

/** A dry run changes nothing, whatever its verb. */
function isRead({ verb, requestURI }: AuditEvent): boolean {
  return verb === 'get' || verb === 'list' || requestURI.includes('dryRun=');
}
