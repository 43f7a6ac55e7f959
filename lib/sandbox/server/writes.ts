import { forgetSent } from '../defaults/as-sent';
import { withoutNewTimes } from '../fields/times';
import { isMap, type Json, type JsonMap, type StoredObject } from '../json';
import { StatusError } from '../status-error';
import { kindOf } from './catalog';
import { fromStorage, toStorage } from './conversion';
import { hasStatus, isCreatedByUpdate, needsResourceVersion } from './kind-traits';
import { carryMeta, checkName, checkNamed, checkNamespace, fillNewMeta, finalizersOf, framed, keepDeletion } from './object-meta';
import { nameOwnersOnce } from './owners';
import { alreadyExists, conflict, invalid, MODIFIED, notFound } from './refusals';
import type { ManagerOfWrite, Rules } from './rules';
import { storageKey } from './storage-key';
import { copyOf, isReadOtherwise, isUnsettled, markUnsettled, unseenOf } from './unsettled';
import type { NextObject, WriteRequest, Written } from './write-request';
import type { Store } from '../store/store';

export interface WriteContext {
  readonly store: Store;
  readonly rules: Rules;
  readonly now: () => Date;
}

export interface UpdateOptions {
  readonly name: string;
  readonly next: NextObject;
  /** Whether what is not there is made: an apply does so with any kind. */
  readonly creates?: boolean;
  /** The managedFields are made already, as an apply does. */
  readonly managed?: boolean;
  /** The metadata that `next` made, where they are stored before they are decoded: of an apply of a custom resource. */
  readonly undecoded?: () => Json | undefined;
  /** Whether an empty resourceVersion is allowed whatever the kind: of patches. */
  readonly unconditional?: boolean;
}

/** Stores a new object. @throws StatusError */
export function createObject(context: WriteContext, request: WriteRequest, body: JsonMap, managed = false, undecoded?: Json): StoredObject {
  const { store, rules } = context;
  const { resource, dryRun } = request;
  const object = framed(resource, body);
  if (object.metadata.resourceVersion) throw new StatusError(500, '', 'resourceVersion should not be set on objects to be created');
  checkNamespace(request, object);
  const kind = kindOf(resource);
  const isReadAnew = isReadOtherwise(undecoded) || isNeverSettled(kind, object);
  // Nobody owns what admission and the registry of the kind add: that comes after.
  rules.setDefaults(resource, object);
  const next = managed ? object : rules.manageUpdate(resource, object, undefined, managerOf(context, request));
  fillNewMeta(request, next, context.now());
  request.warnings.push(...rules.admit(admissionOf(request, 'CREATE', next, undefined)));
  nameOwnersOnce(next.metadata, request.warnings, true);
  checkNamed(resource, next);
  rules.prepareCreate(resource, next, request.user);
  rules.validate(resource, next, undefined, request.subresource);
  request.warnings.push(...rules.warnings(resource, next, undefined, request.subresource));
  const { namespace = '', name } = next.metadata;
  rules.admitValid(admissionOf(request, 'CREATE', next, undefined));
  const present = store.tryFind(kind, namespace, name);
  if (present) throw alreadyExists(resource, name, present.metadata.deletionTimestamp !== undefined);
  const stored = toStorage(resource, next);
  if (dryRun) {
    delete (stored.metadata as JsonMap).resourceVersion;
    return fromStorage(resource, stored);
  }
  return fromStorage(resource, put(context, kind, stored, isReadAnew));
}

/** Whether an object is read as something else than it was stored as, whoever made it: all claims, and Jobs whose labels come from the defaults. */
function isNeverSettled(kind: string, { metadata, spec }: JsonMap): boolean {
  if (kind === 'persistentvolumeclaims') return true;
  const { template } = (isMap(spec) ? spec : {});
  const meta = isMap(template) ? template.metadata : undefined;
  return kind === 'jobs.batch' && (metadata as JsonMap).labels === undefined && !(isMap(meta) && meta.labels !== undefined);
}

function put({ store }: WriteContext, kind: string, object: StoredObject, isReadAnew: boolean): StoredObject {
  const stored = store.put(kind, object);
  forgetSent(stored);
  if (isReadAnew) markUnsettled(stored);
  return stored;
}

/** Replaces an object, or makes it. @throws StatusError */
export function updateObject(context: WriteContext, request: WriteRequest, options: UpdateOptions): Written {
  const { store, rules } = context;
  const { resource, subresource, dryRun } = request;
  const kind = kindOf(resource);
  const stored = store.tryFind(kind, request.namespace ?? '', options.name);
  if (!stored) {
    if (!(options.creates ?? isCreatedByUpdate(resource))) throw notFound(resource, options.name);
    const body = options.next(undefined);
    const fresh = framed(resource, body);
    checkNamespace(request, fresh);
    checkName(fresh, options.name);
    if (fresh.metadata.uid) {
      throw conflict(resource, options.name, `uid mismatch: the provided object specified uid ${fresh.metadata.uid}, and no existing object was found`);
    }
    if (fresh.metadata.resourceVersion) {
      if (options.creates) throw conflict(resource, options.name, MODIFIED);
      throw notFound(resource, options.name);
    }
    return { object: createObject(context, request, fresh, options.managed, options.undecoded?.()), created: true };
  }
  const live = fromStorage(resource, stored);
  const made = options.next(live);
  if (made === live) {
    if (dryRun || !isUnsettled(stored)) return { object: live, created: false };
    return { object: fromStorage(resource, store.put(kind, copyOf(stored))), created: false };
  }
  const object = framed(resource, made);
  checkNamespace(request, object);
  checkName(object, options.name);
  if (options.managed) checkApplied(request, object, live);
  checkPreconditions(request, object, live, options);
  carryMeta(object, live);
  rules.setDefaults(resource, object);
  keepOtherHalf(request, object, live);
  const managed = options.managed ? object : rules.manageUpdate(resource, object, live, managerOf(context, request));
  keepDeletion(managed, live);
  request.warnings.push(...rules.admit(admissionOf(request, 'UPDATE', managed, live)));
  nameOwnersOnce(managed.metadata, request.warnings, true);
  rules.prepareUpdate(resource, managed, live, subresource);
  rules.validate(resource, managed, live, subresource);
  request.warnings.push(...rules.warnings(resource, managed, live, subresource));
  rules.admitValid(admissionOf(request, 'UPDATE', managed, live));
  const undecoded = options.undecoded?.();
  const isReadAnew = isReadOtherwise(undecoded);
  const isSame = withoutNewTimes(live, managed) === live;
  if (isSame && !isReadAnew && !isUnsettled(stored)) return { object: live, created: false };
  const next = isSame ? copyOf(stored) : toStorage(resource, managed);
  if (dryRun) {
    next.metadata.resourceVersion = live.metadata.resourceVersion;
    return { object: fromStorage(resource, next), created: false };
  }
  // Who took the last finalizer away ends an object that is being deleted. A namespace waits for its own list, too.
  if (isFinished(next)) {
    store.remove(kind, next.metadata.namespace ?? '', next.metadata.name, next);
    // This one answer is not read from what is stored: nothing is stored.
    const seen = { ...next, metadata: { ...unseenOf(undecoded), ...next.metadata } };
    return { object: fromStorage(resource, seen), created: false };
  }
  return { object: fromStorage(resource, put(context, kind, next, isReadAnew)), created: false };
}

/** Whether nothing keeps an object that is being deleted. */
export function isFinished(object: StoredObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds } = object.metadata;
  if (typeof deletionTimestamp !== 'string' || finalizersOf(object).length > 0) return false;
  if (typeof deletionGracePeriodSeconds === 'number' && deletionGracePeriodSeconds > 0) return false;
  if (object.kind !== 'Namespace' || object.apiVersion !== 'v1') return true;
  const finalizers = (object.spec as JsonMap | undefined)?.finalizers;
  return !Array.isArray(finalizers) || finalizers.length === 0;
}

function admissionOf(request: WriteRequest, operation: 'CREATE' | 'UPDATE', object: StoredObject, old: StoredObject | undefined) {
  const { resource, subresource, namespace, user, dryRun } = request;
  const warn = (message: string) => void request.warnings.push(message);
  return { operation, resource, subresource, namespace, name: object.metadata.name, user, dryRun, object, old, warn };
}

/** What an apply may not say of an object that is there, unless it says what is so. Each cause comes twice, as from the real server. */
function checkApplied({ resource }: WriteRequest, { metadata }: StoredObject, live: StoredObject): void {
  const causes = ['uid', 'deletionTimestamp', 'deletionGracePeriodSeconds'].flatMap(key => {
    const value = metadata[key];
    if (value === undefined || value === null || value === live.metadata[key]) return [];
    const cause = { reason: 'FieldValueInvalid', message: `Invalid value: ${JSON.stringify(value)}: field is immutable`, field: `metadata.${key}` };
    return [cause, cause];
  });
  if (causes.length > 0) throw invalid(resource, live.metadata.name, causes);
}

function checkPreconditions(request: WriteRequest, object: StoredObject, live: StoredObject, options: UpdateOptions): void {
  const { resource } = request;
  const { uid, resourceVersion } = object.metadata;
  const wanted = live.metadata;
  if (uid && uid !== wanted.uid) {
    const key = storageKey(resource, request.namespace, options.name);
    throw conflict(resource, options.name,
      `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${uid}, UID in object meta: ${wanted.uid}`);
  }
  if (resourceVersion && resourceVersion !== '0') {
    if (resourceVersion !== wanted.resourceVersion) throw conflict(resource, options.name, MODIFIED);
  } else if (!options.unconditional && needsResourceVersion(resource)) {
    throw invalid({ kind: resource.plural, group: resource.group }, options.name, [{ reason: 'FieldValueInvalid', message: 'Invalid value: 0: must be specified for an update', field: 'metadata.resourceVersion' }]);
  }
  object.metadata.resourceVersion = wanted.resourceVersion;
}

/** A write to an object leaves its status alone, one to its status the rest, before anybody comes to own it. */
function keepOtherHalf({ resource, subresource }: WriteRequest, object: StoredObject, live: StoredObject): void {
  if (subresource === undefined && hasStatus(resource)) take(object, live, 'status');
  if (subresource !== 'status') return;
  for (const key of new Set([...Object.keys(object), ...Object.keys(live)])) {
    if (key !== 'status' && key !== 'metadata' && key !== 'apiVersion' && key !== 'kind') take(object, live, key);
  }
}

function take(to: JsonMap, from: JsonMap, key: string): void {
  if (from[key] === undefined) delete to[key];
  else to[key] = from[key];
}

function managerOf(context: WriteContext, { manager, subresource }: WriteRequest): ManagerOfWrite {
  return { name: manager, time: context.now(), subresource };
}
