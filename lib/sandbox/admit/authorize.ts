import { BindingIndex } from './binding-index';
import { allowsPath, allowsResource, type PathAttributes, type PolicyRule, type ResourceAttributes } from './policy-rule';
import type { ClusterApi, User } from '../api';

export type Attributes = { readonly user: User } & (ResourceAttributes | PathAttributes);

export interface Decision {
  readonly allowed: boolean;
  /** `RBAC: allowed by ClusterRoleBinding "a" of ClusterRole "b" to User "c"`, or which role of a binding is missing; mostly empty when it is not allowed. */
  readonly reason: string;
}

/** Its members may do everything, whatever the roles say. */
export const MASTERS = 'system:masters';

/** One index for each cluster, made when the first question comes, which is when the first request does that is not of the masters. */
const indexes = new WeakMap<ClusterApi, BindingIndex>();

/** Whether a user may do something, by the Roles, ClusterRoles and bindings of the cluster. */
export function authorize(attributes: Attributes, api: ClusterApi): Decision {
  const { user } = attributes;
  if (user.groups.includes(MASTERS)) return { allowed: true, reason: '' };
  const missing = new Set<string>();
  const inPath = 'path' in attributes;
  for (const grant of indexOf(api).grants(user, inPath ? undefined : attributes.namespace)) {
    if (grant.missing) missing.add(grant.missing);
    if (grant.rules?.some(rule => (inPath ? allowsPath(rule, attributes) : allowsResource(rule, attributes)))) {
      return { allowed: true, reason: `RBAC: allowed by ${grant.source}` };
    }
  }
  const errors = [...missing];
  return { allowed: false, reason: errors.length === 0 ? '' : `RBAC: ${errors.length === 1 ? errors[0] : `[${errors.join(', ')}]`}` };
}

/** All rules that a user has by bindings in a namespace (absent: in the cluster), as a SelfSubjectRulesReview tells them. */
export function listRules(user: User, namespace: string | undefined, api: ClusterApi): PolicyRule[] {
  return [...indexOf(api).grants(user, namespace)].flatMap(({ rules }) => rules ?? []);
}

function indexOf(api: ClusterApi): BindingIndex {
  let index = indexes.get(api);
  if (!index) {
    index = new BindingIndex(api);
    indexes.set(api, index);
  }
  return index;
}
