import { forbidden } from './forbidden';
import type { AdmissionRequest, ClusterApi } from '../api';
import { isMap } from '../json';
import { StatusError } from '../status-error';

const IMMORTAL: ReadonlySet<string> = new Set(['default', 'kube-system', 'kube-public']);

/** Nothing is written to a namespace that is not there, nothing new to one that is ending, and some are never deleted. */
export function checkNamespace({ operation, resource, namespace, name }: AdmissionRequest, api: ClusterApi): void {
  const { group, plural } = resource;
  if (group === '' && plural === 'namespaces') {
    if (operation === 'DELETE' && IMMORTAL.has(name)) throw forbidden(resource, name, 'this namespace may not be deleted');
    return;
  }
  if (!namespace || operation === 'DELETE' || (group === 'authorization.k8s.io' && plural === 'localsubjectaccessreviews')) return;
  const found = api.tryFind('namespaces', { name: namespace });
  if (!found) throw new StatusError(404, 'NotFound', `namespaces ${JSON.stringify(namespace)} not found`, { name: namespace, kind: 'namespaces' });
  if (operation !== 'CREATE' || !isMap(found.status) || found.status.phase !== 'Terminating') return;
  throw forbidden(resource, name, `unable to create new content in namespace ${namespace} because it is being terminated`, [
    { reason: 'NamespaceTerminating', message: `namespace ${namespace} is being terminated`, field: 'metadata.namespace' },
  ]);
}
