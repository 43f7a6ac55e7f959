import { ApiError } from './api-error';
import type { Connection } from './connection';
import { readListedGroups, readListedVersion } from './discovery-listed';
import type { Resource } from './resource';

/** What a server serves at one moment. */
export interface ServedKinds {
  /** Groups in the server's order, of each the preferred version first. */
  readonly resources: readonly Resource[];
  /** `GROUP/VERSION` of what another API server serves, and does not right now. */
  readonly failedGroups: readonly string[];
  readonly serverVersion?: string;
}

/** `APIGroupDiscoveryList` of apidiscovery.k8s.io: all groups in one reply, since Kubernetes 1.26. */
interface GroupDiscoveryList {
  readonly kind: 'APIGroupDiscoveryList';
  readonly items: readonly {
    /** No name for the core group. */
    readonly metadata?: { readonly name?: string };
    readonly versions: readonly VersionDiscovery[];
  }[];
}

interface VersionDiscovery {
  readonly version: string;
  readonly freshness?: 'Current' | 'Stale';
  readonly resources?: readonly {
    readonly resource: string;
    readonly responseKind?: { readonly kind?: string };
    readonly scope: 'Namespaced' | 'Cluster';
    readonly verbs: readonly string[];
    readonly subresources?: readonly { readonly subresource: string }[];
  }[];
}

const AGGREGATED = ['v2', 'v2beta1'].map(version => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`);
const ACCEPT = [...AGGREGATED, 'application/json'].join(',');

/**
 * Reads what a server serves: by group in two requests, or version by version from a server that cannot do better.
 *
 * @throws ApiError when it does not answer
 */
export async function readServed(connection: Connection): Promise<ServedKinds> {
  const [core, groups, serverVersion] = await Promise.all([
    connection.request({ method: 'GET', path: '/api', accept: ACCEPT }),
    connection.request({ method: 'GET', path: '/apis', accept: ACCEPT }),
    readVersion(connection),
  ]);
  const parts = await Promise.all([
    isAggregated(core.body) ? aggregated(core.body) : listedVersions(connection, ['v1']),
    isAggregated(groups.body) ? aggregated(groups.body) : listedVersions(connection, readListedGroups(groups.body)),
  ]);
  return { resources: parts.flatMap(part => part.resources), failedGroups: parts.flatMap(part => part.failedGroups), serverVersion };
}

function isAggregated(body: unknown): body is GroupDiscoveryList {
  return (body as { readonly kind?: unknown } | undefined)?.kind === 'APIGroupDiscoveryList';
}

function aggregated(list: GroupDiscoveryList): ServedKinds {
  const resources: Resource[] = [];
  const failedGroups: string[] = [];
  for (const { metadata, versions } of list.items) {
    const group = metadata?.name ?? '';
    for (const version of versions) {
      if (version.freshness === 'Stale') {
        failedGroups.push(`${group}/${version.version}`);
      }
      for (const { resource, responseKind, scope, verbs, subresources } of version.resources ?? []) {
        // What has no kind exists for the sake of its subresources.
        if (!responseKind?.kind) continue;
        resources.push({
          group,
          version: version.version,
          kind: responseKind.kind,
          plural: resource,
          namespaced: scope === 'Namespaced',
          verbs,
          subresources: subresources?.map(sub => sub.subresource) ?? [],
        });
      }
    }
  }
  return { resources, failedGroups };
}

async function listedVersions(connection: Connection, versions: readonly string[]): Promise<ServedKinds> {
  const resources: Resource[] = [];
  const failedGroups: string[] = [];
  const lists = await Promise.all(versions.map(async apiVersion => tryReadVersion(connection, apiVersion)));
  versions.forEach((apiVersion, i) => {
    const list = lists[i];
    if (list) {
      resources.push(...list);
    } else {
      failedGroups.push(apiVersion);
    }
  });
  return { resources, failedGroups };
}

/** Undefined when what serves the group does not answer. The server's own silence is thrown. */
async function tryReadVersion(connection: Connection, apiVersion: string): Promise<Resource[] | undefined> {
  const path = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  try {
    const { body } = await connection.request({ method: 'GET', path });
    return readListedVersion(apiVersion, body);
  } catch (error) {
    if (error instanceof ApiError && (error.status >= 500 || error.status === 404)) return undefined;
    throw error;
  }
}

/** The version is for people; a server that keeps it to itself is none the worse. */
async function readVersion(connection: Connection): Promise<string | undefined> {
  try {
    const { body } = await connection.request<{ readonly gitVersion?: string }>({ method: 'GET', path: '/version' });
    return body.gitVersion;
  } catch (error) {
    if (error instanceof ApiError && error.status >= 400 && error.status !== 401) return undefined;
    throw error;
  }
}
