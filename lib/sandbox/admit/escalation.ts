import { authorize, listRules, MASTERS } from './authorize';
import { rulesOf, type Binding } from './binding-index';
import { forbidden } from './forbidden';
import { describeRules, findMissingRules, quoteAll, type PolicyRule } from './policy-rule';
import { RBAC_GROUP } from './role-kinds';
import type { AdmissionRequest, ClusterApi } from '../api';
import { isEqual } from '../defaults/equal';
import type { StoredObject } from '../json';
import { StatusError } from '../status-error';

const EVERYTHING: readonly PolicyRule[] = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }, { nonResourceURLs: ['*'], verbs: ['*'] }];

/**
 * Nobody gives what they have not: a role may hold only rules that its writer has, a binding only lead to such a role.
 * The verbs `escalate` and `bind` allow more.
 *
 * @throws StatusError 403 `… is attempting to grant RBAC permissions not currently held`
 */
export function checkEscalation(request: AdmissionRequest, api: ClusterApi): void {
  const { resource: { group, plural }, object, old, operation, user } = request;
  if (group !== RBAC_GROUP || operation === 'DELETE' || !object || user.groups.includes(MASTERS)) return;
  if (old && isOnlyCollectable(object, old)) return;
  if (plural === 'roles' || plural === 'clusterroles') checkRole(request, object, api);
  if (plural === 'rolebindings' || plural === 'clusterrolebindings') checkBinding(request, object as Binding, api);
}

function checkRole(request: AdmissionRequest, role: StoredObject, api: ClusterApi): void {
  const { resource, name, namespace, user, old } = request;
  if (authorize({ user, verb: 'escalate', group: RBAC_GROUP, resource: resource.plural, name, namespace }, api).allowed) return;
  checkRules(request, (role.rules ?? []) as unknown as PolicyRule[], api);
  if ((role.aggregationRule ?? undefined) === undefined && (old?.aggregationRule ?? undefined) === undefined) return;
  // What it will hold is not known yet.
  if (findMissingRules(listRules(user, namespace, api), EVERYTHING).length > 0) {
    throw forbidden(resource, name, 'must have cluster-admin privileges to use the aggregationRule');
  }
}

function checkBinding(request: AdmissionRequest, { roleRef }: Binding, api: ClusterApi): void {
  const { resource, name, namespace, user } = request;
  const kind = roleRef.kind === 'ClusterRole' ? 'clusterroles' : 'roles';
  if (authorize({ user, verb: 'bind', group: roleRef.apiGroup, resource: kind, name: roleRef.name, namespace }, api).allowed) return;
  const { rules, missing } = rulesOf(api, roleRef, namespace ?? '');
  if (missing) throw notFound(resource.plural, roleRef.name);
  checkRules({ ...request, resource, name }, rules!, api);
}

function checkRules({ resource, name, namespace, user }: AdmissionRequest, rules: readonly PolicyRule[], api: ClusterApi): void {
  const missing = findMissingRules(listRules(user, namespace, api), rules);
  if (missing.length === 0) return;
  const who = `user ${JSON.stringify(user.name)} (groups=${quoteAll(user.groups)})`;
  throw forbidden(resource, name, `${who} is attempting to grant RBAC permissions not currently held:\n${describeRules(missing)}`);
}

/** The real server calls the missing role by the kind that was asked for. */
function notFound(kind: string, name: string): StatusError {
  return new StatusError(404, 'NotFound', `${kind}.${RBAC_GROUP} ${JSON.stringify(name)} not found`, { name, group: RBAC_GROUP, kind });
}

/** The garbage collector may take away owners and finalizers whatever it may grant. */
function isOnlyCollectable(object: StoredObject, old: StoredObject): boolean {
  const cleaned = ({ metadata, ...rest }: StoredObject) => {
    const { ownerReferences: _, finalizers: __, managedFields: ___, resourceVersion: ____, generation: _____, ...others } = metadata;
    return { ...rest, metadata: others };
  };
  return isEqual(cleaned(object), cleaned(old));
}
