import type { ServedResource } from '../served-resource';
import { setOf, type FieldSet } from './field-set';

const METADATA = setOf(['f:metadata'], ['f:spec']);
const SPEC = setOf(['f:spec']);
const STATUS = setOf(['f:status']);

/** What `/status` resets beside the spec, by resource. */
const BESIDE_SPEC: Readonly<Record<string, FieldSet>> = {
  'deployments.apps': setOf(['f:spec'], ['f:metadata', 'f:labels']),
  'pods': setOf(['f:spec'], ['f:metadata', 'f:deletionTimestamp'], ['f:metadata', 'f:ownerReferences']),
  'certificatesigningrequests.certificates.k8s.io': setOf(['f:spec'], ['f:status', 'f:conditions']),
  'apiservices.apiregistration.k8s.io': METADATA,
  'flowschemas.flowcontrol.apiserver.k8s.io': METADATA,
  'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io': METADATA,
  'resourceclaims.resource.k8s.io': METADATA,
  'servicecidrs.networking.k8s.io': METADATA,
  'validatingadmissionpolicies.admissionregistration.k8s.io': METADATA,
  'volumeattachments.storage.k8s.io': METADATA,
};

const OTHERS: Readonly<Record<string, FieldSet>> = {
  'certificatesigningrequests.certificates.k8s.io': setOf(['f:spec'], ['f:status']),
  'certificatesigningrequests.certificates.k8s.io/approval': setOf(['f:spec'], ['f:status', 'f:certificate']),
  'namespaces/finalize': STATUS,
};

/**
 * What a write to a resource never gets to own, because the server puts it back to what it was: the status of an object that has its status written
 * elsewhere, and all but the status there.
 *
 * @param subresource empty for the resource itself
 */
export function tryResetFields(resource: Pick<ServedResource, 'group' | 'plural' | 'subresources' | 'definition'>, subresource: string): FieldSet | undefined {
  const name = resource.group ? `${resource.plural}.${resource.group}` : resource.plural;
  const special = OTHERS[subresource ? `${name}/${subresource}` : name];
  if (special) return special;
  if (!resource.subresources.some(each => each.name === 'status')) return undefined;
  if (subresource === '') return STATUS;
  if (subresource !== 'status') return undefined;
  return resource.definition ? METADATA : BESIDE_SPEC[name] ?? SPEC;
}
