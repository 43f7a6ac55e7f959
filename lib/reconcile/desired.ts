import { applySetId, PART_OF_LABEL } from './applyset';
import { Place, stageOf } from './stages';
import type { DeliverySpec } from '../tree/documents';
import { formatIdentity, identityOf, Manifest, ObjectIdentity } from '../tree/manifest';
import { WAVE_ANNOTATION } from '../tree/names';

/** One object that a target wants. */
export interface DesiredObject extends Place {
  readonly id: ObjectIdentity;
  /** `formatIdentity(id)`. */
  readonly key: string;
  /** As committed, with the label of its set. */
  readonly manifest: Manifest;
  /** As it is in the file. */
  readonly committed: Manifest;
  /** Hash of the committed file. */
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
export function desiredObject(file: { readonly path: string; readonly blob: string; readonly manifest: Manifest }, setId: string): DesiredObject {
  const id = identityOf(file.manifest);
  const metadata = file.manifest.metadata;
  return {
    id,
    key: formatIdentity(id),
    committed: file.manifest,
    manifest: { ...file.manifest, metadata: { ...metadata, labels: { ...metadata.labels, [PART_OF_LABEL]: setId } } },
    hash: file.blob.slice(0, HASH_LENGTH),
    file: file.path,
    stage: stageOf(id),
    wave: Number.parseInt(metadata.annotations?.[WAVE_ANNOTATION] ?? '0', 10) || 0,
  };
}

/** Whether the object is what the file with this content says. */
export function isOf(object: DesiredObject, blob: string): boolean {
  return object.hash === blob.slice(0, HASH_LENGTH);
}

/** A target as the reconciler needs it. */
export function desiredTarget(
  spec: DeliverySpec, revision: string, namespace: string,
  files: readonly { readonly path: string; readonly blob: string; readonly manifest: Manifest }[],
): DesiredTarget {
  const setId = applySetId(spec.application, namespace);
  return { application: spec.application, spec, revision, setId, objects: files.map(file => desiredObject(file, setId)) };
}
