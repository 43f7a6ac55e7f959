import type { Discovery } from '../kube/discovery';
import { formatGroupKind, groupOf, Manifest } from '../tree/manifest';

/** How a kind is called in a URL and in RBAC; `guessed` where nothing but English says so. */
export interface ResourceName {
  readonly plural: string;
  readonly guessed: boolean;
}

type GroupKind = { readonly group: string; readonly kind: string };

/**
 * Finds the resource names of kinds: by the definitions among the manifests, then by a cluster, then by the rule that Kubernetes names its own kinds by.
 *
 * @param manifests all that is delivered to the cluster
 * @param discovery what the cluster serves; absent when nobody asked it
 */
export function resourceNames(manifests: readonly Manifest[], discovery?: Discovery): (kind: GroupKind) => ResourceName {
  const defined = new Map(manifests.flatMap(definedName));
  return kind => {
    const plural = defined.get(formatGroupKind(kind)) ?? discovery?.find(kind)?.plural;
    return plural === undefined ? { plural: guessPlural(kind.kind), guessed: !isBuiltIn(kind.group) } : { plural, guessed: false };
  };
}

/** `Ingress` → `ingresses`, `NetworkPolicy` → `networkpolicies`; right for every built-in kind, and for most others. */
export function guessPlural(kind: string): string {
  const name = kind.toLowerCase();
  if (name === 'endpoints') {
    return name;
  }
  if (/[^aeiou]y$/.test(name)) {
    return `${name.slice(0, -1)}ies`;
  }
  return /(s|x|z|ch|sh)$/.test(name) ? `${name}es` : `${name}s`;
}

function definedName(manifest: Manifest): [string, string][] {
  if (manifest.kind !== 'CustomResourceDefinition' || groupOf(manifest.apiVersion) !== 'apiextensions.k8s.io') {
    return [];
  }
  const { group, names } = (manifest.spec ?? {}) as { readonly group?: unknown; readonly names?: { readonly kind?: unknown; readonly plural?: unknown } };
  return typeof group === 'string' && typeof names?.kind === 'string' && typeof names.plural === 'string'
    ? [[formatGroupKind({ group, kind: names.kind }), names.plural]]
    : [];
}

/** Groups whose names are approved by Kubernetes; the oldest ones have no dot. */
function isBuiltIn(group: string): boolean {
  return !group.includes('.') || group.endsWith('.k8s.io');
}
