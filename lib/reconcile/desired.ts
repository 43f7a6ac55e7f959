import { applySetId, PART_OF_LABEL } from './applyset';
import { hashWith, ignoredFields, IgnoreSources } from './ignored';
import { Place, stageOf } from './stages';
import type { FieldPath } from '../rules/field-path';
import { giveUp } from '../rules/give-up';
import type { DeliverySpec } from '../tree/documents';
import type { HeldManifest } from '../tree/held-manifest';
import { formatIdentity, Manifest, ObjectIdentity } from '../tree/manifest';
import { WAVE_ANNOTATION } from '../tree/names';

/** A file of an application's folder. */
export interface CommittedFile {
  readonly path: string;
  /** Git's id of the file. */
  readonly blob: string;
  readonly manifest: HeldManifest;
}

/** One object that a target wants. */
export class DesiredObject implements Place {
  public readonly id: ObjectIdentity;
  /** `formatIdentity(id)`. */
  public readonly key: string;
  /** As it is in the file. */
  public readonly committed: HeldManifest;
  /** Git's id of the file. */
  public readonly blob: string;
  /** Fields that are given up. */
  public readonly ignored: readonly FieldPath[];
  /** Hash of the committed file, and of what is given up of it. */
  public readonly hash: string;
  /** Path of the committed file. */
  public readonly file: string;
  public readonly stage: Place['stage'];
  public readonly wave: number;

  constructor({ path, blob, manifest }: CommittedFile, private readonly setId: string, sources: IgnoreSources = {}) {
    this.id = manifest.id;
    this.key = formatIdentity(manifest.id);
    this.committed = manifest;
    this.blob = blob;
    this.ignored = ignoredFields(manifest, sources);
    this.hash = hashWith(blob.slice(0, HASH_LENGTH), this.ignored);
    this.file = path;
    this.stage = stageOf(manifest.id);
    this.wave = Number.parseInt(manifest.annotations?.[WAVE_ANNOTATION] ?? '0', 10) || 0;
  }

  /** Those of the file, with that of its set. */
  public get labels(): Readonly<Record<string, string>> {
    return { ...this.committed.labels, [PART_OF_LABEL]: this.setId };
  }

  /** As it is created: with the label of its set. A new one each time. */
  public asCreated(): Manifest {
    const manifest = this.committed.open();
    manifest.metadata.labels = this.labels;
    return manifest;
  }

  /** As it is applied: without the fields that are given up. A new one each time. */
  public asApplied(): Manifest {
    return giveUp(this.asCreated(), this.ignored);
  }
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

/** A target as the reconciler needs it. */
export function desiredTarget(
  spec: DeliverySpec, revision: string, namespace: string, files: readonly CommittedFile[], autoscaled?: ReadonlySet<string>,
): DesiredTarget {
  const setId = applySetId(spec.application, namespace);
  const sources: IgnoreSources = { rules: spec.ignore, autoscaled };
  return { application: spec.application, spec, revision, setId, objects: files.map(file => new DesiredObject(file, setId, sources)) };
}
