import { forbidden } from './forbidden';
import { containersOf, maps, tryNewPod } from './pod-of';
import type { AdmissionRequest, ClusterApi } from '../api';
import type { Json, JsonMap, StoredObject } from '../json';
import { randomLetters } from '../name-letters';

const VOLUME = 'kube-api-access-';
const MOUNT_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';

/** A new Pod runs as a ServiceAccount that exists, has its image pull secrets where it has none, and its token mounted unless one of the two says no. */
export function giveServiceAccount(request: AdmissionRequest, api: ClusterApi): void {
  const pod = tryNewPod(request);
  if (!pod || (pod.metadata.annotations as JsonMap | undefined)?.['kubernetes.io/config.mirror'] !== undefined) return;
  const { spec } = pod;
  const { namespace = '', resource, name } = request;
  const wanted = String(spec.serviceAccountName || 'default');
  spec.serviceAccountName = spec.serviceAccount = wanted;
  const account = api.tryFind('serviceaccounts', { namespace, name: wanted });
  if (!account) {
    throw forbidden(resource, name, `error looking up service account ${namespace}/${wanted}: serviceaccount ${JSON.stringify(wanted)} not found`);
  }
  if (spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true) mountToken(spec);
  takeSecrets(spec, account);
}

function takeSecrets(spec: JsonMap, { imagePullSecrets }: StoredObject): void {
  if (maps(spec.imagePullSecrets).length > 0 || maps(imagePullSecrets).length === 0) return;
  spec.imagePullSecrets = maps(imagePullSecrets).map(({ name }) => ({ name }));
}

function mountToken(spec: JsonMap): void {
  const given = maps(spec.volumes).find(volume => String(volume.name).startsWith(VOLUME));
  const name = given ? given.name : VOLUME + randomLetters(5);
  const without = containersOf(spec).filter(container => !maps(container.volumeMounts).some(mount => mount.mountPath === MOUNT_PATH));
  for (const container of without) container.volumeMounts = [...maps(container.volumeMounts), { name, readOnly: true, mountPath: MOUNT_PATH }];
  if (given || without.length === 0) return;
  const sources: Json[] = [
    { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
    { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
    { downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] } },
  ];
  spec.volumes = [...maps(spec.volumes), { name, projected: { sources, defaultMode: 0o644 } }];
}
