import { setTimeout as sleep } from 'node:timers/promises';
import { FlotillaError } from '../errors';
import { FIELD_MANAGER } from './applyset';
import type { ClusterContext } from './context';
import type { DesiredObject } from './desired';
import type { InventoryEntry } from './inventory';
import type { ObjectPlan } from './plan';
import { isReadyAtOnce } from './readiness';
import { applyGivingUp } from './release';
import type { ObjectResult } from './report';
import { see } from './seen';
import { isPermission } from './stages';
import { applyObject, applyPending, type ApplyReply } from '../kube/apply';
import { isForbidden, isImmutable, isMissingNamespace, isMissingRole, isNotServed, isTerminatingDefinition } from '../kube/classify';
import { deleteObject } from '../kube/delete';
import type { Resource } from '../kube/discovery';
import { getMetadata } from '../kube/metadata';
import { objectError } from '../kube/object-error';
import { tryCreation } from '../kube/try-creation';
import { formatGroupKind } from '../tree/manifest';
import { IMMUTABLE_ANNOTATION } from '../tree/names';

/** How long a kind may take to be served after its CRD was applied (measured: 22 to 38 ms). */
const SERVED_WITHIN_MS = 15_000;
/** How long an object of the same name may take to go away. */
const GONE_WITHIN_MS = 30_000;

/** What became of an object, and what the inventory remembers of it. */
export interface Applied {
  readonly result: ObjectResult;
  readonly entry?: InventoryEntry;
}

/** Applies one object; whatever goes wrong with it is its own result. */
export async function applyOne(context: ClusterContext, plan: ObjectPlan): Promise<Applied> {
  const { object } = plan;
  if (plan.action === 'none') {
    return { result: { object: object.key, action: 'unchanged' }, entry: plan.entry };
  }
  try {
    return await whenGranted(context, object, () => lookAndWrite(context, plan));
  } catch (error) {
    context.options.signal?.throwIfAborted();
    const failure = error instanceof FlotillaError ? error : objectError(context.connection, object.key, error);
    return { result: { object: object.key, action: 'failed', error: located(failure, context, object) } };
  }
}

async function lookAndWrite(context: ClusterContext, plan: ObjectPlan & { action: 'apply' | 'look' }): Promise<Applied> {
  const { object } = plan;
  const resource = await findResource(context, object);
  if (plan.action === 'look') {
    const entry = await look(context, resource, object, plan.entry);
    if (entry) {
      return { result: { object: object.key, action: 'unchanged' }, entry };
    }
  }
  return write(context, resource, plan);
}

/**
 * What is denied to a tenant is tried again as long as the permission may be on its way, by a Role and a RoleBinding of this very run; so is a binding that
 * comes before its role.
 */
async function whenGranted(context: ClusterContext, object: DesiredObject, apply: () => Promise<Applied>): Promise<Applied> {
  const { connection, grants, options: { signal } } = context;
  const end = isPermission(object.id) ? grants.begin() : undefined;
  try {
    for (let delay = 20; ; delay = Math.min(delay * 2, 250)) {
      try {
        const applied = await apply();
        end?.(applied.result.action !== 'unchanged');
        return applied;
      } catch (error) {
        // Those that wait for each other would wait for ever.
        end?.(false);
        if (!(connection.as && isForbidden(error) || isMissingRole(error)) || !grants.mayCome()) {
          throw error;
        }
      }
      await sleep(delay, undefined, { signal });
    }
  } finally {
    end?.(false);
  }
}

/** A dry run: the entry, when an apply would change nothing of ours. */
async function look(
  context: ClusterContext, resource: Resource, object: DesiredObject, entry: InventoryEntry,
): Promise<InventoryEntry | undefined> {
  const live = context.observed.live.get(object.key);
  const reply = await applyObject(context.connection, resource, object.asApplied(), {
    fieldManager: FIELD_MANAGER, force: true, dryRun: true, accept: 'metadata', signal: context.options.signal,
  });
  // An apply that would change a value of ours gets a new time, and one that changes the spec a new generation.
  const same = live !== undefined && see(reply.metadata).fingerprint === live.fingerprint
    && reply.metadata.generation === live.generation;
  return same ? { ...entry, look: live.look } : undefined;
}

async function write(context: ClusterContext, resource: Resource, plan: ObjectPlan & { action: 'apply' | 'look' }): Promise<Applied> {
  const { object } = plan;
  const live = context.observed.live.get(object.key);
  if (live?.deletionTimestamp) {
    await waitUntilGone(context, resource, object);
  }
  const { object: reply, created } = await applyOrRecreate(context, resource, object);
  const { metadata } = reply;
  const seen = context.wrote?.(resource, reply) ?? see(metadata);
  const entry: InventoryEntry = { id: object.id, uid: metadata.uid, hash: object.hash, fingerprint: seen.fingerprint, look: seen.look };
  // What was not seen, and is the object that the last apply left, as it left it, was overlooked.
  const former = plan.entry?.hash === object.hash ? plan.entry : undefined;
  const untouched = live ? live.resourceVersion === metadata.resourceVersion
    // Our own time goes in seconds: what was taken and given back within one shows in the mark of the others' writes.
    : !created && former?.fingerprint === entry.fingerprint && former?.look === entry.look;
  return {
    result: {
      object: object.key,
      action: untouched ? 'unchanged' : created ? 'created' : 'configured',
      ...(plan.action === 'apply' ? { reason: plan.reason } : { reason: 'drifted' }),
    },
    entry,
  };
}

async function applyOrRecreate(context: ClusterContext, resource: Resource, object: DesiredObject): Promise<ApplyReply> {
  try {
    return await applyWhenServed(context, resource, object);
  } catch (error) {
    if (!isImmutable(error) || object.committed.annotations?.[IMMUTABLE_ANNOTATION] !== 'recreate') {
      throw error;
    }
  }
  const { signal } = context.options;
  const live = await getMetadata(context.connection, resource, object.id, { signal });
  if (live) {
    // Better the old object than none.
    await tryCreation(context.connection, resource, object.asApplied(), signal);
    await deleteObject(context.connection, resource, object.id, { uid: live.metadata.uid, propagation: 'Background', signal });
    await waitUntilGone(context, resource, object);
  }
  return applyWhenServed(context, resource, object);
}

/** A kind whose CRD has just been applied is served a moment later; a namespace may come with another application of the same run. */
async function applyWhenServed(context: ClusterContext, resource: Resource, object: DesiredObject): Promise<ApplyReply> {
  const end = Date.now() + SERVED_WITHIN_MS;
  for (let delay = 20; ; delay = Math.min(delay * 2, 500)) {
    try {
      const options = { fieldManager: FIELD_MANAGER, force: true, accept: readsWhole(context, object) ? 'full' : 'metadata', signal: context.options.signal } as const;
      const { ignored } = object;
      return await (ignored.length > 0
        ? applyGivingUp(context.connection, resource, { initial: object.asCreated(), manifest: object.asApplied(), ignored }, options)
        : applyPending(context.connection, resource, { id: object.id, make: () => object.asApplied() }, options));
    } catch (error) {
      if (!isOnItsWay(context, object, error) || Date.now() > end) {
        throw error;
      }
    }
    await sleep(delay, undefined, { signal: context.options.signal });
  }
}

/** Who follows the cluster wants to know at once how ready the object is. */
function readsWhole(context: ClusterContext, object: DesiredObject): boolean {
  return context.wrote !== undefined && !isReadyAtOnce(formatGroupKind(object.id));
}

function isOnItsWay(context: ClusterContext, object: DesiredObject, error: unknown): boolean {
  if (isNotServed(error) || isTerminatingDefinition(error)) {
    return context.definedKinds.has(formatGroupKind(object.id));
  }
  return context.definedNamespaces.has(isMissingNamespace(error) ?? '');
}

async function findResource(context: ClusterContext, object: DesiredObject): Promise<Resource> {
  const { apiVersion } = object.committed;
  const wanted = { group: object.id.group, kind: object.id.kind, version: apiVersion.slice(apiVersion.indexOf('/') + 1) };
  const end = Date.now() + (context.definedKinds.has(formatGroupKind(object.id)) ? SERVED_WITHIN_MS : 0);
  for (;;) {
    const resource = context.discovery.find(wanted);
    if (resource) {
      checkScope(resource, object);
      return resource;
    }
    if (Date.now() > end) {
      throw new FlotillaError('FLT5104', {
        what: `the cluster does not serve ${object.id.kind} in ${apiVersion}`,
        fix: 'install its CustomResourceDefinition first (an application that this one `dependsOn`), or correct the apiVersion;'
          + ' `kubectl api-resources` lists what is served',
      });
    }
    await sleep(100, undefined, { signal: context.options.signal });
    await context.discovery.refresh();
  }
}

function checkScope(resource: Resource, object: DesiredObject): void {
  if (!resource.namespaced && object.id.namespace) {
    throw new FlotillaError('FLT5204', {
      what: `${object.key} has a namespace, but the kind ${object.id.kind} is cluster-scoped`,
      fix: `add '${formatGroupKind(object.id)}' to \`clusterScopedKinds\` of the Fleet and synthesize again`,
    });
  }
  if (resource.namespaced && !object.id.namespace) {
    throw new FlotillaError('FLT5205', {
      what: `${object.key} has no namespace, but the kind ${object.id.kind} needs one`,
      fix: 'give the application or the object a namespace and synthesize again',
    });
  }
}

async function waitUntilGone(context: ClusterContext, resource: Resource, object: DesiredObject): Promise<void> {
  const end = Date.now() + GONE_WITHIN_MS;
  for (let delay = 50; Date.now() < end; delay = Math.min(delay * 2, 1000)) {
    const live = await getMetadata(context.connection, resource, object.id, { signal: context.options.signal });
    if (!live?.metadata.deletionTimestamp) {
      return;
    }
    await sleep(delay, undefined, { signal: context.options.signal });
  }
  throw new FlotillaError('FLT5206', {
    what: `${object.key} is being deleted and has not gone in ${GONE_WITHIN_MS / 1000} s`,
    fix: 'look at its finalizers (`kubectl get -o yaml`): their controller must let go of it; then apply again',
  });
}

function located(error: FlotillaError, context: ClusterContext, object: DesiredObject): FlotillaError {
  return new FlotillaError(error.code, {
    what: error.what, fix: error.fix, cause: error.cause,
    where: {
      ...error.where, cluster: context.desired.cluster, object: object.key, file: object.file, commit: context.desired.commit,
    },
  });
}
