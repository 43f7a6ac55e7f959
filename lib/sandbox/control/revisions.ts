import type { Cluster } from './cluster';
import { canonical, templateHash } from './hash';
import { selects } from './labels';
import { controllerReference, type Kubernetes, type Selector, type Template } from './objects';
import { adopt } from './replica-set';

export interface Revision extends Kubernetes {
  revision: number;
  data: { spec: { template: Template & { $patch?: string } } };
}

export interface Revised extends Kubernetes<{ selector: Selector; template: Template; revisionHistoryLimit?: number }> {}

const RESOURCE = 'controllerrevisions.apps';

/** The revisions of a StatefulSet or DaemonSet, the oldest first. */
export function listRevisions(cluster: Cluster, owner: Revised): Revision[] {
  adopt<Revision>(cluster, owner, RESOURCE, ({ metadata }) => selects(owner.spec.selector, metadata.labels));
  return cluster.owned<Revision>(owner, RESOURCE).sort((a, b) => a.revision - b.revision);
}

/** The revision of the present template: found among the others, where it then becomes the latest, or made. */
export function syncRevision(cluster: Cluster, owner: Revised, revisions: readonly Revision[], hashLabel: string, collisions: number | undefined): Revision {
  const last = revisions.at(-1);
  const next = (last?.revision ?? 0) + 1;
  const data = { spec: { template: { ...owner.spec.template, $patch: 'replace' } } };
  const text = canonical(data);
  const equal = revisions.findLast(revision => canonical(revision.data) === text);
  if (equal) return equal === last ? equal : cluster.update(RESOURCE, { ...equal, revision: next });
  const hash = templateHash(data, collisions);
  return cluster.create<Revision>(RESOURCE, {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name: `${owner.metadata.name.slice(0, 223)}-${hash}`,
      namespace: owner.metadata.namespace!,
      labels: { ...owner.spec.template.metadata?.labels, [hashLabel]: hash },
      ...owner.metadata.annotations ? { annotations: { ...owner.metadata.annotations } } : {},
      ownerReferences: [controllerReference(owner)],
    },
    data: structuredClone(data),
    revision: next,
  });
}

/** Removes the oldest that nobody uses, beyond the limit of the history. */
export function trimRevisions(cluster: Cluster, owner: Revised, revisions: readonly Revision[], used: ReadonlySet<string>): void {
  const unused = revisions.filter(revision => !used.has(revision.metadata.name));
  const beyond = unused.length - (owner.spec.revisionHistoryLimit ?? 10);
  for (const revision of unused.slice(0, Math.max(0, beyond))) cluster.delete(RESOURCE, revision.metadata);
}

export function templateOf({ data }: Revision): Template {
  const { $patch, ...template } = data.spec.template;
  return template;
}
