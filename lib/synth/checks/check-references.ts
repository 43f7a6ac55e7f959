import { ClusterObjects } from './cluster-objects';
import { Finding } from './finding';
import { items, Reference } from './reference';
import { referencesOf } from './references';
import { suggest } from '../../model/suggest';
import { isMap } from '../../schema/json';
import { Manifest } from '../../tree/manifest';

/** Objects that Kubernetes, or OpenShift, puts into every namespace. */
const EVERYWHERE: ReadonlySet<string> = new Set([
  'ConfigMap kube-root-ca.crt', 'ConfigMap openshift-service-ca.crt', 'ServiceAccount default', 'ServiceAccount builder', 'ServiceAccount deployer',
  'ServiceAccount pipeline', 'Role.rbac.authorization.k8s.io extension-apiserver-authentication-reader',
]);

/** Roles of Kubernetes itself. */
const BUILT_IN_ROLE = /^system:/;

const CLUSTER_ROLE = 'ClusterRole.rbac.authorization.k8s.io';

/** What RBAC calls a kind of which programs make objects on their own. */
const RESOURCES: ReadonlyMap<string, string> = new Map([
  ['Secret', 'secrets'], ['ConfigMap', 'configmaps'], ['ServiceAccount', 'serviceaccounts'], ['PersistentVolumeClaim', 'persistentvolumeclaims'], ['Service', 'services'],
]);

/** The objects that an object names, and that neither the fleet puts onto the cluster nor anything that it puts there is known to make. */
export function checkReferences(manifest: Manifest, objects: ClusterObjects): Finding[] {
  const found: Finding[] = [];
  const told = new Set<string>();
  for (const reference of referencesOf(manifest)) {
    const target = objects.tryFind(reference.groupKind, reference.namespace, reference.name);
    const key = JSON.stringify([reference.groupKind, reference.namespace, reference.name, target && reference.part]);
    if (told.has(key)) {
      continue;
    }
    told.add(key);
    if (target) {
      found.push(...checkPart(reference, target));
    } else if (!isExcused(reference, objects)) {
      const near = suggest(reference.name, objects.namesOf(reference.groupKind, reference.namespace));
      if (near === '' && reference.groupKind === CLUSTER_ROLE) {
        // Distributions and operators bring ClusterRoles for others to bind: one is only amiss when it is nearly called as one of the fleet.
        continue;
      }
      found.push({
        check: reference.groupKind === 'Secret' ? 'missing-secret' : 'missing-reference',
        what: `names the ${describe(reference)} at ${reference.path}, and nothing on the cluster makes it${near}`,
        fix: reference.groupKind === 'Secret' ? 'render what makes it (an ExternalSecret, a SealedSecret), or make sure that it is there'
          : 'render it in one of the applications of the cluster, or make sure that it is there',
      });
    }
  }
  return found;
}

function isExcused({ groupKind, namespace, name, foreign }: Reference, objects: ClusterObjects): boolean {
  const resource = RESOURCES.get(groupKind);
  return EVERYWHERE.has(`${groupKind} ${name}`) || (groupKind.endsWith('Role.rbac.authorization.k8s.io') && BUILT_IN_ROLE.test(name))
    // Who runs nothing in a namespace does not know what is in it.
    || (foreign === true && objects.podsIn(namespace ?? '').length === 0)
    || objects.isMentioned(name)
    || (resource !== undefined && namespace !== undefined && objects.isCreatable(resource, namespace));
}

function describe({ groupKind, namespace, name, foreign }: Reference): string {
  return `${groupKind} '${name}'${foreign === true && namespace ? ` of ${namespace}` : ''}`;
}

/** A key or a port that the object has not. What is encrypted, or filled in by others, may have any. */
function checkPart({ groupKind, name, path, part }: Reference, target: Manifest): Finding[] {
  if (part === undefined) {
    return [];
  }
  if (groupKind === 'Service') {
    const ports = items(isMap(target.spec) ? target.spec.ports : undefined).map(([port]) => port);
    const has = ports.some(port => (typeof part === 'number' ? port.port === part : port.name === part));
    return has || ports.length === 0 ? [] : [{
      check: 'missing-reference', what: `names the port ${part} of the Service '${name}' at ${path}, which has none such`,
      fix: `use one of ${ports.map(port => (port.name === undefined ? String(port.port) : `${String(port.name)} (${String(port.port)})`)).join(', ')}`,
    }];
  }
  const keys = [target.data, target.binaryData, target.stringData].flatMap(data => (isMap(data) ? Object.keys(data) : []));
  if (keys.length === 0 || 'sops' in target || keys.includes(String(part))) {
    return [];
  }
  return [{
    check: groupKind === 'Secret' ? 'missing-secret' : 'missing-reference',
    what: `names the key '${part}' of the ${groupKind} '${name}' at ${path}, which has no such key${suggest(String(part), keys)}`, fix: `use one of ${keys.sort().join(', ')}`,
  }];
}
