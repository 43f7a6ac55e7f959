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
  const parts: string[] = [];
  for (const part of path.split('/')) if (part !== '') parts.push(decoded(part));
  let at = parts[0] === 'api' ? 1 : parts[0] === 'apis' ? 2 : 0;
  if (at === 0) return undefined;
  const group = at === 2 ? parts[1] : '';
  const version = parts[at++];
  if (!group && at === 3 || !version) return undefined;
  const watch = parts[at] === 'watch' && parts.length > at + 1;
  if (watch) at++;
  if (parts.length === at) return undefined;
  if (parts[at] === 'namespaces' && parts.length > at + 1) {
    const namespace = parts[at + 1];
    const plural = parts.at(at + 2);
    // Its own namespace is where a Namespace lies for authorization.
    if (plural === undefined) return { group, version, watch, plural: 'namespaces', name: namespace, namespace };
    if (NAMESPACE_SUBRESOURCES.has(plural) && group === '') return { group, version, watch, plural: 'namespaces', name: namespace, namespace, subresource: plural };
    return { group, version, watch, namespace, plural, name: parts[at + 3], subresource: joined(parts, at + 4) };
  }
  return { group, version, watch, plural: parts[at], name: parts[at + 1], subresource: joined(parts, at + 2) };
}

function joined(parts: readonly string[], from: number): string | undefined {
  return parts.length > from ? parts.slice(from).join('/') : undefined;
}

function decoded(part: string): string {
  try {
    return part.includes('%') ? decodeURIComponent(part) : part;
  } catch {
    return part;
  }
}
