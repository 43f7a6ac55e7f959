import { podReferences } from './pod-references';
import { podTemplateOf } from './pod-template';
import { items, nameOf, Reference } from './reference';
import { isMap, type Json } from '../../schema/json';
import { groupOf, Manifest } from '../../tree/manifest';

type Reader = (manifest: Manifest) => Reference[];

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['Ingress.networking.k8s.io', ingressReferences],
  ['HorizontalPodAutoscaler.autoscaling', scaleReferences],
  ['RoleBinding.rbac.authorization.k8s.io', bindingReferences],
  ['ClusterRoleBinding.rbac.authorization.k8s.io', bindingReferences],
  ['ValidatingWebhookConfiguration.admissionregistration.k8s.io', webhookReferences],
  ['MutatingWebhookConfiguration.admissionregistration.k8s.io', webhookReferences],
  ['APIService.apiregistration.k8s.io', ({ spec }) => (isMap(spec) ? serviceReference(spec.service, 'spec.service') : [])],
  ['ServiceAccount', ({ metadata, imagePullSecrets }) => items(imagePullSecrets).flatMap(([secret, i]) => (
    nameOf(secret.name, { groupKind: 'Secret', namespace: metadata.namespace, path: `imagePullSecrets[${i}].name` })
  ))],
]);

/** All objects that an object names and cannot do without. */
export function referencesOf(manifest: Manifest): Reference[] {
  const template = podTemplateOf(manifest);
  if (template) {
    return podReferences(manifest, template);
  }
  const group = groupOf(manifest.apiVersion);
  return READERS.get(group ? `${manifest.kind}.${group}` : manifest.kind)?.(manifest) ?? [];
}

function ingressReferences({ metadata: { namespace, annotations }, spec }: Manifest): Reference[] {
  if (!isMap(spec)) {
    return [];
  }
  const backend = (value: Json | undefined, path: string): Reference[] => {
    const service = isMap(value) ? value.service : undefined;
    if (!isMap(service)) {
      return [];
    }
    const port = isMap(service.port) ? service.port.name ?? service.port.number : undefined;
    return nameOf(service.name, { groupKind: 'Service', namespace, path: `${path}.service.name`, ...isPart(port) ? { part: port } : {} });
  };
  // cert-manager's ingress-shim makes the Secrets that such an Ingress names.
  const isIssued = Object.keys(annotations ?? {}).some(key => key.startsWith('cert-manager.io/') || key === 'kubernetes.io/tls-acme' || key.startsWith('certmanager.k8s.io/'));
  return [
    ...backend(spec.defaultBackend, 'spec.defaultBackend'),
    ...items(spec.rules).flatMap(([rule, i]) => items(isMap(rule.http) ? rule.http.paths : undefined).flatMap(([path, j]) => (
      backend(path.backend, `spec.rules[${i}].http.paths[${j}].backend`)
    ))),
    ...isIssued ? [] : items(spec.tls).flatMap(([tls, i]) => nameOf(tls.secretName, { groupKind: 'Secret', namespace, path: `spec.tls[${i}].secretName` })),
  ];
}

const SCALABLE = new Set(['Deployment.apps', 'StatefulSet.apps', 'ReplicaSet.apps', 'ReplicationController']);

function scaleReferences({ metadata: { namespace }, spec }: Manifest): Reference[] {
  const ref = isMap(spec) && isMap(spec.scaleTargetRef) ? spec.scaleTargetRef : {};
  const group = groupOf(String(ref.apiVersion ?? ''));
  const groupKind = group ? `${String(ref.kind)}.${group}` : String(ref.kind);
  // Of custom kinds nobody knows whether it is they that are scaled, or what an operator makes of them.
  return SCALABLE.has(groupKind) ? nameOf(ref.name, { groupKind, namespace, path: 'spec.scaleTargetRef.name' }) : [];
}

/** ClusterRoles that every cluster has. */
const EVERYWHERE = /^(cluster-admin|admin|edit|view|system:.*)$/;

function bindingReferences({ metadata, roleRef, subjects }: Manifest): Reference[] {
  const role = isMap(roleRef) && (roleRef.kind === 'Role' || !EVERYWHERE.test(String(roleRef.name)))
    ? nameOf(roleRef.name, {
      groupKind: `${String(roleRef.kind)}.rbac.authorization.k8s.io`, path: 'roleRef.name', ...roleRef.kind === 'Role' ? { namespace: metadata.namespace } : {},
    }) : [];
  return [...role, ...items(subjects).filter(([subject]) => subject.kind === 'ServiceAccount').flatMap(([subject, i]) => (
    nameOf(subject.name, { groupKind: 'ServiceAccount', namespace: String(subject.namespace ?? metadata.namespace), path: `subjects[${i}].name`, foreign: true })
  ))];
}

function webhookReferences({ webhooks }: Manifest): Reference[] {
  return items(webhooks).flatMap(([webhook, i]) => (isMap(webhook.clientConfig) ? serviceReference(webhook.clientConfig.service, `webhooks[${i}].clientConfig.service`) : []));
}

function serviceReference(service: Json | undefined, path: string): Reference[] {
  return isMap(service) ? nameOf(service.name, { groupKind: 'Service', namespace: String(service.namespace), path: `${path}.name`, foreign: true }) : [];
}

function isPart(value: Json | undefined): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}
