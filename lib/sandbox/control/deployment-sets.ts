import type { Cluster } from './cluster';
import {
  allSets, DESIRED, HASH, hasDeadline, isRolling, MAXIMUM, maxSurge, REVISION, revisionOf, specReplicas, wantedReplicas, type Deployment, type Rollout,
} from './deployment-state';
import { withCondition } from './deployment-status';
import { templateHash } from './hash';
import { selects } from './labels';
import { controllerReference, findCondition, isEqual, type Template } from './objects';
import { adopt, type ReplicaSet } from './replica-set';
import { StatusError } from '../status-error';

const HISTORY = 'deployment.kubernetes.io/revision-history';
/** Annotations of a Deployment that its ReplicaSets do not get. */
const KEPT_BACK = new Set([
  'kubectl.kubernetes.io/last-applied-configuration', REVISION, HISTORY, DESIRED, MAXIMUM, 'deprecated.deployment.rollback.to',
]);
const LONGEST_HISTORY = 2_000;

export function findSets(cluster: Cluster, deployment: Deployment): Rollout {
  if (deployment.metadata.deletionTimestamp === undefined) {
    adopt<ReplicaSet>(cluster, deployment, 'replicasets.apps', set => selects(deployment.spec.selector, set.metadata.labels));
  }
  const sets = cluster.owned<ReplicaSet>(deployment, 'replicasets.apps').sort(byAge);
  const current = sets.find(set => isOfTemplate(set, deployment.spec.template));
  return { deployment, current, old: sets.filter(set => set !== current) };
}

/** The older first; of one second, by revision and name. */
function byAge(a: ReplicaSet, b: ReplicaSet): number {
  return Date.parse(a.metadata.creationTimestamp ?? '') - Date.parse(b.metadata.creationTimestamp ?? '') || revisionOf(a) - revisionOf(b)
    || (a.metadata.name < b.metadata.name ? -1 : 1);
}

function isOfTemplate(set: ReplicaSet, template: Template): boolean {
  return isEqual(withoutHash(set.spec.template), withoutHash(template));
}

function withoutHash(template: Template): unknown {
  const { [HASH]: hash, ...labels } = template.metadata?.labels ?? {};
  // Whether a template has no creationTimestamp or null for it makes no difference.
  const { creationTimestamp, ...metadata } = { creationTimestamp: null, ...template.metadata, labels };
  return { metadata, spec: template.spec };
}

/** Brings the ReplicaSet of the present template and the Deployment to the next revision; makes it when `create` is true. */
export function syncCurrent(cluster: Cluster, rollout: Rollout, create: boolean): Rollout {
  const { old } = rollout;
  const revision = String(Math.max(0, ...old.map(revisionOf)) + 1);
  let { current, deployment } = rollout;
  const existed = current !== undefined;
  if (current) current = syncSet(cluster, deployment, current, revision);
  else if (create) ({ current, deployment } = createSet(cluster, rollout, revision));
  if (!current) return rollout;
  return { current, old, deployment: syncDeployment(cluster, deployment, current, existed) };
}

function syncSet(cluster: Cluster, deployment: Deployment, current: ReplicaSet, revision: string): ReplicaSet {
  const annotations = setAnnotations(deployment, current.metadata.annotations, revision);
  const { minReadySeconds } = deployment.spec;
  if (isEqual(annotations, current.metadata.annotations ?? {}) && (current.spec.minReadySeconds ?? 0) === (minReadySeconds ?? 0)) return current;
  const spec = { ...current.spec };
  if (minReadySeconds === undefined) delete spec.minReadySeconds;
  else spec.minReadySeconds = minReadySeconds;
  return cluster.update('replicasets.apps', { ...current, metadata: { ...current.metadata, annotations }, spec });
}

function setAnnotations(deployment: Deployment, before: Readonly<Record<string, string>> = {}, revision: string): Record<string, string> {
  const annotations = { ...before };
  for (const [key, value] of Object.entries(deployment.metadata.annotations ?? {})) if (!KEPT_BACK.has(key)) annotations[key] = value;
  const last = before[REVISION];
  if (Number(last ?? 0) < Number(revision)) {
    annotations[REVISION] = revision;
    if (last !== undefined) {
      let history = [...before[HISTORY]?.split(',') ?? [], last];
      while (history.join().length > LONGEST_HISTORY) history = history.slice(1);
      annotations[HISTORY] = history.join();
    }
  }
  return annotations;
}

/** Notes the revision, and where the condition Progressing is missing, what was found or made. */
function syncDeployment(cluster: Cluster, deployment: Deployment, current: ReplicaSet, existed: boolean): Deployment {
  const revision = current.metadata.annotations?.[REVISION];
  const unknown = hasDeadline(deployment) && (!existed || !findCondition(deployment, 'Progressing'));
  if (deployment.metadata.annotations?.[REVISION] === revision && !unknown) return deployment;
  const { name } = current.metadata;
  if (unknown) cluster.progressAt.set(deployment.metadata.uid, cluster.clock.now());
  const { conditions } = deployment.status ?? {};
  const status = unknown ? {
    ...deployment.status,
    conditions: existed
      ? withCondition(cluster, conditions, 'Progressing', 'True', 'FoundNewReplicaSet', `Found new replica set "${name}"`)
      : withCondition(cluster, conditions, 'Progressing', 'True', 'NewReplicaSetCreated', `Created new replica set "${name}"`),
  } : deployment.status;
  const annotations = { ...deployment.metadata.annotations, [REVISION]: revision! };
  return cluster.update('deployments.apps', { ...deployment, metadata: { ...deployment.metadata, annotations }, status }, undefined, 'status');
}

function createSet(cluster: Cluster, rollout: Rollout, revision: string): { current: ReplicaSet; deployment: Deployment } {
  const { deployment, old } = rollout;
  const { metadata, spec } = deployment;
  const hash = templateHash(spec.template, deployment.status?.collisionCount);
  const labels = { ...spec.template.metadata?.labels, [HASH]: hash };
  const name = `${metadata.name.slice(0, 253 - 1 - hash.length)}-${hash}`;
  const wanted = wantedReplicas(deployment);
  const replicas = isRolling(deployment) ? Math.min(wanted, Math.max(0, wanted + maxSurge(deployment) - specReplicas(old))) : wanted;
  const annotations = {
    ...setAnnotations(deployment, {}, revision), [DESIRED]: String(wanted), [MAXIMUM]: String(wanted + maxSurge(deployment)),
  };
  try {
    const current = cluster.create<ReplicaSet>('replicasets.apps', {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: { name, namespace: metadata.namespace!, labels, annotations, ownerReferences: [controllerReference(deployment)] },
      spec: {
        replicas,
        ...spec.minReadySeconds === undefined ? {} : { minReadySeconds: spec.minReadySeconds },
        selector: { ...spec.selector, matchLabels: { ...spec.selector.matchLabels, [HASH]: hash } },
        template: { ...structuredClone(spec.template), metadata: { ...structuredClone(spec.template.metadata), labels } },
      },
    });
    return { current, deployment };
  } catch (e) {
    noteFailure(cluster, rollout, name, e);
    throw e;
  }
}

function noteFailure(cluster: Cluster, { deployment }: Rollout, name: string, error: unknown): void {
  if (!(error instanceof StatusError) || error.details?.causes?.some(cause => cause.reason === 'NamespaceTerminating')) return;
  if (error.reason === 'AlreadyExists') {
    // Another template has the same hash, or somebody else's object that name: the next look takes the next hash.
    cluster.updateStatus('deployments.apps', deployment, { ...deployment.status, collisionCount: (deployment.status?.collisionCount ?? 0) + 1 });
  } else if (hasDeadline(deployment)) {
    const message = `Failed to create new replica set "${name}": ${error.message}`;
    cluster.updateStatus('deployments.apps', deployment, {
      ...deployment.status, conditions: withCondition(cluster, deployment.status?.conditions, 'Progressing', 'False', 'ReplicaSetCreateError', message),
    });
  }
}

/** The ones that are asked for pods. */
export function activeSets(rollout: Rollout): ReplicaSet[] {
  return allSets(rollout).filter(set => (set.spec.replicas ?? 1) > 0);
}
