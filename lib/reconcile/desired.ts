import { applySetId, PART_OF_LABEL } from './applyset';
import { hashWith, ignoredFields, IgnoreSources } from './ignored';
import { Place, stageOf } from './stages';
import type { FieldPath } from '../rules/field-path';
import { giveUp } from '../rules/give-up';
import type { DeliverySpec } from '../tree/documents';
import { formatIdentity, identityOf, Manifest, ObjectIdentity } from '../tree/manifest';
import { WAVE_ANNOTATION } from '../tree/names';

/** One object that a target wants. */
export interface DesiredObject extends Place {
  readonly id: ObjectIdentity;
  /** `formatIdentity(id)`. */
  readonly key: string;
  /** As committed, with the label of its set, and without the fields that are given up. */
  readonly manifest: Manifest;
  /** As it is in the file. */
  readonly committed: Manifest;
  /** Git's id of the file. */
  readonly blob: string;
  /** Absent when no fields are given up: those that are, and the manifest with them, as the object is created. */
  readonly givingUp?: { readonly ignored: readonly FieldPath[]; readonly initial: Manifest };
  /** Hash of the committed file, and of what is given up of it. */
  readonly hash: string;
  /** Path of the committed file. */
  readonly file: string;
}

/** One application that a cluster wants. */
export interface DesiredTarget {
  readonly application: string;
  readonly spec: DeliverySpec;
  /** Id of the target's tree. */
  readonly revision: string;
  readonly setId: string;
  readonly objects: readonly DesiredObject[];
}

/** Everything that a cluster wants, from one commit. */
export interface DesiredCluster {
  readonly fleet: string;
  readonly cluster: string;
  /** Names of all clusters of the fleet. */
  readonly clusters: readonly string[];
  /** Namespace of the Deliveries. */
  readonly namespace: string;
  readonly commit?: string;
  readonly targets: readonly DesiredTarget[];
  /** Applications that the tree holds but that could not be read: nothing of theirs is touched. */
  readonly unreadable: readonly string[];
  /** Deletions that were approved in Git: `application` to the digests of their lists. */
  readonly approvals: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Length of the hash of a file: 48 bits tell the versions of one file apart. */
const HASH_LENGTH = 12;

/** What the tree says of an object, as the reconciler needs it. */
export function desiredObject(
  file: { readonly path: string; readonly blob: string; readonly manifest: Manifest }, setId: string, sources: IgnoreSources = {},
): DesiredObject {
  const id = identityOf(file.manifest);
  const metadata = file.manifest.metadata;
  const initial: Manifest = { ...file.manifest, metadata: { ...metadata, labels: { ...metadata.labels, [PART_OF_LABEL]: setId } } };
  const ignored = ignoredFields(file.manifest, sources);
  return {
    id,
    key: formatIdentity(id),
    committed: file.manifest,
    blob: file.blob,
    manifest: giveUp(initial, ignored),
    ...(ignored.length > 0 ? { givingUp: { ignored, initial } } : {}),
    hash: hashWith(file.blob.slice(0, HASH_LENGTH), ignored),
    file: file.path,
    stage: stageOf(id),
    wave: Number.parseInt(metadata.annotations?.[WAVE_ANNOTATION] ?? '0', 10) || 0,
  };
}

/** A target as the reconciler needs it. */
export function desiredTarget(
  spec: DeliverySpec, revision: string, namespace: string,
  files: readonly { readonly path: string; readonly blob: string; readonly manifest: Manifest }[], autoscaled?: ReadonlySet<string>,
): DesiredTarget {
  const setId = applySetId(spec.application, namespace);
  const sources: IgnoreSources = { rules: spec.ignore, autoscaled };
  return { application: spec.application, spec, revision, setId, objects: files.map(file => desiredObject(file, setId, sources)) };
}
