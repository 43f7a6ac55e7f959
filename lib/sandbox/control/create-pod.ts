import type { Cluster } from './cluster';
import { controllerReference, type Kubernetes, type Pod, type PodSpec, type Template } from './objects';

export interface PodWishes {
  /** @default the owner's name, a hyphen and five letters */
  readonly name?: string;
  /** @default the owner's name and a hyphen when there is no name */
  readonly generateName?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly spec?: Partial<PodSpec>;
}

/** Makes a pod of the owner's template. */
export function createPod(cluster: Cluster, owner: Kubernetes, template: Template, wishes: PodWishes = {}): Pod {
  const generateName = wishes.generateName ?? (wishes.name === undefined ? `${owner.metadata.name}-` : undefined);
  const annotations = { ...template.metadata?.annotations, ...wishes.annotations };
  const finalizers = [...template.metadata?.finalizers ?? [], ...wishes.finalizers ?? []];
  return cluster.create<Pod>('pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...generateName ? { generateName } : {},
      name: wishes.name ?? cluster.generateName(generateName!),
      namespace: owner.metadata.namespace!,
      labels: { ...templateLabels(template), ...wishes.labels },
      ...Object.keys(annotations).length > 0 ? { annotations } : {},
      ...finalizers.length > 0 ? { finalizers } : {},
      ownerReferences: [controllerReference(owner)],
    },
    spec: structuredClone({ ...template.spec, ...wishes.spec }),
  });
}

export function templateLabels(template: Template): Record<string, string> {
  return { ...template.metadata?.labels };
}
