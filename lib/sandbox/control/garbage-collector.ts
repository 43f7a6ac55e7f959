import { MANAGER, type Cluster } from './cluster';
import type { Controller } from './controller';
import type { Kubernetes, Meta, OwnerReference } from './objects';
import type { StoreEvent } from '../api';
import { resourceName, type ServedResource } from '../served-resource';

const FOREGROUND = 'foregroundDeletion';
const ORPHAN = 'orphan';

/** Removes what has lost its owners, and does what a foreground or an orphaning deletion waits for. Its keys are uids. */
export const garbageCollector: Controller = {
  name: 'garbage',
  on: { '*': concerned },

  reconcile(cluster, uid) {
    const place = cluster.ownership.find(uid);
    const object = place && cluster.find(place.resource, place.namespace, place.name);
    if (!place || object?.metadata.uid !== uid) return;
    const { metadata } = object;
    if (metadata.deletionTimestamp !== undefined) {
      if (metadata.finalizers?.includes(ORPHAN)) orphanDependents(cluster, place.resource, object);
      else if (metadata.finalizers?.includes(FOREGROUND)) deleteDependents(cluster, place.resource, object);
      return;
    }
    judge(cluster, place.resource, object);
  },
};

function concerned(event: StoreEvent, cluster: Cluster): string[] {
  const metadata = event.object.metadata as unknown as Meta;
  const { uid, ownerReferences, deletionTimestamp } = metadata;
  if (event.type === 'DELETED') {
    const keys = [...cluster.ownership.dependents(uid)].map(place => place.uid);
    if (keys.length > 0) cluster.absentOwners.set(uid, groupKind(event.object));
    for (const reference of ownerReferences ?? []) {
      // An owner may have waited for it.
      keys.push(reference.uid);
      if (!cluster.ownership.hasDependents(reference.uid)) cluster.absentOwners.delete(reference.uid);
    }
    return keys;
  }
  const keys: string[] = [];
  if (deletionTimestamp !== undefined) {
    if (metadata.finalizers?.includes(FOREGROUND) || metadata.finalizers?.includes(ORPHAN)) keys.push(uid);
  } else if (ownerReferences?.some(reference => isSuspect(cluster, reference, metadata))) {
    keys.push(uid);
  }
  if (event.type === 'MODIFIED' && event.old && ownersOf(event.old.metadata) !== ownersOf(event.object.metadata)) {
    // An owner that waits need not wait for what is no longer its own.
    for (const reference of (event.old.metadata as unknown as Meta).ownerReferences ?? []) keys.push(reference.uid);
  }
  return keys;
}

function ownersOf(metadata: object): string {
  return JSON.stringify((metadata as Meta).ownerReferences ?? []);
}

/** Cheap: whether an owner is not where the reference says, as far as one can tell by its uid. */
function isSuspect(cluster: Cluster, { uid, name }: OwnerReference, { namespace }: Meta): boolean {
  const place = cluster.ownership.find(uid);
  if (!place || place.name !== name || (place.namespace !== undefined && place.namespace !== namespace)) return true;
  return isWaiting(cluster.find(place.resource, place.namespace, place.name));
}

type Finding = 'there' | 'waits' | 'absent' | 'unknown';

function findOwner(cluster: Cluster, reference: OwnerReference, namespace: string | undefined): Finding {
  if (cluster.absentOwners.get(reference.uid) === groupKind(reference)) return 'absent';
  const resource = resourceOf(cluster, reference);
  // Of a kind that nobody serves nothing can be said; and no namespace can be told for the owner of something that has none.
  if (!resource || (resource.namespaced && namespace === undefined)) return 'unknown';
  const owner = cluster.find(resourceName(resource), resource.namespaced ? namespace : undefined, reference.name);
  if (owner?.metadata.uid !== reference.uid) return 'absent';
  return isWaiting(owner) ? 'waits' : 'there';
}

function groupKind({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }): string {
  return `${apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''}/${kind}`;
}

function resourceOf(cluster: Cluster, reference: OwnerReference): ServedResource | undefined {
  const wanted = groupKind(reference);
  return cluster.api.resources().find(({ group, kind }) => `${group}/${kind}` === wanted);
}

function isWaiting(owner: Kubernetes | undefined): boolean {
  return owner?.metadata.deletionTimestamp !== undefined && (owner.metadata.finalizers?.includes(FOREGROUND) ?? false);
}

/** Deletes it when all its owners are gone; takes those that are gone off it when one is left. */
function judge(cluster: Cluster, resource: string, object: Kubernetes): void {
  const { metadata } = object;
  const references = metadata.ownerReferences ?? [];
  const findings = references.map(reference => findOwner(cluster, reference, metadata.namespace));
  if (references.length === 0 || findings.includes('unknown')) return;
  if (findings.includes('there')) {
    const left = references.filter((_, i) => findings[i] === 'there');
    if (left.length < references.length) cluster.update(resource, { ...object, metadata: { ...metadata, ownerReferences: left } }, MANAGER);
    return;
  }
  const waits = findings.includes('waits') && cluster.ownership.hasDependents(metadata.uid);
  const { finalizers } = metadata;
  cluster.delete(resource, metadata, {
    propagationPolicy: waits || finalizers?.includes(FOREGROUND) ? 'Foreground' : finalizers?.includes(ORPHAN) ? 'Orphan' : 'Background',
  });
}

function deleteDependents(cluster: Cluster, resource: string, owner: Kubernetes): void {
  let blocked = false;
  for (const place of cluster.ownership.dependents(owner.metadata.uid)) {
    const dependent = cluster.find(place.resource, place.namespace, place.name);
    const reference = dependent?.metadata.ownerReferences?.find(each => each.uid === owner.metadata.uid);
    if (!dependent || !reference) continue;
    if (dependent.metadata.deletionTimestamp === undefined) cluster.enqueue(garbageCollector, place.uid);
    if (reference.blockOwnerDeletion) blocked = true;
  }
  if (!blocked) removeFinalizer(cluster, resource, owner, FOREGROUND);
}

function orphanDependents(cluster: Cluster, resource: string, owner: Kubernetes): void {
  for (const place of cluster.ownership.dependents(owner.metadata.uid)) {
    const dependent = cluster.find(place.resource, place.namespace, place.name);
    if (!dependent) continue;
    const { ownerReferences, ...metadata } = dependent.metadata;
    const left = ownerReferences?.filter(reference => reference.uid !== owner.metadata.uid) ?? [];
    cluster.update(place.resource, { ...dependent, metadata: left.length > 0 ? { ...metadata, ownerReferences: left } : metadata }, MANAGER);
  }
  removeFinalizer(cluster, resource, owner, ORPHAN);
}

export function removeFinalizer(cluster: Cluster, resource: string, object: Kubernetes, finalizer: string, manager = MANAGER): void {
  const { finalizers = [], ...metadata } = object.metadata;
  if (!finalizers.includes(finalizer)) return;
  const left = finalizers.filter(each => each !== finalizer);
  cluster.update(resource, { ...object, metadata: left.length > 0 ? { ...metadata, finalizers: left } : metadata }, manager);
}
