import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { spawnBound } from '../../control-plane/bound-process';

/** What a process said of itself. */
export interface Sample {
  readonly at: number;
  readonly held: readonly string[];
  readonly requests: { readonly total: number; readonly writes: number };
}

/** A process that shares clusters with others, and all that it said. */
export class MemberProcess {
  public readonly samples: Sample[] = [];
  public errors = '';
  public readonly ended: Promise<unknown>;
  private readonly child: ChildProcess;

  constructor(public readonly identity: string, kubeconfig: string, namespace: string, clusters: readonly string[]) {
    this.child = spawnBound(process.execPath, ['--import', 'tsx', join(__dirname, 'member-process.ts'), kubeconfig, namespace, identity, ...clusters], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    createInterface(this.child.stdout!).on('line', line => this.samples.push(JSON.parse(line) as Sample));
    this.child.stderr!.on('data', data => { this.errors += String(data); });
    this.child.stdin!.on('error', () => undefined);
    this.ended = new Promise(resolve => this.child.once('exit', resolve));
  }

  public get held(): readonly string[] {
    return this.samples.at(-1)?.held ?? [];
  }

  public signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** Something to read, as a reply of a server would be. */
  public poke(): void {
    this.child.stdin!.write('\n');
  }
}

/** Where two processes said at about the same time that they hold one cluster: one said it between two times that the other did. */
export function overlapsOf(processes: readonly MemberProcess[], clusters: readonly string[]): string[] {
  return clusters.flatMap(cluster => {
    const said = processes.flatMap(({ identity, samples }) => samples.filter(({ held }) => held.includes(cluster)).map(({ at }) => ({ at, identity })))
      .sort((a, b) => a.at - b.at);
    return said.slice(2).flatMap((third, index) => {
      const [first, second] = [said[index], said[index + 1]];
      return first.identity === third.identity && second.identity !== first.identity && third.at - first.at < 1_000
        ? [`${cluster}: ${second.identity} at ${second.at}, in the middle of ${first.identity}`] : [];
    });
  });
}
