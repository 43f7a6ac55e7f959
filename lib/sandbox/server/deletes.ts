import { blankObject } from '../fields/blank';
import type { JsonMap, StoredObject } from '../json';
import { groupVersionOf, type ServedResource } from '../served-resource';
import { StatusError } from '../status-error';
import { kindOf } from './catalog';
import { fromStorage } from './conversion';
import { finalizersOf } from './object-meta';
import { timestamp } from '../timestamp';
import { conflict, notFound } from './refusals';
import { storageKey } from './storage-key';
import { copyOf, isUnsettled } from './unsettled';
import type { WriteRequest } from './write-request';
import { isFinished, type WriteContext } from './writes';

/** As a client gives them, in the body or the query. */
export interface DeleteOptions {
  readonly propagationPolicy?: string;
  readonly orphanDependents?: boolean;
  /** In seconds. @default what the Pod says; other kinds have none */
  readonly gracePeriodSeconds?: number;
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
}

export interface Deleted {
  readonly object: StoredObject;
  /** Else something keeps it: a finalizer, or the grace of a Pod. */
  readonly gone: boolean;
  /** Whether the answer is the object whatever its kind: of a dry run that would have had to change it first. */
  readonly shown?: boolean;
}

const ORPHAN = 'orphan';
const FOREGROUND = 'foregroundDeletion';
const DEFINITIONS = 'customresourcedefinitions.apiextensions.k8s.io';
const CLEANUP = 'customresourcecleanup.apiextensions.k8s.io';

/** Deletes an object, or marks it as being deleted. @throws StatusError */
export function deleteObject(context: WriteContext, request: WriteRequest, name: string, options: DeleteOptions): Deleted {
  const { store, rules, now } = context;
  const { resource, dryRun, namespace, user } = request;
  const kind = kindOf(resource);
  const stored = store.tryFind(kind, namespace ?? '', name);
  if (!stored) throw notFound(resource, name);
  checkPreconditions(resource, stored, options);
  const admission = { operation: 'DELETE', resource, namespace, name, user, dryRun, old: stored } as const;
  rules.admit(admission);
  rules.admitValid(admission);
  const next = marked(stored, kind, options, now());
  if (!isFinished(next)) {
    if (next === stored && !isUnsettled(stored)) return { object: fromStorage(resource, stored), gone: false };
    if (dryRun) return { object: fromStorage(resource, next), gone: false };
    return { object: fromStorage(resource, store.put(kind, next === stored ? copyOf(stored) : next)), gone: false };
  }
  // A Pod is marked before it goes, also when it has no time for it.
  if (kind === 'pods') {
    if (dryRun) return { object: fromStorage(resource, next), gone: true, shown: true };
    if (next !== stored) store.put(kind, next);
    return { object: fromStorage(resource, store.remove(kind, namespace ?? '', name, next) ?? next), gone: true };
  }
  // What had finalizers, or got some, is changed before it goes, but for the change that would be its last: the real server then goes on with an empty object.
  if (finalizersOf(stored).length > 0) {
    if (dryRun) return { object: blank(resource), gone: true, shown: true };
    if (options.preconditions?.resourceVersion) {
      throw conflict(resource, name, `StorageError: invalid object, Code: 4, Key: ${storageKey(resource, namespace, name)}, ResourceVersion: 0, `
        + `AdditionalErrorMsg: Precondition failed: ResourceVersion in precondition: , ResourceVersion in object meta: ${stored.metadata.resourceVersion}`);
    }
  }
  if (dryRun) return { object: fromStorage(resource, stored), gone: true };
  return { object: fromStorage(resource, store.remove(kind, namespace ?? '', name, stored) ?? stored), gone: true };
}

function blank(resource: ServedResource): StoredObject {
  return blankObject(resource.schema, groupVersionOf(resource), resource.kind) as StoredObject;
}

/** What is stored with the marks of its deletion; itself when nothing about them changes. */
function marked(stored: StoredObject, kind: string, options: DeleteOptions, now: Date): StoredObject {
  const { metadata } = stored;
  const before = finalizersOf(stored);
  const finalizers = finalizersFor(stored, kind, options);
  const grace = graceOf(stored, kind, options);
  const changes: JsonMap = {};
  if (!sameSet(before, finalizers)) changes.finalizers = finalizers;
  if (typeof metadata.deletionTimestamp !== 'string') {
    changes.deletionTimestamp = timestamp(new Date(now.getTime() + grace * 1000));
    changes.deletionGracePeriodSeconds = grace;
    if (typeof metadata.generation === 'number') changes.generation = metadata.generation + 1;
  } else if (typeof metadata.deletionGracePeriodSeconds === 'number' && grace < metadata.deletionGracePeriodSeconds && options.gracePeriodSeconds !== undefined) {
    // Only a shorter one counts.
    changes.deletionGracePeriodSeconds = grace;
    changes.deletionTimestamp = timestamp(new Date(Date.parse(metadata.deletionTimestamp) - (metadata.deletionGracePeriodSeconds - grace) * 1000));
  }
  const next = Object.keys(changes).length === 0 ? stored : { ...stored, metadata: { ...metadata, ...changes } };
  if (Array.isArray(next.metadata.finalizers) && next.metadata.finalizers.length === 0) delete next.metadata.finalizers;
  if (kind === 'namespaces' && next !== stored) return terminating(next);
  if (kind === DEFINITIONS && changes.deletionTimestamp !== undefined) return closing(next, now);
  return next;
}

function finalizersFor(stored: StoredObject, kind: string, { propagationPolicy, orphanDependents }: DeleteOptions): string[] {
  const before = finalizersOf(stored);
  if (kind === 'events') return before;
  // Without a word of the client the object's own finalizers decide; then the kind: Jobs orphan, for the sake of old clients.
  const policy = propagationPolicy ?? (orphanDependents === true ? 'Orphan' : orphanDependents === false ? 'Background' : undefined)
    ?? (before.includes(ORPHAN) ? 'Orphan' : before.includes(FOREGROUND) ? 'Foreground' : kind === 'jobs.batch' || kind === 'replicationcontrollers' ? 'Orphan' : 'Background');
  const others = before.filter(each => each !== ORPHAN && each !== FOREGROUND);
  if (kind === DEFINITIONS && !stored.metadata.deletionTimestamp && !others.includes(CLEANUP)) others.push(CLEANUP);
  return policy === 'Orphan' ? [...others, ORPHAN] : policy === 'Foreground' ? [...others, FOREGROUND] : others;
}

/** Of a Pod that runs somewhere; all else is deleted at once. */
function graceOf(stored: StoredObject, kind: string, { gracePeriodSeconds }: DeleteOptions): number {
  if (kind !== 'pods') return 0;
  const spec = stored.spec as JsonMap;
  const phase = (stored.status as JsonMap | undefined)?.phase;
  if (!spec.nodeName || phase === 'Succeeded' || phase === 'Failed') return 0;
  if (gracePeriodSeconds !== undefined) return gracePeriodSeconds < 0 ? 1 : gracePeriodSeconds;
  return typeof spec.terminationGracePeriodSeconds === 'number' ? spec.terminationGracePeriodSeconds : 30;
}

/** A namespace is emptied before it goes. */
function terminating(namespace: StoredObject): StoredObject {
  const { deletionGracePeriodSeconds: _, ...metadata } = namespace.metadata;
  const finalizers = (namespace.spec as JsonMap | undefined)?.finalizers;
  if (!Array.isArray(finalizers) || finalizers.length === 0) return namespace;
  return { ...namespace, metadata: metadata as StoredObject['metadata'], status: { ...namespace.status as JsonMap, phase: 'Terminating' } };
}

/** A definition goes after its objects. */
function closing(definition: StoredObject, now: Date): StoredObject {
  const status = (definition.status ?? {}) as JsonMap;
  const conditions = (Array.isArray(status.conditions) ? status.conditions : []).filter(each => (each as JsonMap).type !== 'Terminating');
  return {
    ...definition, status: {
      ...status, conditions: [...conditions, {
        type: 'Terminating', status: 'True', lastTransitionTime: timestamp(now), reason: 'InstanceDeletionPending', message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
      }],
    },
  };
}

function checkPreconditions({ group }: ServedResource, stored: StoredObject, { preconditions }: DeleteOptions): void {
  const { kind, metadata } = stored;
  const refuse = (why: string) => {
    throw new StatusError(409, 'Conflict', `Operation cannot be fulfilled on ${group ? `${kind}.${group}` : kind} "${metadata.name}": ${why}`, { name: metadata.name, ...group ? { group } : {}, kind });
  };
  if (preconditions?.uid && preconditions.uid !== metadata.uid) {
    refuse(`the UID in the precondition (${preconditions.uid}) does not match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`);
  }
  if (preconditions?.resourceVersion && preconditions.resourceVersion !== metadata.resourceVersion) {
    refuse(`the ResourceVersion in the precondition (${preconditions.resourceVersion}) does not match the ResourceVersion in record (${metadata.resourceVersion}). The object might have been modified`);
  }
}

/** Once a request, however many it deletes. */
export function warnOfOrphans(request: WriteRequest, { propagationPolicy, orphanDependents }: DeleteOptions): void {
  if (kindOf(request.resource) !== 'jobs.batch' || propagationPolicy !== undefined || orphanDependents !== undefined) return;
  request.warnings.push('child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning');
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  const [first, second] = [new Set(a), new Set(b)];
  return first.size === second.size && a.every(each => second.has(each));
}
