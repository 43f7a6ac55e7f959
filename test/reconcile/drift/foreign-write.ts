import { setTimeout as sleep } from 'node:timers/promises';
import { applyFleet, ApplyResult } from '../../../lib/reconcile/apply';
import { FolderSource } from '../../../lib/tree/folder-source';
import { identityOf, formatIdentity, Manifest } from '../../../lib/tree/manifest';
import type { KubeClient, KubeObject } from '../../control-plane/client';
import type { ClusterTestContext } from '../../control-plane/describe-cluster';
import { kubectl } from '../../control-plane/kubectl';
import { resourcePath } from '../../control-plane/resource-path';
import { a, writeTree } from '../written-tree';

/** What a write moves of an object's metadata; `fields` are those that the server says we applied, `time` is when. */
export type Moved = 'uid' | 'fields' | 'time' | 'version' | 'generation';

/** What the next apply does. */
export type Answer =
  | 'heals' /** applies at once, and every value of the manifest is back */
  | 'looks, heals' /** the same after a dry run */
  | 'looks' /** a dry run, and no write */
  | 'idle'; /** neither */

export interface ForeignWrite {
  /** What somebody does. */
  readonly title: string;
  readonly ours: (namespace: string) => Manifest;
  readonly write: (scene: Scene) => Promise<unknown>;
  /** Exactly what moves. */
  readonly moves: readonly Moved[];
  readonly answer: Answer;
  /** Whether the object still has other values than the manifest at the end. @default false */
  readonly differs?: boolean;
  /** Whether a second goes by between ours and theirs, and between theirs and the next apply: times are told in seconds. @default false */
  readonly seconds?: boolean;
  /** What the object is to match at the end. @default the manifest */
  readonly matches?: object;
}

/** What one apply did with the object. */
export interface Run {
  readonly action: string;
  readonly reason?: string;
  readonly code?: string;
  readonly writes: number;
  readonly dryRuns: number;
}

let installed = 0;

const STRATEGIC = 'application/strategic-merge-patch+json';

/** An application of one object and its namespace, installed by `applyFleet`, and the ways of others to write to the object. */
export class Scene {
  public static async install(context: ClusterTestContext, ours: (namespace: string) => Manifest): Promise<Scene> {
    const namespace = `drift-${++installed}`;
    const manifest = ours(namespace);
    const scene = new Scene(context, namespace, manifest);
    const first = await scene.apply();
    if (first.action !== 'created') throw new Error(`${formatIdentity(identityOf(manifest))}: ${JSON.stringify(first)}`);
    scene.path = await resourcePath(context.kube, manifest as KubeObject);
    return scene;
  }

  /** Of the object. */
  public path = '';

  private constructor(
    private readonly context: ClusterTestContext, public readonly namespace: string, public readonly ours: Manifest,
  ) {}

  public get kube(): KubeClient {
    return this.context.kube;
  }

  /** What `flotilla apply` does, with the installed manifest unless there is another one. */
  public async apply(manifest: Manifest = this.ours): Promise<Run> {
    const objects = [a.namespace(this.namespace), manifest];
    const folder = writeTree({ test: { web: { objects } } }, { fleet: this.namespace, namespace: `flotilla-${this.namespace}` });
    const before = this.dryRuns();
    const result: ApplyResult = await applyFleet({ source: new FolderSource(folder), kubeconfig: this.context.plane.kubeconfig });
    const [cluster] = result.clusters;
    const object = cluster.targets[0]?.objects.find(each => each.object === formatIdentity(identityOf(manifest)));
    if (!object) throw new Error(cluster.error?.what ?? 'the object was not looked at');
    const { action, reason, error } = object;
    return {
      action, ...reason ? { reason: String(reason) } : {}, ...error ? { code: error.code } : {},
      writes: cluster.requests.writes, dryRuns: this.dryRuns() - before,
    };
  }

  public live(): Promise<KubeObject> {
    return this.kube.get(this.path);
  }

  /** A JSON patch when it is a list, else a merge patch. */
  public patch(patch: object, at = ''): Promise<KubeObject> {
    return this.kube.patch(`${this.path}${at}`, patch);
  }

  public async strategic(patch: object): Promise<void> {
    const { status, body } = await this.kube.request('PATCH', this.path, patch, { 'content-type': STRATEGIC });
    if (status !== 200) throw new Error(JSON.stringify(body));
  }

  /** Reads the whole, changes it, and puts it back. */
  public async put(change: (object: KubeObject) => void): Promise<KubeObject> {
    const object = await this.live();
    change(object);
    return this.kube.put(this.path, object);
  }

  /** A forced apply of some fields; by a stranger unless the manager is named. */
  public forced(fields: object, fieldManager = 'stranger', force = true): Promise<KubeObject> {
    const { apiVersion, kind, metadata: { name, namespace } } = this.ours;
    const { metadata, ...rest } = fields as { metadata?: object };
    return this.kube.apply({ apiVersion, kind, metadata: { name, namespace, ...metadata }, ...rest }, { fieldManager, force });
  }

  public kubectl(args: readonly string[], stdin?: object): Promise<string> {
    return kubectl(['-n', this.namespace, ...args], { kubeconfig: this.context.plane.kubeconfig, stdin: stdin && JSON.stringify(stdin) });
  }

  /** As far as the metadata tell. */
  public async marks(): Promise<Record<Moved, string>> {
    const { metadata } = await this.live();
    const ours = metadata.managedFields?.find(each => each.manager === 'cdk8s-flotilla' && each.operation === 'Apply' && !each.subresource);
    return {
      uid: metadata.uid!, fields: JSON.stringify(ours?.fieldsV1), time: String(ours?.time),
      version: metadata.resourceVersion!, generation: String(metadata.generation),
    };
  }

  private dryRuns(): number {
    const path = new RegExp(`/${this.ours.metadata.name}\\?.*dryRun=All`);
    return this.context.plane.auditEvents().filter(({ verb, requestURI }) => verb === 'patch' && requestURI.includes(this.namespace) && path.test(requestURI)).length;
  }
}

/** Installs, lets somebody write, compares what moved, applies again, and twice more when that wrote: nothing is left to do then. */
export async function expectAnswer(context: ClusterTestContext, foreign: ForeignWrite): Promise<void> {
  const scene = await Scene.install(context, foreign.ours);
  if (foreign.seconds) await nextSecond();
  const before = await scene.marks();
  await foreign.write(scene);
  const after = await scene.marks();
  if (foreign.seconds) await nextSecond();
  const moved = (Object.keys(before) as Moved[]).filter(mark => before[mark] !== after[mark]);
  const run = await scene.apply();
  expect({ moved, run }).toEqual({ moved: foreign.moves, run: expectedRun(foreign.answer) });
  const live = await scene.live();
  const matches = expect(live);
  (foreign.differs ? matches.not : matches).toMatchObject(foreign.matches ?? foreign.ours(scene.namespace));
  if (run.writes === 0) {
    expect(live.metadata.resourceVersion).toBe(after.version);
  } else {
    expect(await scene.apply()).toEqual(expectedRun('idle'));
  }
}

/** An apply that writes sends the object and the record. */
export function expectedRun(answer: Answer): Run {
  const dryRuns = answer.startsWith('looks') ? 1 : 0;
  return answer.endsWith('heals') ? { action: 'configured', reason: 'drifted', writes: 2, dryRuns } : { action: 'unchanged', writes: 0, dryRuns };
}

export function nextSecond(): Promise<void> {
  return sleep(1_050 - Date.now() % 1_000);
}
