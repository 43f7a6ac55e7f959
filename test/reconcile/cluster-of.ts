import { fingerprint, lookMark } from '../../lib/kube/fingerprint';
import type { ManagedFieldsEntry, PartialObject } from '../../lib/kube/metadata';
import { FIELD_MANAGER, PART_OF_LABEL } from '../../lib/reconcile/applyset';
import { DesiredCluster, desiredTarget, DesiredTarget } from '../../lib/reconcile/desired';
import { InventoryEntry } from '../../lib/reconcile/inventory';
import type { Observed } from '../../lib/reconcile/observe';
import type { DeliveryRecord } from '../../lib/reconcile/record';
import { see, SeenObject } from '../../lib/reconcile/seen';
import type { DeliverySpec } from '../../lib/tree/documents';
import { HeldManifest } from '../../lib/tree/held-manifest';
import { formatIdentity, identityOf, Manifest } from '../../lib/tree/manifest';

/** What a test says of the tree: applications and their objects, as `ConfigMap/a`. */
export type Tree = Readonly<Record<string, readonly string[]>>;

export const NAMESPACE = 'flotilla-system';

/** `ConfigMap/a`, `Deployment.apps/web`, with a version of its content behind a `@`: `ConfigMap/a@2`. */
export function manifestOf(text: string): { manifest: Manifest; version: string } {
  const [path, version = '1'] = text.split('@');
  const [groupKind, name] = path.split('/');
  const [kind, ...group] = groupKind.split('.');
  const clusterScoped = ['Namespace', 'CustomResourceDefinition', 'ClusterRole'].includes(kind);
  return {
    version,
    manifest: {
      apiVersion: group.length > 0 ? `${group.join('.')}/v1` : 'v1', kind,
      metadata: { name, ...(clusterScoped ? {} : { namespace: 'shop' }) },
    },
  };
}

export function targetOf(application: string, objects: readonly string[], spec: Partial<DeliverySpec> = {}): DesiredTarget {
  const files = objects.map(text => {
    const { manifest, version } = manifestOf(text);
    return { path: `clusters/c/${application}/${text}`, blob: `hash-${version}-of-file`, manifest: new HeldManifest(manifest) };
  });
  const full = { fleet: 'shop', cluster: 'c', application, namespace: 'shop', ...spec };
  return desiredTarget(full, `tree-${application}-${objects.join()}`, NAMESPACE, files);
}

export function desiredOf(tree: Tree, more: Partial<DesiredCluster> & { specs?: Record<string, Partial<DeliverySpec>> } = {}): DesiredCluster {
  const { specs, ...rest } = more;
  return {
    fleet: 'shop', cluster: 'c', clusters: ['c'], namespace: NAMESPACE, commit: 'c0ffee', unreadable: [], approvals: new Map(),
    targets: Object.entries(tree).map(([application, objects]) => targetOf(application, objects, specs?.[application])),
    ...rest,
  };
}

/** A live object as an apply of ours leaves it. */
export function liveOf(setId: string, text: string, more: Partial<PartialObject['metadata']> = {}): PartialObject {
  const { manifest } = manifestOf(text);
  const ours: ManagedFieldsEntry = {
    manager: FIELD_MANAGER, operation: 'Apply', apiVersion: manifest.apiVersion, time: '2026-01-01T00:00:00Z', fieldsType: 'FieldsV1',
    fieldsV1: { 'f:data': {} },
  };
  return {
    apiVersion: manifest.apiVersion, kind: manifest.kind,
    metadata: {
      ...manifest.metadata, uid: `uid-${text.split('@')[0]}`, resourceVersion: '1', labels: { [PART_OF_LABEL]: setId }, managedFields: [ours], ...more,
    } as PartialObject['metadata'],
  };
}

/** What an observation keeps of objects. */
export function seenOf(live: ReadonlyMap<string, PartialObject>): Map<string, SeenObject> {
  return new Map([...live].map(([key, object]) => [key, see(object.metadata)]));
}

/** A cluster to which the tree was applied, and what an apply remembers of it. */
export function appliedOf(tree: Tree, change: (live: Map<string, PartialObject>) => void = () => undefined): Observed {
  const live = new Map<string, PartialObject>();
  const records = new Map<string, DeliveryRecord>();
  for (const [application, objects] of Object.entries(tree)) {
    const target = targetOf(application, objects);
    const inventory: InventoryEntry[] = objects.map((text, i) => {
      const object = liveOf(target.setId, text);
      const id = identityOf(manifestOf(text).manifest);
      live.set(formatIdentity(id), object);
      return {
        id, uid: object.metadata.uid, hash: target.objects[i].hash,
        fingerprint: fingerprint(object.metadata, FIELD_MANAGER), look: lookMark(object.metadata, FIELD_MANAGER),
      };
    });
    records.set(application, {
      application, spec: target.spec, inventory, kinds: inventory.map(entry => entry.id),
      status: { revision: target.revision, observedRevision: target.revision },
    });
  }
  change(live);
  return { records, live: seenOf(live), unknown: new Set() };
}
