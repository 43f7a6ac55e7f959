import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CliProcess } from './cli-process';
import { Gateway } from './gateway';
import { type Random, seeded, type SoakManifest, SoakTree } from './soak-tree';
import { writeWays } from './ways';
import type { KubeObject } from '../control-plane/client';
import type { Plane } from '../control-plane/plane';
import { temporaryFolder } from '../temporary-folder';

export interface SoakOptions {
  readonly plane: Plane;
  readonly seconds: number;
  /** Between two commits, in milliseconds. */
  readonly paceMs: number;
  readonly seed: number;
  /** Gets a line a minute. */
  readonly tell?: (line: SoakLine) => void;
  readonly tellEveryMs?: number;
}

export interface SoakLine {
  readonly seconds: number;
  readonly commits: number;
  /** Changes by others: edits, deletions, labels taken, fields added. */
  readonly drifts: number;
  /** Times that all connections were cut. */
  readonly cuts: number;
  readonly objects: number;
  /** From the push until the cluster is as the tree says, whatever others did meanwhile: the median of the last minute, in the result of the whole time. */
  readonly convergedMs: number;
  readonly rssMB: number;
  /** The least of the heap that was used, of the same time: about what is alive. */
  readonly heapMB: number;
}

export interface SoakResult extends SoakLine {
  /** What was not as the tree says a minute after the commit, and what was lost that should not be. Empty when all is well. */
  readonly divergences: readonly string[];
  readonly wrongDeletions: readonly string[];
  /** Least of the first and of the last quarter after the warm-up: what a garbage collection leaves. */
  readonly rssFromMB: number;
  readonly rssToMB: number;
  /** The same of the heap. */
  readonly heapFromMB: number;
  readonly heapToMB: number;
  /** Of a line through all values after the warm-up. */
  readonly slopeMBPerHour: number;
}

/** So long a cluster may need to be as the tree says. */
const PATIENCE_MS = 60_000;
/** Of the time, at the beginning, that does not count for the memory. */
const WARM_UP = 0.3;
/** An object is left in peace by the others for so long: to fight over it is another test. */
const PEACE_MS = 70_000;
const KINDS = ['configmaps', 'services', 'serviceaccounts'];
const NAMESPACE = 'soak';

/** Gives an agent random commits and random changes by others, until the time is over: the cluster always becomes what the tree says, and nothing else goes. */
export async function soak(options: SoakOptions): Promise<SoakResult> {
  const run = await SoakRun.start(options);
  try {
    return await run.run();
  } finally {
    await run.stop();
  }
}

class SoakRun {
  static async start(options: SoakOptions): Promise<SoakRun> {
    const gateway = await Gateway.start(options.plane);
    const kubeconfig = writeWays({ one: { url: gateway.url, ca: gateway.ca, token: options.plane.token } });
    const repository = new Repository();
    const agent = new CliProcess([
      'agent', '--repo', repository.url, '--cluster', 'one', '--kubeconfig', kubeconfig, '--interval', '1h', '--listen', '127.0.0.1:0', '--log-level', 'warn',
    ], { XDG_CACHE_HOME: temporaryFolder() });
    return new SoakRun(options, gateway, repository, agent);
  }

  private readonly random: Random;
  private readonly tree: SoakTree;
  private readonly driftedAt = new Map<string, number>();
  private readonly divergences: string[] = [];
  private readonly wrongDeletions: string[] = [];
  private readonly counts = { commits: 0, drifts: 0, cuts: 0 };
  private foreign: KubeObject[] = [];
  /** Of each commit. */
  private readonly looks: { readonly at: number; readonly convergedMs: number; readonly rssMB: number; readonly heapMB: number }[] = [];

  private constructor(
    private readonly options: SoakOptions, private readonly gateway: Gateway, private readonly repository: Repository, private readonly agent: CliProcess,
  ) {
    this.random = seeded(options.seed);
    this.tree = new SoakTree(NAMESPACE, this.random);
  }

  async run(): Promise<SoakResult> {
    const { seconds, paceMs, tell, tellEveryMs = 60_000 } = this.options;
    await this.round(new Map());
    await this.addForeign();
    const start = Date.now();
    for (let told = start, now = start; now - start < seconds * 1000; now = Date.now()) {
      const before = new Map(this.tree.objects);
      this.tree.change();
      const convergedMs = await this.round(before);
      const heap = await this.agent.metric('nodejs_heap_size_used_bytes') ?? 0;
      this.looks.push({ at: Date.now(), convergedMs, rssMB: this.rss(), heapMB: heap / 2 ** 20 });
      if (Date.now() - told >= tellEveryMs) {
        tell?.(this.line(start, told));
        told += tellEveryMs;
      }
      await sleep(Math.max(0, now + paceMs - Date.now()));
    }
    return { ...this.line(start, start), divergences: this.divergences, wrongDeletions: this.wrongDeletions, ...this.trend() };
  }

  async stop(): Promise<void> {
    const { code } = await this.agent.stop();
    await this.gateway.stop();
    if (code !== 0) throw new Error(`the agent ended with ${code}: ${this.agent.err}`);
  }

  /** One commit, some changes by others meanwhile, and a look at what came of it; returns how long that took. */
  private async round(before: ReadonlyMap<string, unknown>): Promise<number> {
    const start = performance.now();
    const from = this.gateway.writes.length;
    this.repository.push(this.tree.files());
    this.counts.commits++;
    await this.agent.wake();
    for (let i = this.random(4); i > 0 && before.size > 0; i--) {
      await sleep(this.random(150));
      await this.drift();
    }
    if (this.random(40) === 0) {
      this.gateway.cut();
      this.counts.cuts++;
    }
    let problems: string[] = [];
    do {
      await sleep(25);
      problems = await this.differences();
    } while (problems.length > 0 && performance.now() - start < PATIENCE_MS);
    this.divergences.push(...problems.map(problem => `commit ${this.counts.commits}: ${problem}`));
    const convergedMs = performance.now() - start;
    for (const { method, path } of this.gateway.writes.splice(0).slice(from)) {
      const name = path.split('/').at(-1)!;
      // What is deleted was in the tree of before, and is not in this one.
      if (method === 'DELETE' && !(before.has(name) && !this.tree.objects.has(name))) this.wrongDeletions.push(`commit ${this.counts.commits}: ${path}`);
    }
    return convergedMs;
  }

  /** Somebody else changes an object of ours. */
  private async drift(): Promise<void> {
    const quiet = [...this.tree.objects].filter(([name]) => Date.now() - (this.driftedAt.get(name) ?? 0) > PEACE_MS);
    if (quiet.length === 0) return;
    const [name, { manifest, plural }] = quiet[this.random(quiet.length)];
    const path = `/api/v1/namespaces/${NAMESPACE}/${plural}/${name}`;
    const kube = this.options.plane.kube;
    const changes: (() => Promise<unknown>)[] = [
      () => kube.patch(path, { metadata: { annotations: { mark: 'theirs' } } }),
      () => kube.delete(path),
      () => kube.patch(path, { metadata: { labels: { 'applyset.kubernetes.io/part-of': null } } }),
      // A field of their own stays theirs.
      () => kube.patch(path, { metadata: { annotations: { [`theirs-${this.random(1000)}`]: 'x' } } }),
      () => manifest.kind === 'ConfigMap' ? kube.patch(path, { data: { key: 'theirs' } }) : kube.patch(path, { metadata: { labels: { app: 'theirs' } } }),
    ];
    this.driftedAt.set(name, Date.now());
    // It may be gone, or not yet be there.
    await changes[this.random(changes.length)]().then(() => { this.counts.drifts++; }, () => undefined);
  }

  /** Objects of somebody else, some with names like ours. */
  private async addForeign(): Promise<void> {
    for (let i = 0; i < 10; i++) {
      const metadata = { name: `foreign-${i}`, namespace: NAMESPACE };
      this.foreign.push(await this.options.plane.kube.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { key: 'theirs' } }));
    }
  }

  /** Where the cluster is not as the tree says. */
  private async differences(): Promise<string[]> {
    const { kube } = this.options.plane;
    const lists = await Promise.all(KINDS.map(kind => kube.list(`/api/v1/namespaces/${NAMESPACE}/${kind}`).catch(() => [])));
    const live = new Map(lists.flat().map(object => [object.metadata.name!, object]));
    const problems: string[] = [];
    for (const [name, { manifest }] of this.tree.objects) {
      const object = live.get(name);
      const [is, wanted] = [object && contentOf(object), contentOf(manifest)];
      if (is !== wanted) problems.push(`${name} is ${is} instead of ${wanted}`);
      if (object && !object.metadata.labels?.['applyset.kubernetes.io/part-of']) problems.push(`${name} has no label`);
    }
    const extra = [...live].filter(([name, { metadata }]) => !this.tree.objects.has(name) && metadata.labels?.['applyset.kubernetes.io/part-of']);
    problems.push(...extra.map(([name]) => `${name} is still there`));
    const lost = this.foreign.filter(({ metadata: { name, uid } }) => live.get(name!)?.metadata.uid !== uid);
    problems.push(...lost.map(({ metadata: { name } }) => `${name}, which is not ours, is gone`));
    return problems;
  }

  private rss(): number {
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${this.agent.pid}/status`, 'utf8'))?.[1]) / 1024;
  }

  private line(start: number, from: number): SoakLine {
    const looks = this.looks.filter(({ at }) => at >= from);
    const sorted = looks.map(({ convergedMs }) => convergedMs).sort((a, b) => a - b);
    return {
      seconds: Math.round((Date.now() - start) / 1000), ...this.counts, objects: this.tree.objects.size,
      convergedMs: Math.round(sorted[Math.floor(sorted.length / 2)]),
      rssMB: tenths(this.rss()), heapMB: tenths(Math.min(...looks.map(({ heapMB }) => heapMB))),
    };
  }

  private trend(): Pick<SoakResult, 'rssFromMB' | 'rssToMB' | 'heapFromMB' | 'heapToMB' | 'slopeMBPerHour'> {
    const points = this.looks.slice(Math.floor(this.looks.length * WARM_UP));
    const quarter = Math.ceil(points.length / 4);
    const least = (some: typeof points, of: 'rssMB' | 'heapMB'): number => tenths(Math.min(...some.map(each => each[of])));
    const [first, last] = [points.slice(0, quarter), points.slice(-quarter)];
    const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    const [x, y] = [mean(points.map(({ at }) => at)), mean(points.map(({ rssMB }) => rssMB))];
    const slope = points.reduce((sum, { at, rssMB }) => sum + (at - x) * (rssMB - y), 0) / points.reduce((sum, { at }) => sum + (at - x) ** 2, 0);
    return {
      rssFromMB: least(first, 'rssMB'), rssToMB: least(last, 'rssMB'), heapFromMB: least(first, 'heapMB'), heapToMB: least(last, 'heapMB'),
      slopeMBPerHour: tenths(slope * 3_600_000),
    };
  }
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}

/** What the tree says of an object, and others may change. */
function contentOf({ data, metadata, spec }: KubeObject | SoakManifest): string {
  return JSON.stringify([data, metadata.annotations?.mark, metadata.labels?.app, spec?.selector]);
}

/** A repository whose branch `live` gets one tree after the other; only files that differ are written. */
class Repository {
  readonly url = temporaryFolder();
  private files = new Map<string, string>();

  constructor() {
    this.git('init', '--quiet', '--initial-branch=live');
  }

  push(files: ReadonlyMap<string, string>): void {
    for (const path of this.files.keys()) {
      if (!files.has(path)) rmSync(join(this.url, path));
    }
    for (const [path, content] of files) {
      if (this.files.get(path) !== content) {
        mkdirSync(dirname(join(this.url, path)), { recursive: true });
        writeFileSync(join(this.url, path), content);
      }
    }
    this.files = new Map(files);
    this.git('add', '--all');
    const who = ['-c', 'user.name=soak', '-c', 'user.email=soak@example.com', '-c', 'commit.gpgSign=false'];
    this.git(...who, 'commit', '--quiet', '--allow-empty', '--message=next');
  }

  private git(...args: string[]): void {
    execFileSync('git', args, { cwd: this.url, env: process.env, stdio: ['ignore', 'ignore', 'pipe'] });
  }
}
