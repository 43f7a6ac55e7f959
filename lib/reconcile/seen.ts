import { FIELD_MANAGER } from './applyset';
import { fingerprint, lookMark, ownedFields } from '../kube/fingerprint';
import type { ManagedFieldsEntry, ObjectMetadata } from '../kube/metadata';

/** How ready an object was when it was seen. */
export interface SeenState {
  readonly ready: boolean;
  /** It will not become ready without a change. */
  readonly failed: boolean;
  readonly message?: string;
}

/** What is kept of an object in a cluster: all that a plan needs, and no more, since an agent keeps it of every object of ours. */
export interface SeenObject {
  readonly uid: string;
  readonly resourceVersion: string;
  /** Absent for kinds that do not count their generations. */
  readonly generation?: number;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** See `kube/fingerprint`. */
  readonly fingerprint: string;
  /** See `lookMark` in `kube/fingerprint`. */
  readonly look: string;
  /** Our field manager applied it. */
  readonly applied: boolean;
  /** The other field manager that wrote last, its status aside. */
  readonly writer?: string;
  /** Absent where only the metadata were read. */
  readonly state?: SeenState;
}

/** Of every object of somebody who uses `kubectl apply`, and as long as the object itself. */
const LONG_ANNOTATION = 'kubectl.kubernetes.io/last-applied-configuration';

/** Takes from the metadata what is kept. */
export function see(metadata: ObjectMetadata, state?: SeenState): SeenObject {
  const seen = {
    uid: metadata.uid,
    resourceVersion: metadata.resourceVersion,
    generation: metadata.generation,
    deletionTimestamp: metadata.deletionTimestamp,
    labels: interned(metadata.labels),
    annotations: withoutLong(metadata.annotations),
    fingerprint: fingerprint(metadata, FIELD_MANAGER),
    look: lookMark(metadata, FIELD_MANAGER),
    applied: ownedFields(metadata, FIELD_MANAGER) !== undefined,
    writer: lastWriter(metadata.managedFields ?? []),
  };
  return state ? { ...seen, state } : seen;
}

function withoutLong(annotations: SeenObject['annotations']): SeenObject['annotations'] {
  if (annotations?.[LONG_ANNOTATION] === undefined) {
    return annotations;
  }
  const { [LONG_ANNOTATION]: _long, ...rest } = annotations;
  return rest;
}

/** Ten thousand objects mostly have the same few labels: one object stands for all that are equal. */
const known = new Map<string, Readonly<Record<string, string>>>();
const KNOWN_MAX = 2_000;

function interned(labels: SeenObject['labels']): SeenObject['labels'] {
  if (!labels) {
    return labels;
  }
  const text = JSON.stringify(labels);
  const same = known.get(text);
  if (same) {
    return same;
  }
  if (known.size < KNOWN_MAX) {
    known.set(text, labels);
  }
  return labels;
}

/** The manager of the newest entry that is not our own apply. */
function lastWriter(entries: readonly ManagedFieldsEntry[]): string | undefined {
  let last: ManagedFieldsEntry | undefined;
  for (const entry of entries) {
    const ours = entry.manager === FIELD_MANAGER && entry.operation === 'Apply';
    if (!ours && entry.subresource !== 'status' && (!last || (entry.time ?? '') >= (last.time ?? ''))) {
      last = entry;
    }
  }
  return last?.manager;
}
