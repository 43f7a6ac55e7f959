import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:https';
import { join } from 'node:path';
import { peakMB } from '../contender';
import type { RawLoops } from '../hub/raw-loops';

export type Server = RawLoops['servers'][number];

/** A process with clusters of the sandbox. */
export class RunningClusters {
  /** Resolves when the first of them serves. */
  static async start(clusters: number, objects: number): Promise<RunningClusters> {
    const file = join(__dirname, 'clusters.mjs');
    const child = fork(file, [String(clusters), String(objects)], { execArgv: ['--expose-gc'], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const [server] = await once(child, 'message') as [Server];
    return new RunningClusters(child, server);
  }

  private constructor(private readonly child: ChildProcess, readonly server: Server) {}

  get pid(): number {
    return this.child.pid!;
  }

  /** Of the process, once all clusters and objects are there. */
  async memoryMB(): Promise<{ readonly now: number; readonly peak: number }> {
    this.child.send('memory');
    const [{ rssMB }] = await once(this.child, 'message') as [{ rssMB: number }];
    return { now: rssMB, peak: peakMB(this.pid) };
  }

  async stop(): Promise<void> {
    const exit = once(this.child, 'exit');
    this.child.disconnect();
    await exit;
  }
}

/** Asks a server, and returns when the answer is there. */
export function ask({ url, token, ca }: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    request(new URL(path, url), { ca, headers: { authorization: `Bearer ${token}` } }, response => {
      response.resume();
      response.on('end', () => (response.statusCode === 200 ? resolve() : reject(new Error(`${path}: ${response.statusCode}`))));
    }).on('error', reject).end();
  });
}
