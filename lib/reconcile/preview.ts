import { FlotillaError } from '../errors';
import { FIELD_MANAGER } from './applyset';
import type { DesiredObject } from './desired';
import { eachCluster, FleetRunOptions } from './each-cluster';
import type { LoadedCluster } from './load';
import { observe } from './observe';
import { ObjectPlan, planCluster, TargetPlan } from './plan';
import type { ForgetReason } from './plan-pruning';
import { connectionOf } from './run-as';
import { tenantOf } from './tenant';
import { applyObject, type LiveObject } from '../kube/apply';
import type { Connection } from '../kube/connection';
import { Discovery, Resource, resourcePath } from '../kube/discovery';
import { getMetadata } from '../kube/metadata';
import { objectError } from '../kube/object-error';
import { giveUp } from '../rules/give-up';
import type { TreeChange } from '../tree/diff';
import { fieldChanges } from '../tree/field-diff';
import { formatIdentity } from '../tree/manifest';
import { maskSecret } from '../tree/masked-secret';

/** What an apply would do with one application on one cluster. */
export interface TargetPreview {
  readonly application: string;
  /** What would be written and deleted, with the fields that differ between the cluster and the tree. */
  readonly changes: readonly TreeChange[];
  /** Deletions that would be held. */
  readonly held?: { readonly digest: string; readonly objects: readonly string[] };
  /** Objects that would leave the inventory and stay in the cluster. */
  readonly released: readonly { readonly object: string; readonly reason: ForgetReason }[];
  /** Objects that the API server would refuse. */
  readonly errors: readonly FlotillaError[];
}

export interface ClusterPreview {
  readonly cluster: string;
  readonly targets: readonly TargetPreview[];
  readonly error?: FlotillaError;
}

export interface FleetPreview {
  readonly fleet: string;
  readonly commit?: string;
  readonly clusters: readonly ClusterPreview[];
}

/** Shows what an apply would do, by dry runs on the clusters; writes nothing. */
export async function previewFleet(options: FleetRunOptions): Promise<FleetPreview> {
  const { tree, results } = await eachCluster<ClusterPreview>(options, async (connection, loaded) => {
    const discovery = await Discovery.load(connection);
    const observed = await observe(connection, discovery, loaded.desired);
    const plans = planCluster(loaded.desired, observed).filter(plan => options.applications?.includes(plan.application) ?? true);
    const targets = await Promise.all(plans.map(plan => previewTarget(connection, discovery, loaded, plan, options.signal)));
    const unreadable = loaded.errors.length > 0 ? [{ application: loaded.desired.unreadable.join(', '), changes: [], released: [], errors: loaded.errors }] : [];
    return { cluster: loaded.name, targets: [...targets, ...unreadable] };
  }, (cluster, error) => ({ cluster, targets: [], error }));
  return { fleet: tree.fleet.metadata.name, commit: tree.commit, clusters: results };
}

async function previewTarget(
  own: Connection, discovery: Discovery, { desired }: LoadedCluster, plan: TargetPlan, signal: AbortSignal | undefined,
): Promise<TargetPreview> {
  const { application, pruning } = plan;
  const connection = connectionOf(own, tenantOf(plan.target?.spec ?? plan.record?.spec ?? {}));
  const errors: FlotillaError[] = [];
  const base = { subject: 'object', cluster: desired.cluster, application } as const;
  const written = await Promise.all(plan.steps.flatMap(step => step.objects).filter(each => each.action !== 'none').map(async each => {
    try {
      const change = await previewObject(connection, discovery, each, signal);
      return change && { ...base, ...change, object: each.object.id, file: each.object.file };
    } catch (cause) {
      signal?.throwIfAborted();
      const error = cause instanceof FlotillaError ? cause : objectError(connection, each.object.key, cause);
      errors.push(new FlotillaError(error.code, {
        what: error.what, fix: error.fix, cause: error.cause,
        where: { ...error.where, cluster: desired.cluster, object: each.object.key, file: each.object.file, commit: desired.commit },
      }));
      return undefined;
    }
  }));
  const deleted = pruning.deletions.map(({ id }): TreeChange => ({ ...base, action: 'removed', object: id, file: '', fields: [] }));
  const released = pruning.forgotten.map(({ entry, reason }) => ({ object: formatIdentity(entry.id), reason }));
  return { application, changes: [...written.filter(each => each !== undefined), ...deleted], held: pruning.held, released, errors };
}

type Preview = Pick<TreeChange, 'action' | 'fields'>;

async function previewObject(
  connection: Connection, discovery: Discovery, { object }: ObjectPlan, signal: AbortSignal | undefined,
): Promise<Preview | undefined> {
  const resource = discovery.find({ ...object.id, version: object.committed.apiVersion.split('/').pop() });
  // Its definition, or its namespace, may come with the same apply: there is nothing to ask yet.
  if (!resource || !await getMetadata(connection, resource, object.id, { signal })) {
    return { action: 'added', fields: [] };
  }
  const { body: live } = await connection.request<Record<string, unknown>>({ method: 'GET', path: resourcePath(resource, object.id), signal });
  const dry = await dryRun(connection, resource, object, signal);
  // What is given up stays as it is, whatever a dry run makes of it.
  const ignored = object.ignored;
  const fields = fieldChanges(comparable(giveUp(live, ignored)), comparable(giveUp(dry, ignored)));
  return fields.length > 0 ? { action: 'changed', fields } : undefined;
}

function dryRun(connection: Connection, resource: Resource, object: DesiredObject, signal: AbortSignal | undefined): Promise<LiveObject> {
  return applyObject(connection, resource, object.asCreated(), { fieldManager: FIELD_MANAGER, force: true, dryRun: true, accept: 'full', signal });
}

/** An object without what the server counts and keeps for itself. */
function comparable(object: Readonly<Record<string, unknown>>): unknown {
  const { status: _status, metadata, ...rest } = object;
  const { managedFields: _1, resourceVersion: _2, generation: _3, uid: _4, creationTimestamp: _5, selfLink: _6, ...kept } = metadata as Record<string, unknown>;
  return maskSecret({ ...rest, metadata: kept });
}
