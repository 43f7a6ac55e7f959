import type { StoryCluster } from './story-cluster';
import type { JsonMap } from '../../../lib/sandbox/json';

/** What somebody does to a cluster. Told of a real one and of the sandbox; afterwards both are to look alike. */
export interface Story {
  readonly title: string;
  /** Whether it needs rules of the API server that the small cluster of these tests does not have. @default false */
  readonly needsAdmission?: boolean;
  tell(cluster: StoryCluster): Promise<void>;
  /** What is compared beside the objects of the namespace. */
  also?(cluster: StoryCluster): Promise<unknown>;
}

export const image = 'registry.example/web';
/** No node has this label. */
export const nowhere = { nodeSelector: { 'no-such': 'node' } };

export function template(app: string, version = 1, spec: JsonMap = {}): JsonMap {
  return {
    metadata: { labels: { app } },
    spec: { containers: [{ name: 'web', image: `${image}:${version}`, ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }] }], ...spec },
  };
}

export function deployment(name: string, spec: JsonMap = {}, metadata: JsonMap = {}): JsonMap {
  return { metadata: { name, ...metadata }, spec: { replicas: 2, selector: { matchLabels: { app: name } }, template: template(name), ...spec } };
}

export const D = 'deployments.apps';
export const S = 'statefulsets.apps';
export const to = (name: string, version: number): JsonMap => ({ spec: { template: template(name, version) } });

export function available(cluster: StoryCluster, name: string, count: number): Promise<void> {
  return cluster.until(`${name} has ${count} of its generation`, async () => {
    const found = await cluster.tryFind(D, name);
    return found?.status?.availableReplicas === count && found.status.updatedReplicas === count && (found.status.replicas ?? 0) === count
      && found.status.observedGeneration === found.metadata.generation;
  });
}

export async function progressing(cluster: StoryCluster, name: string, reason: string): Promise<void> {
  await cluster.until(`${name} is ${reason}`, async () => (await cluster.tryFind(D, name))?.status?.conditions?.some((c: any) => c.reason === reason));
}

export async function gone(cluster: StoryCluster, resource: string): Promise<void> {
  await cluster.until(`no ${resource} is left`, async () => (await cluster.list(resource)).length === 0);
}

/** It has exceeded its deadline, and does not think better of it: the real controllers are slow when there is much to do. */
export async function stuck(cluster: StoryCluster, name: string): Promise<void> {
  await cluster.until(`${name} stays stuck`, async () => {
    await progressing(cluster, name, 'ProgressDeadlineExceeded');
    await cluster.settle();
    return (await cluster.tryFind(D, name))!.status.conditions.some((c: any) => c.reason === 'ProgressDeadlineExceeded');
  });
}
