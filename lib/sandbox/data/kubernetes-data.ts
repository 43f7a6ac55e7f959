import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';

/*
 * From `lib/sandbox/data` and from `build/sandbox/data` the way to the file is the same, so nothing has to be copied when the project is compiled, by
 * whichever of the ways to compile it; the package and the image hold this one file of `lib/`.
 */
const FILE = join(__dirname, '..', '..', '..', 'lib', 'sandbox', 'data', 'kubernetes-1.36.json.br');

/** What `scripts/sandbox-data.ts` read from a real API server: named JSON documents, which stay bytes until somebody reads them. */
export class KubernetesData {
  /** Reads and unpacks the file (5 MB, 30 ms). @throws Error when the package lacks it */
  static load(): KubernetesData {
    return new KubernetesData(brotliDecompressSync(readFileSync(FILE)));
  }

  /** `1.36.3` */
  readonly kubernetes: string;
  private readonly places = new Map<string, { readonly start: number; readonly end: number }>();

  private constructor(private readonly bytes: Buffer) {
    const headEnd = bytes.indexOf('\n');
    const { kubernetes, parts } = JSON.parse(bytes.toString('utf8', 0, headEnd)) as { kubernetes: string; parts: Record<string, number> };
    this.kubernetes = kubernetes;
    let start = headEnd + 1;
    for (const [name, length] of Object.entries(parts)) {
      this.places.set(name, { start, end: start + length });
      start += length;
    }
  }

  /** The text of a part. @throws Error when there is no such part */
  findText(name: string): string {
    const place = this.places.get(name);
    if (!place) throw new Error(`the data of Kubernetes ${this.kubernetes} have no part '${name}'`);
    return this.bytes.toString('utf8', place.start, place.end);
  }

  /** A part, parsed anew. @throws Error when there is no such part */
  find<T>(name: string): T {
    return JSON.parse(this.findText(name)) as T;
  }
}
