import { FlotillaError } from '../errors';
import { belongsTo } from './applyset';
import type { ClusterContext } from './context';
import type { Deletion } from './plan-pruning';
import { isKept } from './policy';
import type { ObjectResult } from './report';
import { deleteObject } from '../kube/delete';
import { getMetadata } from '../kube/metadata';
import { objectError } from '../kube/object-error';

/** An object that keeps changing under our eyes is looked at so often. */
const ATTEMPTS = 5;

/** Deletes one object, if it still is what the plan saw: ours, the same one, and not protected in the meantime. */
export async function pruneOne(context: ClusterContext, setId: string, deletion: Deletion): Promise<ObjectResult> {
  const { connection, discovery, options: { signal } } = context;
  try {
    const resource = discovery.find(deletion.id);
    if (!resource) {
      return { object: deletion.key, action: 'released', reason: 'gone' };
    }
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const live = await getMetadata(connection, resource, deletion.id, { signal });
      if (!live) {
        return { object: deletion.key, action: 'released', reason: 'gone' };
      }
      if (live.metadata.uid !== deletion.uid || !belongsTo(live.metadata, setId)) {
        return { object: deletion.key, action: 'released', reason: 'released' };
      }
      if (isKept(deletion.id, live.metadata)) {
        return { object: deletion.key, action: 'released', reason: 'kept' };
      }
      if (context.superseded?.('prune')) {
        // A newer tree may want it.
        return { object: deletion.key, action: 'skipped' };
      }
      const { uid, resourceVersion } = live.metadata;
      const answer = await deleteObject(connection, resource, deletion.id, { uid, resourceVersion, propagation: 'Background', signal });
      if (answer !== 'changed') {
        return { object: deletion.key, action: 'pruned' };
      }
    }
    throw new FlotillaError('FLT5207', {
      what: `${deletion.key} was changed by somebody else each of the ${ATTEMPTS} times that it was to be pruned`,
      fix: 'find out who writes to it (`kubectl get -o yaml --show-managed-fields`), then apply again',
    });
  } catch (error) {
    signal?.throwIfAborted();
    const failure = error instanceof FlotillaError ? error : objectError(connection, deletion.key, error);
    return { object: deletion.key, action: 'failed', error: failure };
  }
}
