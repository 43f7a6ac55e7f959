/** A kind as an API server serves it. */
export interface Resource {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** `deployments` */
  readonly plural: string;
  readonly namespaced: boolean;
  /** `get`, `list`, `patch`, … */
  readonly verbs: readonly string[];
  /** `status`, `scale`, … */
  readonly subresources: readonly string[];
}

/** Where an object or a collection lives. */
export interface ResourceLocation {
  /** Ignored for cluster-scoped kinds. Absent with a namespaced kind: the collection over all namespaces. */
  readonly namespace?: string;
  /** Absent: the collection. */
  readonly name?: string;
  readonly subresource?: string;
}

/** `apps/v1`; `v1` in the core group. */
export function apiVersionOf(resource: Resource): string {
  return resource.group ? `${resource.group}/${resource.version}` : resource.version;
}

/** The path of an object or a collection, escaped: `/apis/apps/v1/namespaces/shop/deployments/web`. */
export function resourcePath(resource: Resource, at: ResourceLocation): string {
  const parts = resource.group ? ['/apis', resource.group, resource.version] : ['/api', resource.version];
  if (resource.namespaced && at.namespace) {
    parts.push('namespaces', encodeURIComponent(at.namespace));
  }
  parts.push(resource.plural);
  if (at.name !== undefined) {
    parts.push(encodeURIComponent(at.name));
  }
  if (at.subresource) {
    parts.push(at.subresource);
  }
  return parts.join('/');
}

/** What a path of an API server names; the way back from `resourcePath`. */
export interface PathParts {
  readonly group: string;
  readonly version: string;
  readonly plural?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
}

/** Takes a path apart, without its parameters: `/apis/apps/v1/namespaces/shop/deployments/web`. */
export function locationOf(path: string): PathParts {
  const parts = path.split('/').slice(1).map(decodeURIComponent);
  const [group, version, ...rest] = parts[0] === 'api' ? ['', ...parts.slice(1)] : parts.slice(1);
  const head = { group: group ?? '', version: version ?? '' };
  // `namespaces/shop` is a Namespace, `namespaces/shop/configmaps` a collection in it. Its own subresources are status and finalize.
  if (rest[0] === 'namespaces' && rest.length > 2 && !(rest.length === 3 && ['status', 'finalize'].includes(rest[2]))) {
    return { ...head, namespace: rest[1], plural: rest[2], name: rest[3], subresource: rest[4] };
  }
  return { ...head, plural: rest[0], name: rest[1], subresource: rest[2] };
}
