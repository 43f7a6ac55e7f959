import { setTimeout as sleep } from 'node:timers/promises';
import type { ClusterApi } from '../../../lib/sandbox/api';
import type { Controllers } from '../../../lib/sandbox/control/start';
import type { JsonMap, StoredObject } from '../../../lib/sandbox/json';
import type { KubeClient, KubeObject } from '../../control-plane/client';
import { waitUntil } from '../../control-plane/wait-until';

export type Propagation = 'Foreground' | 'Background' | 'Orphan';

/** What a story needs of a cluster, be it a real one or one of the sandbox. A resource is `deployments.apps`; without a namespace, the story's. */
export interface StoryCluster {
  readonly namespace: string;
  create(resource: string, manifest: JsonMap): Promise<void>;
  /** A JSON merge patch. @param subresource `status` */
  patch(resource: string, name: string, patch: JsonMap, subresource?: string): Promise<void>;
  delete(resource: string, name: string, propagation?: Propagation): Promise<void>;
  list(resource: string): Promise<KubeObject[]>;
  tryFind(resource: string, name: string): Promise<KubeObject | undefined>;
  until(what: string, ask: () => Promise<unknown>): Promise<void>;
  /** When nothing changes any more. */
  settle(): Promise<void>;
}

export const KINDS: Record<string, [apiVersion: string, kind: string, scope?: 'Cluster']> = {
  'namespaces': ['v1', 'Namespace', 'Cluster'],
  'pods': ['v1', 'Pod'],
  'services': ['v1', 'Service'],
  'configmaps': ['v1', 'ConfigMap'],
  'secrets': ['v1', 'Secret'],
  'serviceaccounts': ['v1', 'ServiceAccount'],
  'persistentvolumeclaims': ['v1', 'PersistentVolumeClaim'],
  'resourcequotas': ['v1', 'ResourceQuota'],
  'deployments.apps': ['apps/v1', 'Deployment'],
  'replicasets.apps': ['apps/v1', 'ReplicaSet'],
  'statefulsets.apps': ['apps/v1', 'StatefulSet'],
  'daemonsets.apps': ['apps/v1', 'DaemonSet'],
  'controllerrevisions.apps': ['apps/v1', 'ControllerRevision'],
  'jobs.batch': ['batch/v1', 'Job'],
  'poddisruptionbudgets.policy': ['policy/v1', 'PodDisruptionBudget'],
  'endpointslices.discovery.k8s.io': ['discovery.k8s.io/v1', 'EndpointSlice'],
  'clusterroles.rbac.authorization.k8s.io': ['rbac.authorization.k8s.io/v1', 'ClusterRole', 'Cluster'],
  'customresourcedefinitions.apiextensions.k8s.io': ['apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'Cluster'],
};

/** Of the definitions in the stories. */
const OWN_GROUP = /\.(story-[a-z-]+\.example)$/;

function placed(resource: string, manifest: JsonMap, namespace: string): StoredObject {
  const [apiVersion, kind, scope] = KINDS[resource] ?? ['', ''];
  const metadata = manifest.metadata as JsonMap;
  return { apiVersion, kind, ...manifest, metadata: scope === 'Cluster' ? metadata : { namespace, ...metadata } } as StoredObject;
}

export class RealStoryCluster implements StoryCluster {
  constructor(readonly namespace: string, private readonly kube: KubeClient) {}

  async create(resource: string, manifest: JsonMap): Promise<void> {
    const answer = await this.kube.request('POST', this.path(resource), placed(resource, manifest, this.namespace), { 'content-type': 'application/json' });
    if (answer.status >= 300) throw new Error(`create ${resource}: ${JSON.stringify(answer.body)}`);
  }

  async patch(resource: string, name: string, patch: JsonMap, subresource?: string): Promise<void> {
    await this.kube.patch(`${this.path(resource, name)}${subresource ? `/${subresource}` : ''}`, patch);
  }

  async delete(resource: string, name: string, propagationPolicy: Propagation = 'Background'): Promise<void> {
    const answer = await this.kube.request('DELETE', `${this.path(resource, name)}?propagationPolicy=${propagationPolicy}`);
    if (answer.status >= 300) throw new Error(`delete ${resource}: ${JSON.stringify(answer.body)}`);
  }

  async list(resource: string): Promise<KubeObject[]> {
    return this.kube.list(this.path(resource));
  }

  async tryFind(resource: string, name: string): Promise<KubeObject | undefined> {
    return this.kube.tryGet(this.path(resource, name));
  }

  async until(what: string, ask: () => Promise<unknown>): Promise<void> {
    await waitUntil(what, async () => Boolean(await ask()), { every: 100 });
  }

  /** No version has moved for a second. */
  async settle(): Promise<void> {
    const look = async () => JSON.stringify(await Promise.all(
      ['pods', 'deployments.apps', 'replicasets.apps', 'statefulsets.apps', 'daemonsets.apps', 'jobs.batch', 'endpointslices.discovery.k8s.io', 'resourcequotas',
        'poddisruptionbudgets.policy']
        .map(async resource => (await this.list(resource)).map(object => object.metadata.resourceVersion)),
    ));
    for (let before = '', quiet = 0; quiet < 4;) {
      const now = await look();
      quiet = now === before ? quiet + 1 : 0;
      before = now;
      await sleep(250);
    }
  }

  private path(resource: string, name?: string): string {
    const group = OWN_GROUP.exec(resource)?.[1];
    const [apiVersion, , scope] = group ? [`${group}/v1`, ''] : KINDS[resource];
    const plural = resource.split('.')[0];
    return `${apiVersion === 'v1' ? '/api' : '/apis'}/${apiVersion}${scope === 'Cluster' ? '' : `/namespaces/${this.namespace}`}/${plural}${name ? `/${name}` : ''}`;
  }
}

export class SandboxStoryCluster implements StoryCluster {
  constructor(readonly namespace: string, private readonly api: ClusterApi, private readonly controllers: Controllers) {}

  async create(resource: string, manifest: JsonMap): Promise<void> {
    this.api.create(resource, placed(resource, manifest, this.namespace), 'test');
  }

  async patch(resource: string, name: string, patch: JsonMap, subresource?: string): Promise<void> {
    const object = this.api.tryFind(resource, this.keyOf(resource, name))!;
    this.api.update(resource, merge(object, patch) as StoredObject, 'test', subresource);
  }

  async delete(resource: string, name: string, propagationPolicy: Propagation = 'Background'): Promise<void> {
    this.api.delete(resource, this.keyOf(resource, name), { propagationPolicy });
  }

  async list(resource: string): Promise<KubeObject[]> {
    return structuredClone(this.api.list(resource, KINDS[resource]?.[2] === 'Cluster' ? undefined : this.namespace)) as unknown as KubeObject[];
  }

  async tryFind(resource: string, name: string): Promise<KubeObject | undefined> {
    return structuredClone(this.api.tryFind(resource, this.keyOf(resource, name))) as unknown as KubeObject | undefined;
  }

  async until(what: string, ask: () => Promise<unknown>): Promise<void> {
    await waitUntil(what, async () => Boolean(await ask()), { every: 5, timeout: 5_000 });
  }

  async settle(): Promise<void> {
    await this.controllers.idle();
  }

  private keyOf(resource: string, name: string) {
    return KINDS[resource]?.[2] === 'Cluster' ? { name } : { namespace: this.namespace, name };
  }
}

function merge(value: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const merged = typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } as JsonMap : {};
  for (const [key, part] of Object.entries(patch)) {
    if (part === null) delete merged[key];
    else merged[key] = merge(merged[key], part) as JsonMap;
  }
  return merged;
}
