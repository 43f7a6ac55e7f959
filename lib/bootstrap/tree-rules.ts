import type { PolicyRule } from './policy-rule';
import type { ResourceName } from './resource-name';
import type { DeliverySpec } from '../tree/documents';
import { formatGroupKind, groupOf, Manifest } from '../tree/manifest';

/** One application of a cluster: what its rules are made of. */
export interface DeliveredObjects {
  readonly spec: DeliverySpec;
  readonly objects: readonly Manifest[];
}

const RBAC = 'rbac.authorization.k8s.io';
const READ = ['get', 'list', 'watch'];
/** A server-side apply is a `patch`, and a `create` as well where it makes the object. */
const WRITE = ['create', 'delete', 'patch'];

/**
 * The least that delivers a cluster's part of the tree: every kind in it, and no other, in all namespaces.
 *
 * Roles are a case of their own: who writes one must hold all that it grants, or the verb `escalate` on it; who binds one must hold it, or `bind`. Both are
 * given by name: the API server checks them against the name of the role even where the apply creates it.
 *
 * What runs as a ServiceAccount is read by the reconciler and written by the ServiceAccount, so the reconciler may impersonate exactly that one.
 */
export function rulesOfTree(
  deliveries: readonly DeliveredObjects[], nameOf: (kind: { readonly group: string; readonly kind: string }) => ResourceName,
): PolicyRule[] {
  const kinds = new Map<string, { readonly group: string; readonly plural: string; writes: boolean }>();
  const granted = { escalate: new Map<string, Set<string>>(), bind: new Map<string, Set<string>>() };
  const accounts = new Set<string>();
  for (const { spec, objects } of deliveries) {
    const account = serviceAccountOf(spec);
    if (account) {
      accounts.add(account);
    }
    for (const manifest of objects) {
      const kind = { group: groupOf(manifest.apiVersion), kind: manifest.kind };
      const known = kinds.get(formatGroupKind(kind)) ?? { group: kind.group, plural: nameOf(kind).plural, writes: false };
      known.writes ||= account === undefined;
      kinds.set(formatGroupKind(kind), known);
      if (account === undefined && kind.group === RBAC) {
        addRole(granted, manifest);
      }
    }
  }
  const all = [...kinds.values()];
  return [
    ...byGroup(all.filter(kind => kind.writes), [...READ, ...WRITE].sort()),
    ...byGroup(all.filter(kind => !kind.writes), READ),
    ...(['escalate', 'bind'] as const).flatMap(verb => [...granted[verb]].sort().map(([resource, names]) => (
      { apiGroups: [RBAC], resources: [resource], verbs: [verb], resourceNames: [...names].sort() }
    ))),
    ...(accounts.size > 0 ? [{ apiGroups: [''], resources: ['serviceaccounts'], verbs: ['impersonate'], resourceNames: [...accounts].sort() }] : []),
  ];
}

function addRole(granted: Record<'escalate' | 'bind', Map<string, Set<string>>>, manifest: Manifest): void {
  const add = (to: Map<string, Set<string>>, kind: string, name: string): void => {
    const resource = kind === 'ClusterRole' ? 'clusterroles' : 'roles';
    to.set(resource, (to.get(resource) ?? new Set()).add(name));
  };
  if (manifest.kind === 'Role' || manifest.kind === 'ClusterRole') {
    add(granted.escalate, manifest.kind, manifest.metadata.name);
  }
  const ref = manifest.roleRef as { readonly kind?: unknown; readonly name?: unknown } | undefined;
  if (typeof ref?.kind === 'string' && typeof ref.name === 'string') {
    add(granted.bind, ref.kind, ref.name);
  }
}

/** One rule a group, sorted: the same tree gives the same rules. */
function byGroup(kinds: readonly { readonly group: string; readonly plural: string }[], verbs: readonly string[]): PolicyRule[] {
  const groups = new Map<string, Set<string>>();
  for (const { group, plural } of kinds) {
    groups.set(group, (groups.get(group) ?? new Set()).add(plural));
  }
  return [...groups].sort(([a], [b]) => a < b ? -1 : 1).map(([group, resources]) => ({ apiGroups: [group], resources: [...resources].sort(), verbs }));
}

/** The ServiceAccount that a delivery runs as, where it names one. */
function serviceAccountOf(spec: DeliverySpec): string | undefined {
  const named = (spec as { readonly serviceAccount?: unknown }).serviceAccount;
  const name = typeof named === 'object' && named !== null ? (named as { readonly name?: unknown }).name : named;
  return typeof name === 'string' && name !== '' ? name : undefined;
}
