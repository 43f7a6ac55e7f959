import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';

/*
 * From `lib/schema` and from `build/schema` the way to the files is the same, so nothing has to be copied when the project is compiled, by whichever of
 * the ways to compile it; the package and the image hold these files of `lib/`.
 */
const FOLDER = join(__dirname, '..', '..', 'lib', 'schema', 'data');

/** More than most files have. */
const CHUNK = 2 * 1024 * 1024;

const loaded = new Map<string, KubernetesData>();

/** What `scripts/sandbox-data.ts` and `scripts/schema-data.ts` know of Kubernetes: named JSON documents, which stay bytes until somebody reads them. */
export class KubernetesData {
  /** Reads and unpacks a file of this package (1 MB, 8 ms; OpenAPI documents 4 MB), once in a process. @throws Error when the package lacks it */
  static load(file: string): KubernetesData {
    let data = loaded.get(file);
    // In one piece: put together from small ones, the memory of twice as many bytes is not given back.
    if (!data) loaded.set(file, data = new KubernetesData(brotliDecompressSync(readFileSync(join(FOLDER, file)), { chunkSize: CHUNK })));
    return data;
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

  /** What is behind a prefix in the names of parts. */
  names(prefix: string): string[] {
    return [...this.places.keys()].filter(name => name.startsWith(prefix)).map(name => name.slice(prefix.length));
  }

  has(name: string): boolean {
    return this.places.has(name);
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
