import type { Resource } from './resource';

/** `APIGroupList`: the groups of a server older than 1.26, or behind something that does not pass on what we accept. */
interface GroupList {
  readonly groups?: readonly {
    readonly name: string;
    readonly versions: readonly { readonly groupVersion: string }[];
    readonly preferredVersion?: { readonly groupVersion: string };
  }[];
}

/** `APIResourceList` of one version of a group. */
interface ResourceList {
  readonly resources?: readonly {
    /** `deployments`, or `deployments/scale` for a subresource. */
    readonly name: string;
    readonly kind: string;
    readonly namespaced: boolean;
    readonly verbs: readonly string[];
  }[];
}

/** Every `GROUP/VERSION`, of each group the preferred version first. */
export function readListedGroups(body: unknown): string[] {
  return ((body as GroupList).groups ?? []).flatMap(({ versions, preferredVersion }) => {
    const all = versions.map(version => version.groupVersion);
    const preferred = preferredVersion?.groupVersion;
    return preferred === undefined ? all : [preferred, ...all.filter(version => version !== preferred)];
  });
}

/** The kinds of one version of a group, subresources joined to what they belong to. */
export function readListedVersion(apiVersion: string, body: unknown): Resource[] {
  const slash = apiVersion.lastIndexOf('/');
  const [group, version] = [apiVersion.slice(0, Math.max(0, slash)), apiVersion.slice(slash + 1)];
  const listed = (body as ResourceList).resources ?? [];
  const subresources = new Map<string, string[]>();
  for (const [plural, subresource] of listed.map(({ name }) => name.split('/')).filter(parts => parts.length > 1)) {
    subresources.set(plural, [...subresources.get(plural) ?? [], subresource]);
  }
  return listed.filter(({ name }) => !name.includes('/')).map(({ name, kind, namespaced, verbs }) => ({
    group,
    version,
    kind,
    plural: name,
    namespaced,
    verbs,
    subresources: subresources.get(name) ?? [],
  }));
}
