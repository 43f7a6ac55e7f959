import { isMap, type Json, type JsonMap, type StoredObject } from '../json';
import type { ServedResource } from '../served-resource';
import { kindOf } from './catalog';
import { badRequest } from './refusals';

/** What field selectors know of a kind besides name and namespace. A kind that has a list here says so in other words when asked for more. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  'pods': ['spec.nodeName', 'spec.restartPolicy', 'spec.schedulerName', 'spec.serviceAccountName', 'spec.hostNetwork', 'status.phase', 'status.podIP', 'status.podIPs', 'status.nominatedNodeName'],
  'nodes': ['spec.unschedulable'],
  'namespaces': ['status.phase'],
  'secrets': ['type'],
  'services': ['spec.clusterIP', 'spec.type'],
  'replicationcontrollers': ['status.replicas'],
  'replicasets.apps': ['status.replicas'],
  'jobs.batch': ['status.successful'],
  'certificatesigningrequests.certificates.k8s.io': ['spec.signerName'],
  'resourceslices.resource.k8s.io': ['spec.nodeName', 'spec.driver'],
  'events': [
    'involvedObject.kind', 'involvedObject.namespace', 'involvedObject.name', 'involvedObject.uid', 'involvedObject.apiVersion', 'involvedObject.resourceVersion',
    'involvedObject.fieldPath', 'reason', 'reportingComponent', 'source', 'type',
  ],
};

type FieldReader = (object: StoredObject, field: string) => string;

/** How the fields of a kind read for selectors. @throws StatusError 400 for a field that selectors of the kind do not know */
export function fieldReader(resource: ServedResource, asked: readonly string[]): FieldReader {
  const kind = kindOf(resource);
  const own = FIELDS[kind] ?? definedFields(resource);
  for (const field of asked) {
    if (field === 'metadata.name' || (field === 'metadata.namespace' && (resource.namespaced || !own)) || own?.includes(field)) continue;
    throw badRequest(own ? `field label not supported: ${field}` : `${JSON.stringify(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`);
  }
  return kind === 'events' ? readEvent : readField;
}

/** Of custom resources, which have none unless their definition names some. */
function definedFields({ definition, version }: ServedResource): readonly string[] | undefined {
  if (definition === undefined) return undefined;
  const { versions } = (definition as JsonMap).spec as { versions: { name: string; selectableFields?: { jsonPath: string }[] }[] };
  return versions.find(each => each.name === version)?.selectableFields?.map(({ jsonPath }) => jsonPath.replace(/^\./, '')) ?? [];
}

function readField(object: StoredObject, field: string): string {
  const value = field.split('.').reduce<Json | undefined>((at, key) => (isMap(at) ? at[key] : undefined), object);
  switch (field) {
    case 'status.podIPs': return Array.isArray(value) ? value.map(each => (isMap(each) ? each.ip : '')).join(',') : '';
    case 'spec.hostNetwork': case 'spec.unschedulable': return String(value === true);
    case 'status.replicas': case 'status.successful': return String(value ?? 0);
    default: return value === undefined || value === null ? '' : String(value as string);
  }
}

function readEvent(event: StoredObject, field: string): string {
  if (field === 'source') return (isMap(event.source) ? event.source.component as string | undefined : undefined) || readField(event, 'reportingComponent');
  return readField(event, field);
}
