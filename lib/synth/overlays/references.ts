import { podSpecsIn } from './pod-templates';
import { walk } from './walk';
import { isMap } from '../../model/values';
import { formatGroupKind, groupOf, Manifest } from '../../tree/manifest';

/** A place in an object that names another. */
export interface Reference {
  /** What holds the name, and is changed in place. */
  readonly holder: Record<string, unknown> | unknown[];
  readonly key: string | number;
  /** What may be meant, as `Kind.group`; the first that there is. */
  readonly kinds: readonly string[];
  /** Whether the holder may also name a namespace, in `namespace`. Otherwise the object means its own. */
  readonly withNamespace?: boolean;
}

/** `[path to the holder, key in it, kind]`; the list of kustomize (`nameReference`), and what it has forgotten. */
type Path = readonly [path: string, key: string, kind: string];

const CONTAINERS = ['containers[]', 'initContainers[]', 'ephemeralContainers[]'];

/** In the spec of a pod. */
const IN_PODS: readonly Path[] = [
  ...CONTAINERS.flatMap((containers): Path[] => [
    [`${containers}.env[].valueFrom.configMapKeyRef`, 'name', 'ConfigMap'], [`${containers}.env[].valueFrom.secretKeyRef`, 'name', 'Secret'],
    [`${containers}.envFrom[].configMapRef`, 'name', 'ConfigMap'], [`${containers}.envFrom[].secretRef`, 'name', 'Secret'],
  ]),
  ['volumes[].configMap', 'name', 'ConfigMap'],
  ['volumes[].secret', 'secretName', 'Secret'],
  ['volumes[].projected.sources[].configMap', 'name', 'ConfigMap'],
  ['volumes[].projected.sources[].secret', 'name', 'Secret'],
  ['volumes[].persistentVolumeClaim', 'claimName', 'PersistentVolumeClaim'],
  ['volumes[].csi.nodePublishSecretRef', 'name', 'Secret'],
  ['volumes[].ephemeral.volumeClaimTemplate.spec', 'storageClassName', 'StorageClass.storage.k8s.io'],
  ['imagePullSecrets[]', 'name', 'Secret'],
  ['', 'serviceAccountName', 'ServiceAccount'],
  ['', 'serviceAccount', 'ServiceAccount'],
  ['', 'priorityClassName', 'PriorityClass.scheduling.k8s.io'],
  ['', 'runtimeClassName', 'RuntimeClass.node.k8s.io'],
];

/** In objects, by their kind. */
const IN_KINDS: Readonly<Record<string, readonly Path[]>> = {
  'Ingress.networking.k8s.io': [
    ['spec.rules[].http.paths[].backend.service', 'name', 'Service'], ['spec.defaultBackend.service', 'name', 'Service'],
    ['spec.rules[].http.paths[].backend', 'serviceName', 'Service'], ['spec.backend', 'serviceName', 'Service'],
    ['spec.tls[]', 'secretName', 'Secret'], ['spec', 'ingressClassName', 'IngressClass.networking.k8s.io'],
    ['metadata.annotations', 'ingress.kubernetes.io/auth-secret', 'Secret'],
    ['metadata.annotations', 'nginx.ingress.kubernetes.io/auth-secret', 'Secret'],
    ['metadata.annotations', 'nginx.ingress.kubernetes.io/auth-tls-secret', 'Secret'],
    ['metadata.annotations', 'nginx.ingress.kubernetes.io/fastcgi-params-configmap', 'ConfigMap'],
  ],
  'StatefulSet.apps': [['spec', 'serviceName', 'Service'], ['spec.volumeClaimTemplates[].spec', 'storageClassName', 'StorageClass.storage.k8s.io']],
  'ServiceAccount': [['imagePullSecrets[]', 'name', 'Secret'], ['secrets[]', 'name', 'Secret']],
  'PersistentVolume': [['spec', 'storageClassName', 'StorageClass.storage.k8s.io'], ['spec.azureFile', 'secretName', 'Secret']],
  'PersistentVolumeClaim': [
    ['spec', 'storageClassName', 'StorageClass.storage.k8s.io'], ['spec', 'volumeName', 'PersistentVolume'],
    ['spec', 'volumeAttributesClassName', 'VolumeAttributesClass.storage.k8s.io'],
  ],
  'StorageClass.storage.k8s.io': [
    ['parameters', 'secretName', 'Secret'], ['parameters', 'adminSecretName', 'Secret'], ['parameters', 'userSecretName', 'Secret'], ['parameters', 'secretRef', 'Secret'],
  ],
  'ValidatingAdmissionPolicyBinding.admissionregistration.k8s.io': [['spec', 'policyName', 'ValidatingAdmissionPolicy.admissionregistration.k8s.io']],
  'MutatingAdmissionPolicyBinding.admissionregistration.k8s.io': [['spec', 'policyName', 'MutatingAdmissionPolicy.admissionregistration.k8s.io']],
};

/** In objects, by their kind, where the namespace stands beside the name. */
const WITH_NAMESPACE: Readonly<Record<string, readonly Path[]>> = {
  'APIService.apiregistration.k8s.io': [['spec.service', 'name', 'Service']],
  'ValidatingWebhookConfiguration.admissionregistration.k8s.io': [['webhooks[].clientConfig.service', 'name', 'Service']],
  'MutatingWebhookConfiguration.admissionregistration.k8s.io': [['webhooks[].clientConfig.service', 'name', 'Service']],
  'CustomResourceDefinition.apiextensions.k8s.io': [['spec.conversion.webhook.clientConfig.service', 'name', 'Service']],
  'PersistentVolume': [['spec.claimRef', 'name', 'PersistentVolumeClaim']],
};

/** Plurals of what a rule of a role may name. */
const RESOURCES: Readonly<Record<string, string>> = {
  configmaps: 'ConfigMap', secrets: 'Secret', services: 'Service', serviceaccounts: 'ServiceAccount', persistentvolumeclaims: 'PersistentVolumeClaim',
  persistentvolumes: 'PersistentVolume', deployments: 'Deployment.apps', statefulsets: 'StatefulSet.apps', daemonsets: 'DaemonSet.apps',
};

/** All places in an object that name others. */
export function referencesIn(manifest: Manifest): Reference[] {
  const kind = formatGroupKind({ group: groupOf(String(manifest.apiVersion)), kind: manifest.kind });
  return [
    ...podSpecsIn(manifest).flatMap(spec => IN_PODS.flatMap(path => at(spec, path))),
    ...(Object.hasOwn(IN_KINDS, kind) ? IN_KINDS[kind] : []).flatMap(path => at(manifest, path)),
    ...(Object.hasOwn(WITH_NAMESPACE, kind) ? WITH_NAMESPACE[kind] : []).flatMap(path => at(manifest, path))
      .map(reference => ({ ...reference, withNamespace: true })),
    ...kind === 'HorizontalPodAutoscaler.autoscaling' ? walk(manifest, 'spec.scaleTargetRef').flatMap(typed) : [],
    .../^(Cluster)?RoleBinding\.rbac/.test(kind) ? [...walk(manifest, 'roleRef').flatMap(roleOf), ...walk(manifest, 'subjects[]').flatMap(accountOf)] : [],
    .../^(Cluster)?Role\.rbac/.test(kind) ? walk(manifest, 'rules[]').flatMap(resourcesOf) : [],
  ];
}

function at(value: unknown, [path, key, kind]: Path): Reference[] {
  return walk(value, path).filter(isMap).filter(holder => typeof holder[key] === 'string').map(holder => ({ holder, key, kinds: [kind] }));
}

/** A holder that says the version and the kind. */
function typed(holder: unknown): Reference[] {
  return isMap(holder) && typeof holder.name === 'string'
    ? [{ holder, key: 'name', kinds: [formatGroupKind({ group: groupOf(String(holder.apiVersion ?? '')), kind: String(holder.kind) })] }] : [];
}

function roleOf(holder: unknown): Reference[] {
  return isMap(holder) && typeof holder.name === 'string' ? [{ holder, key: 'name', kinds: [`${String(holder.kind)}.rbac.authorization.k8s.io`] }] : [];
}

function accountOf(holder: unknown): Reference[] {
  return isMap(holder) && holder.kind === 'ServiceAccount' ? [{ holder, key: 'name', kinds: ['ServiceAccount'], withNamespace: true }] : [];
}

function resourcesOf(rule: unknown): Reference[] {
  if (!isMap(rule) || !Array.isArray(rule.resourceNames) || !Array.isArray(rule.resources)) {
    return [];
  }
  const holder: unknown[] = rule.resourceNames;
  const kinds = rule.resources.flatMap(resource => RESOURCES[String(resource)] ?? []);
  return kinds.length === 0 ? [] : holder.map((_, key) => ({ holder, key, kinds }));
}
