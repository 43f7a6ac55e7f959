import type { Cluster } from './cluster';
import type { Controller } from './controller';
import { removeFinalizer } from './garbage-collector';
import { isFinished, type Kubernetes, type Pod } from './objects';
import { ownKey } from './replica-set';
import { claimsOf } from './scheduler';

interface ClaimSpec {
  accessModes?: string[];
  resources?: { requests?: Record<string, string> };
  storageClassName?: string;
  volumeMode?: string;
  volumeName?: string;
}

interface ClaimStatus {
  phase?: string;
  accessModes?: string[];
  capacity?: Record<string, string>;
}

type Claim = Kubernetes<ClaimSpec, ClaimStatus>;

interface VolumeSpec {
  claimRef?: { namespace?: string; name?: string; uid?: string };
  persistentVolumeReclaimPolicy?: string;
}

type Volume = Kubernetes<VolumeSpec, { phase?: string }>;

const CLAIMS = 'persistentvolumeclaims';
const VOLUMES = 'persistentvolumes';
const CLAIM_PROTECTION = 'kubernetes.io/pvc-protection';
const VOLUME_PROTECTION = 'kubernetes.io/pv-protection';

/** Binds each claim to a volume made for it, whatever its storage class, and keeps it while a pod uses it. A claim that names a volume gets that one. */
export const claims: Controller = {
  name: 'claim',
  on: {
    [CLAIMS]: ownKey,
    pods: ({ type, object }) => {
      const pod = object as unknown as Pod;
      return type === 'DELETED' || isFinished(pod) ? claimsOf(pod).map(name => `${pod.metadata.namespace}/${name}`) : [];
    },
    // A claim may wait for the volume that it names.
    [VOLUMES]: ({ object }) => {
      const { claimRef } = (object as unknown as Volume).spec;
      return claimRef?.name === undefined ? [] : [`${claimRef.namespace}/${claimRef.name}`];
    },
  },

  reconcile(cluster, key) {
    const claim = cluster.findKey<Claim>(CLAIMS, key);
    if (!claim) return;
    if (claim.metadata.deletionTimestamp !== undefined) release(cluster, claim);
    else if (claim.status?.phase !== 'Bound') bind(cluster, claim);
  },
};

function bind(cluster: Cluster, claim: Claim): void {
  const { metadata, spec } = claim;
  const wanted = spec.volumeName ?? `pvc-${metadata.uid}`;
  const found = cluster.find<Volume>(VOLUMES, undefined, wanted);
  if (spec.volumeName !== undefined && !found) return;
  const volume = found ?? createVolume(cluster, claim, wanted);
  cluster.updateStatus(VOLUMES, volume, { ...volume.status, phase: 'Bound' });
  const annotations = { ...metadata.annotations, 'pv.kubernetes.io/bind-completed': 'yes', 'pv.kubernetes.io/bound-by-controller': 'yes' };
  const bound = spec.volumeName === undefined
    ? cluster.update<Claim>(CLAIMS, { ...claim, metadata: { ...metadata, annotations }, spec: { ...spec, volumeName: wanted } }) : claim;
  cluster.updateStatus(CLAIMS, bound, { ...bound.status, phase: 'Bound', accessModes: spec.accessModes, capacity: { storage: sizeOf(claim) } });
}

function createVolume(cluster: Cluster, claim: Claim, name: string): Volume {
  const { metadata, spec } = claim;
  return cluster.create<Volume>(VOLUMES, {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name, annotations: { 'pv.kubernetes.io/provisioned-by': 'sandbox' }, finalizers: [VOLUME_PROTECTION] },
    spec: {
      accessModes: spec.accessModes ?? ['ReadWriteOnce'],
      capacity: { storage: sizeOf(claim) },
      claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace: metadata.namespace!, name: metadata.name, uid: metadata.uid },
      hostPath: { path: `/var/lib/sandbox/${name}`, type: '' },
      persistentVolumeReclaimPolicy: 'Delete',
      ...spec.storageClassName ? { storageClassName: spec.storageClassName } : {},
      volumeMode: spec.volumeMode ?? 'Filesystem',
    },
  });
}

function sizeOf({ spec }: Claim): string {
  return spec.resources?.requests?.storage ?? '1Gi';
}

/** Lets a claim go when no pod uses it, and its volume with it where that was made for it. */
function release(cluster: Cluster, claim: Claim): void {
  const { namespace, name } = claim.metadata;
  const inUse = cluster.list<Pod>('pods', namespace).some(pod => !isFinished(pod) && claimsOf(pod).includes(name));
  if (inUse || !claim.metadata.finalizers?.includes(CLAIM_PROTECTION)) return;
  removeFinalizer(cluster, CLAIMS, claim, CLAIM_PROTECTION);
}

/** Removes or releases the volume of a claim that is gone. */
export const volumes: Controller = {
  name: 'volume',
  on: {
    [CLAIMS]: ({ type, object }) => {
      const { spec } = object as unknown as Claim;
      return type === 'DELETED' && spec.volumeName !== undefined ? [spec.volumeName] : [];
    },
    [VOLUMES]: ownKey,
  },

  reconcile(cluster, name) {
    const volume = cluster.find<Volume>(VOLUMES, undefined, name);
    const reference = volume?.spec.claimRef;
    if (!volume || reference?.uid === undefined) return;
    const claim = cluster.find<Claim>(CLAIMS, reference.namespace, reference.name ?? '');
    if (claim?.metadata.uid === reference.uid) return;
    if (volume.spec.persistentVolumeReclaimPolicy !== 'Delete') {
      cluster.updateStatus(VOLUMES, volume, { ...volume.status, phase: 'Released' });
      return;
    }
    if (volume.metadata.deletionTimestamp === undefined) cluster.delete(VOLUMES, volume.metadata);
    const latest = cluster.find<Volume>(VOLUMES, undefined, name);
    if (latest) removeFinalizer(cluster, VOLUMES, latest, VOLUME_PROTECTION);
  },
};
