import type { PolicyRule } from './policy-rule';
import { ROLES, CLUSTER_ROLES, ROLE_BINDINGS, CLUSTER_ROLE_BINDINGS } from './role-kinds';
import type { ClusterApi, StoreEvent, User } from '../api';
import type { StoredObject } from '../json';

interface Subject {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

/** A binding as it is stored. */
export interface Binding extends StoredObject {
  readonly roleRef: { kind: string; name: string; apiGroup: string };
}

/** Rules that a user has by a binding, or that the role of the binding is missing. */
export interface Grant {
  readonly rules?: readonly PolicyRule[];
  /** `clusterrole.rbac.authorization.k8s.io "x" not found` */
  readonly missing?: string;
  /** `ClusterRoleBinding "a" of ClusterRole "b" to User "c"` */
  readonly source: string;
}

interface Entry {
  readonly binding: Binding;
  readonly subject: Subject;
}

/** The bindings of a cluster by the user or group that they name; follows what is stored. */
export class BindingIndex {
  /** By namespace (empty for the cluster) and subject, then by name: one entry per binding and subject. */
  private readonly entries = new Map<string, Map<string, Entry>>();

  constructor(private readonly api: ClusterApi) {
    for (const resource of [CLUSTER_ROLE_BINDINGS, ROLE_BINDINGS]) {
      for (const binding of api.list(resource)) this.add(binding as Binding);
      api.watch(resource, event => this.take(event));
    }
  }

  /** What a user may do in a namespace (absent: in the cluster), one grant after the other. */
  public* grants(user: User, namespace = ''): Generator<Grant> {
    for (const place of namespace ? ['', namespace] : ['']) {
      const seen = new Set<string>();
      for (const subject of [`User:${user.name}`, ...user.groups.map(group => `Group:${group}`)]) {
        for (const [name, entry] of this.entries.get(`${place}\n${subject}`) ?? []) {
          if (seen.has(name)) continue;
          seen.add(name);
          yield { ...rulesOf(this.api, entry.binding.roleRef, place), source: describe(entry, place) };
        }
      }
    }
  }

  private take({ type, object, old }: StoreEvent): void {
    if (old) this.remove(old as Binding);
    if (type === 'DELETED') this.remove(object as Binding);
    else this.add(object as Binding);
  }

  private add(binding: Binding): void {
    for (const [key, subject] of keysOf(binding)) {
      const found = this.entries.get(key) ?? new Map<string, Entry>();
      this.entries.set(key, found.set(binding.metadata.name, { binding, subject }));
    }
  }

  private remove(binding: Binding): void {
    for (const [key] of keysOf(binding)) {
      const found = this.entries.get(key);
      found?.delete(binding.metadata.name);
      if (found?.size === 0) this.entries.delete(key);
    }
  }
}

/** The rules that a reference leads to from a namespace, or the words of what is missing. */
export function rulesOf(api: ClusterApi, { kind, name }: { readonly kind: string; readonly name: string }, namespace: string): Pick<Grant, 'rules' | 'missing'> {
  const role = kind === 'ClusterRole' ? api.tryFind(CLUSTER_ROLES, { name }) : namespace ? api.tryFind(ROLES, { namespace, name }) : undefined;
  if (!role) return { missing: `${kind.toLowerCase()}.rbac.authorization.k8s.io ${JSON.stringify(name)} not found` };
  return { rules: (role.rules ?? []) as unknown as PolicyRule[] };
}

/** A ServiceAccount is a user by another name. The first subject that names a user is the one that is told. */
function keysOf({ metadata, subjects }: Binding): Map<string, Subject> {
  const keys = new Map<string, Subject>();
  const place = metadata.namespace ?? '';
  for (const subject of (subjects ?? []) as unknown as Subject[]) {
    const { kind, name, namespace = place } = subject;
    const key = kind === 'ServiceAccount' ? `User:system:serviceaccount:${namespace}:${name}` : `${kind}:${name}`;
    if (kind === 'ServiceAccount' && !namespace) continue;
    if (!keys.has(`${place}\n${key}`)) keys.set(`${place}\n${key}`, subject);
  }
  return keys;
}

function describe({ binding: { metadata, roleRef }, subject }: Entry, place: string): string {
  const { kind, name, namespace = place } = subject;
  const who = kind === 'ServiceAccount' ? `${name}/${namespace}` : name;
  const binding = place ? `RoleBinding ${JSON.stringify(`${metadata.name}/${place}`)}` : `ClusterRoleBinding ${JSON.stringify(metadata.name)}`;
  return `${binding} of ${roleRef.kind} ${JSON.stringify(roleRef.name)} to ${kind} ${JSON.stringify(who)}`;
}
