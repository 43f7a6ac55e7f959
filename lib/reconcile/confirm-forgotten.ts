import { FlotillaError } from '../errors';
import { belongsTo, FIELD_MANAGER } from './applyset';
import type { ClusterContext } from './context';
import { ownersOf } from './plan';
import type { PruningPlan } from './plan-pruning';
import type { ObjectResult } from './report';
import type { Resource } from '../kube/discovery';
import { ownedFields } from '../kube/fingerprint';
import { getMetadata, PartialObject } from '../kube/metadata';
import { objectError } from '../kube/object-error';
import { formatIdentity } from '../tree/manifest';

type Forgotten = PruningPlan['forgotten'][number];

/**
 * Lets go of an entry of the inventory, if the cluster itself confirms why. A list or a watch may have missed the object: once no inventory names it,
 * nobody would ever prune it.
 */
export async function confirmForgotten(context: ClusterContext, setId: string, { entry, reason }: Forgotten): Promise<ObjectResult> {
  const { connection, options: { signal } } = context;
  const object = formatIdentity(entry.id);
  const released: ObjectResult = { object, action: 'released', reason };
  // What the tree wants by another name is that very object.
  const isSure = reason === 'kept' || reason === 'orphaned' || reason === 'handed-over' && !ownersOf(context.desired).has(object);
  if (isSure) {
    return released;
  }
  try {
    const resource = await findServed(context, entry.id);
    const live = resource && await getMetadata(connection, resource, entry.id, { signal });
    if (!live || !isOurs(live, setId, entry)) {
      return released;
    }
    context.found?.(resource, live);
    return { object, action: 'skipped' };
  } catch (error) {
    signal?.throwIfAborted();
    return { object, action: 'failed', error: error instanceof FlotillaError ? error : objectError(connection, object, error) };
  }
}

function isOurs({ metadata }: PartialObject, setId: string, { uid }: Forgotten['entry']): boolean {
  return belongsTo(metadata, setId) && (uid === undefined ? ownedFields(metadata, FIELD_MANAGER) !== undefined : uid === metadata.uid);
}

/** A kind that is not served has no objects; what was known of it may be older than its definition. */
async function findServed({ discovery }: ClusterContext, id: Forgotten['entry']['id']): Promise<Resource | undefined> {
  const known = discovery.find(id);
  if (known) {
    return known;
  }
  await discovery.refresh();
  return discovery.find(id);
}
