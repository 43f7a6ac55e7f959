import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { reconcilerObjects } from './reconciler-objects';
import type { ReconcilerSettings } from './settings';
import { formatGroupKind, groupOf } from '../tree/manifest';

/**
 * The objects of an agent or a hub, for an application of a fleet: so the agent's own version and rights are in Git, and it delivers itself.
 *
 * The rights have to cover all that the agent delivers, these objects among it.
 *
 * `flotilla bootstrap` prints the same objects; it makes the first of them in a cluster where nothing delivers yet.
 *
 * ```ts
 * new Application(fleet, 'flotilla', {
 *   namespace: 'flotilla-system',
 *   placement: {},
 *   render: (chart, _values, target) => {
 *     new Reconciler(chart, 'agent', { mode: 'agent', image, repo, clusters: [target.cluster], permissions: { clusterRoles: ['cluster-admin'] } });
 *   },
 * });
 * ```
 */
export class Reconciler extends Construct {
  /**
   * @param scope A chart, or a construct in one.
   * @param id A name that the scope does not have yet.
   * @param settings What it delivers, from where, and with which rights.
   * @throws FLT6050, FLT6051 for settings that cannot be.
   */
  constructor(scope: Construct, id: string, settings: ReconcilerSettings) {
    super(scope, id);
    const objects = reconcilerObjects(settings).map(manifest => {
      const kind = formatGroupKind({ group: groupOf(manifest.apiVersion), kind: manifest.kind });
      return { manifest, object: new ApiObject(this, `${kind} ${manifest.metadata.name}`, manifest) };
    });
    // An agent that loses the rights of its own role before it has got those of another could never bind that other one.
    const bindings = objects.filter(({ manifest: { kind, metadata: { name } } }) => kind === 'ClusterRoleBinding' && name.split(':').length > 2);
    for (const { object } of objects.filter(({ manifest }) => manifest.kind === 'ClusterRole')) {
      object.node.addDependency(...bindings.map(binding => binding.object));
    }
  }
}
