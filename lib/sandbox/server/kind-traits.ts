import type { ServedResource } from '../served-resource';
import { kindOf } from './catalog';

/** A PUT makes them where they are not there. */
const CREATED_BY_UPDATE = new Set([
  'runtimeclasses.node.k8s.io', 'rolebindings.rbac.authorization.k8s.io', 'clusterrolebindings.rbac.authorization.k8s.io', 'roles.rbac.authorization.k8s.io',
  'clusterroles.rbac.authorization.k8s.io', 'leases.coordination.k8s.io', 'limitranges', 'events', 'services', 'endpoints',
]);

/** A PUT has to name the resourceVersion; so for all custom resources. */
const CONDITIONAL = new Set([
  'certificatesigningrequests.certificates.k8s.io', 'clustertrustbundles.certificates.k8s.io', 'runtimeclasses.node.k8s.io', 'poddisruptionbudgets.policy',
  'csidrivers.storage.k8s.io', 'csistoragecapacities.storage.k8s.io', 'volumeattachments.storage.k8s.io', 'csinodes.storage.k8s.io', 'leases.coordination.k8s.io',
  'validatingadmissionpolicies.admissionregistration.k8s.io', 'mutatingadmissionpolicies.admissionregistration.k8s.io',
  'mutatingwebhookconfigurations.admissionregistration.k8s.io', 'validatingwebhookconfigurations.admissionregistration.k8s.io',
  'mutatingadmissionpolicybindings.admissionregistration.k8s.io', 'validatingadmissionpolicybindings.admissionregistration.k8s.io',
  'customresourcedefinitions.apiextensions.k8s.io', 'apiservices.apiregistration.k8s.io',
]);

/** A DELETE answers with the object; of the others with a Status. */
const RETURNED_WHEN_DELETED = new Set([
  'resourcequotas', 'persistentvolumes', 'serviceaccounts', 'persistentvolumeclaims', 'pods', 'services', 'podtemplates', 'csidrivers.storage.k8s.io',
  'storageclasses.storage.k8s.io', 'volumeattachments.storage.k8s.io', 'csinodes.storage.k8s.io', 'volumeattributesclasses.storage.k8s.io',
  'resourceclaimtemplates.resource.k8s.io', 'resourceslices.resource.k8s.io', 'resourceclaims.resource.k8s.io', 'deviceclasses.resource.k8s.io',
]);

export function isCreatedByUpdate(resource: ServedResource): boolean {
  return CREATED_BY_UPDATE.has(kindOf(resource));
}

export function needsResourceVersion(resource: ServedResource): boolean {
  return resource.definition !== undefined || CONDITIONAL.has(kindOf(resource));
}

export function isReturnedWhenDeleted(resource: ServedResource): boolean {
  return RETURNED_WHEN_DELETED.has(kindOf(resource));
}

export function hasStatus(resource: ServedResource): boolean {
  return resource.subresources.some(({ name }) => name === 'status');
}
