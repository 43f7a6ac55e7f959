import { ID_LABEL, KINDS_ANNOTATION, NAMESPACES_ANNOTATION, TOOLING, TOOLING_ANNOTATION } from './applyset';
import { formatEntry, InventoryEntry, parseEntry } from './inventory';
import type { DeliverySpec } from '../tree/documents';
import { formatGroupKind, ManifestMetadata } from '../tree/manifest';
import { API_VERSION, GROUP } from '../tree/names';

/** A condition as every Kubernetes tool reads it. */
export interface Condition {
  readonly type: 'Ready' | 'Reconciling' | 'Stalled' | 'Degraded' | 'PruneHeld' | 'Fighting';
  readonly status: 'True' | 'False' | 'Unknown';
  /** CamelCase word. */
  readonly reason: string;
  readonly message: string;
  /** RFC 3339; when `status` last changed. */
  readonly lastTransitionTime: string;
}

/** Why one object is not as the tree wants it. */
export interface ObjectFailure {
  /** `Deployment.apps/shop/web` */
  readonly object: string;
  /** `FLT5102` */
  readonly code: string;
  readonly message: string;
  /** When this failure of this object was first met, RFC 3339; absent in records of older versions. */
  readonly since?: string;
}

/** An object that another writer keeps changing back: it is put right ever more seldom. */
export interface Fight {
  /** `Deployment.apps/shop/web` */
  readonly object: string;
  /** Field manager; absent when the object is deleted again and again. */
  readonly writer?: string;
  /** RFC 3339 */
  readonly since: string;
}

/** A revision that was applied whole. */
export interface AppliedRevision {
  readonly revision: string;
  /** Absent when the tree came from a folder. */
  readonly commit?: string;
  /** RFC 3339 */
  readonly time: string;
}

/** `status` of a Delivery in a cluster. */
export interface DeliveryStatus {
  /** Id of the tree that was last applied whole. */
  readonly revision?: string;
  /** Id of the tree that was last tried. */
  readonly observedRevision?: string;
  /** The commit in which that tree was first seen. */
  readonly commit?: string;
  readonly conditions?: readonly Condition[];
  /** How many objects the inventory holds. */
  readonly objects?: number;
  readonly ready?: number;
  readonly lastAppliedTime?: string;
  readonly failures?: readonly ObjectFailure[];
  /** The last ten revisions that were applied whole, the newest first. */
  readonly history?: readonly AppliedRevision[];
  readonly fights?: readonly Fight[];
  /** Deletions that wait for an approval in Git. */
  readonly held?: { readonly digest: string; readonly objects: readonly string[] };
  /** One line an object: see `inventory.ts`. */
  readonly inventory?: readonly string[];
}

/** A Delivery in a cluster: mirror of the committed one, parent of the set of its objects, and what became of it. */
export interface DeliveryObject {
  readonly apiVersion: string;
  readonly kind: 'Delivery';
  readonly metadata: ManifestMetadata & { readonly uid?: string; readonly resourceVersion?: string };
  readonly spec: DeliverySpec;
  readonly status?: DeliveryStatus;
}

/** A Delivery as it was read from a cluster. */
export interface DeliveryRecord {
  readonly application: string;
  readonly spec: DeliverySpec;
  readonly status: DeliveryStatus;
  readonly uid?: string;
  /** Its `resourceVersion` when it was read. */
  readonly version?: string;
  readonly inventory: readonly InventoryEntry[];
  /** Groups and kinds that the set may hold. */
  readonly kinds: readonly { readonly group: string; readonly kind: string }[];
}

/** Reads a Delivery that a cluster returned. */
export function readRecord(object: DeliveryObject): DeliveryRecord {
  const status = object.status ?? {};
  const inventory = (status.inventory ?? []).map(parseEntry).filter(entry => entry !== undefined);
  const annotated = (object.metadata.annotations?.[KINDS_ANNOTATION] ?? '').split(',').filter(Boolean).map(parseGroupKind);
  return {
    application: object.metadata.name, spec: object.spec, status, uid: object.metadata.uid, version: object.metadata.resourceVersion, inventory,
    kinds: distinctKinds([...annotated, ...inventory.map(entry => entry.id)]),
  };
}

/** What to apply as the Delivery of a target. */
export function formatRecord(
  at: { readonly name: string; readonly namespace: string; readonly setId: string }, spec: DeliverySpec,
  status: Omit<DeliveryStatus, 'inventory' | 'objects'>, inventory: readonly InventoryEntry[],
): DeliveryObject {
  const ids = inventory.map(entry => entry.id);
  const namespaces = [...new Set(ids.map(id => id.namespace).filter(ns => ns !== undefined && ns !== at.namespace))].sort();
  return {
    apiVersion: API_VERSION,
    kind: 'Delivery',
    metadata: {
      name: at.name,
      namespace: at.namespace,
      labels: { [ID_LABEL]: at.setId, [`${GROUP}/fleet`]: spec.fleet },
      annotations: {
        [TOOLING_ANNOTATION]: TOOLING,
        [KINDS_ANNOTATION]: distinctKinds(ids).map(formatGroupKind).sort().join(','),
        ...(namespaces.length > 0 ? { [NAMESPACES_ANNOTATION]: namespaces.join(',') } : {}),
      },
    },
    spec,
    status: { ...status, objects: inventory.length, inventory: inventory.map(formatEntry).sort() },
  };
}

/** The condition, with the time of the former one when its status did not change. */
export function condition(
  former: readonly Condition[] | undefined, now: string, next: Omit<Condition, 'lastTransitionTime'>,
): Condition {
  const same = former?.find(c => c.type === next.type && c.status === next.status);
  return { ...next, lastTransitionTime: same?.lastTransitionTime ?? now };
}

/** Groups and kinds, each once. */
export function distinctKinds(ids: readonly { readonly group: string; readonly kind: string }[]): { group: string; kind: string }[] {
  const seen = new Map(ids.map(({ group, kind }) => [formatGroupKind({ group, kind }), { group, kind }]));
  return [...seen.values()];
}

function parseGroupKind(text: string): { group: string; kind: string } {
  const dot = text.indexOf('.');
  return dot < 0 ? { group: '', kind: text } : { group: text.slice(dot + 1), kind: text.slice(0, dot) };
}
