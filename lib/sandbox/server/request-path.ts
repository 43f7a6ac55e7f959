/** What a path of an API asks for. */
export interface ResourcePath {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly namespace?: string;
  readonly plural: string;
  readonly name?: string;
  /** `status`, `scale`, …; with slashes where there is more: `proxy/x/y`. */
  readonly subresource?: string;
  /** The old way to watch: `/api/v1/watch/pods`. */
  readonly watch: boolean;
}

/** Of `namespaces`, what would else be a kind in the namespace. */
const NAMESPACE_SUBRESOURCES = new Set(['status', 'finalize']);

/** Undefined: no path of a resource. */
export function parseResourcePath(path: string): ResourcePath | undefined {
  const parts = path.split('/').filter(part => part !== '').map(decoded);
  let at = parts[0] === 'api' ? 1 : parts[0] === 'apis' ? 2 : 0;
  if (at === 0) return undefined;
  const group = at === 2 ? parts[1] : '';
  const version = parts[at++];
  if (!group && at === 3 || !version) return undefined;
  const watch = parts[at] === 'watch' && parts.length > at + 1;
  if (watch) at++;
  const rest = parts.slice(at);
  if (rest.length === 0) return undefined;
  const base = { group, version, watch };
  if (rest[0] === 'namespaces' && rest.length > 1) {
    const [, namespace, plural, name, ...subresource] = rest;
    // Its own namespace is where a Namespace lies for authorization.
    if (plural === undefined) return { ...base, plural: 'namespaces', name: namespace, namespace };
    if (NAMESPACE_SUBRESOURCES.has(plural) && group === '') return { ...base, plural: 'namespaces', name: namespace, namespace, subresource: plural };
    return { ...base, namespace, plural, name, subresource: subresource.length > 0 ? subresource.join('/') : undefined };
  }
  const [plural, name, ...subresource] = rest;
  return { ...base, plural, name, subresource: subresource.length > 0 ? subresource.join('/') : undefined };
}

function decoded(part: string): string {
  try {
    return part.includes('%') ? decodeURIComponent(part) : part;
  } catch {
    return part;
  }
}
