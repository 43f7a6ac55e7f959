import { createHash } from 'node:crypto';
import type { JsonMap } from '../json';
import { groupVersionOf, type ServedResource, type ServedSubresource } from '../served-resource';
import { builtinSchemas } from './builtin-schemas';
import type { AggregatedGroup, AggregatedGroupList, AggregatedResource, GroupVersionKind } from './discovery-document';
import { compareVersions } from './version-order';

interface Group {
  readonly name: string;
  /** The preferred one first. */
  readonly versions: readonly Version[];
}

interface Version {
  readonly name: string;
  readonly resources: readonly ServedResource[];
}

/**
 * The discovery documents of an API server that serves these resources, in the order and with the fields of the real one.
 * A change of the resources needs a new object.
 */
export class DiscoveryDocuments {
  private readonly groups: readonly Group[];

  /** @param stale groups whose API server does not answer: they are named, and nothing is known of them */
  constructor(resources: readonly ServedResource[], private readonly stale: ReadonlySet<string> = new Set()) {
    this.groups = groupsOf(resources);
  }

  /** `GET /api` with `Accept: …;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList`. */
  get aggregatedApi(): AggregatedGroupList {
    return aggregate(this.groups.filter(group => group.name === ''), this.stale);
  }

  /** `GET /apis`, likewise. */
  get aggregatedApis(): AggregatedGroupList {
    return aggregate(this.named, this.stale);
  }

  /** `GET /api` @param address of the server itself: `127.0.0.1:6443` */
  apiVersions(address: string): JsonMap {
    const core = this.groups.find(group => group.name === '');
    return {
      kind: 'APIVersions', versions: core?.versions.map(version => version.name) ?? [],
      serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: address }],
    };
  }

  /** `GET /apis` */
  get groupList(): JsonMap {
    return { kind: 'APIGroupList', apiVersion: 'v1', groups: this.named.map(groupJson) };
  }

  /** `GET /apis/GROUP`; undefined when there is no such group. */
  tryGroup(name: string): JsonMap | undefined {
    const group = this.named.find(each => each.name === name);
    return group && { kind: 'APIGroup', apiVersion: 'v1', ...groupJson(group) };
  }

  /** `GET /apis/GROUP/VERSION`, and for the core group `GET /api/v1`; undefined when that version is not served. */
  tryResourceList(group: string, version: string): JsonMap | undefined {
    const found = this.groups.find(each => each.name === group)?.versions.find(each => each.name === version);
    if (!found) return undefined;
    return {
      kind: 'APIResourceList',
      // The core group's document has none.
      ...group ? { apiVersion: 'v1' } : {},
      groupVersion: groupVersionOf({ group, version }),
      resources: found.resources.flatMap(resource => [resourceJson(resource), ...resource.subresources.map(each => subresourceJson(resource, each))]),
    };
  }

  private get named(): Group[] {
    return this.groups.filter(group => group.name !== '');
  }
}

function groupsOf(resources: readonly ServedResource[]): Group[] {
  const byGroup = new Map<string, ServedResource[]>();
  for (const resource of resources) {
    const known = byGroup.get(resource.group);
    if (known) known.push(resource);
    else byGroup.set(resource.group, [resource]);
  }
  // Kubernetes' own groups have a priority each; all others share the lowest and go by name.
  const ranks = new Map([...new Set(builtinSchemas().resources.map(resource => resource.group))].map((group, rank) => [group, rank]));
  const rank = (name: string) => ranks.get(name) ?? ranks.size;
  return [...byGroup].map(([name, found]) => ({ name, versions: versionsOf(found) }))
    .sort((a, b) => rank(a.name) - rank(b.name) || (a.name < b.name ? -1 : 1));
}

function versionsOf(resources: readonly ServedResource[]): Version[] {
  return [...new Set(resources.map(resource => resource.version))].sort(compareVersions).map(name => ({
    name,
    resources: resources.filter(resource => resource.version === name).sort((a, b) => a.plural < b.plural ? -1 : 1),
  }));
}

function groupJson({ name, versions }: Group): JsonMap {
  const [preferred, ...others] = versions.map(version => ({ groupVersion: groupVersionOf({ group: name, version: version.name }), version: version.name }));
  return { name, versions: [preferred, ...others], preferredVersion: preferred };
}

function resourceJson(resource: ServedResource): JsonMap {
  return {
    name: resource.plural, singularName: resource.singular, namespaced: resource.namespaced, kind: resource.kind,
    verbs: [...resource.verbs], ...namesJson(resource),
    // What cannot be watched is not stored: reviews, bindings.
    ...resource.verbs.includes('watch') ? { storageVersionHash: storageVersionHash(resource) } : {},
  };
}

function subresourceJson(resource: ServedResource, subresource: ServedSubresource): JsonMap {
  const { group, version, kind } = subresource;
  return {
    name: `${resource.plural}/${subresource.name}`, singularName: '', namespaced: resource.namespaced,
    ...isOwn(resource, subresource) ? {} : { ...group ? { group } : {}, version }, kind, verbs: [...subresource.verbs],
  };
}

function isOwn(resource: ServedResource, { group, version }: ServedSubresource): boolean {
  return group === resource.group && version === resource.version;
}

function namesJson({ shortNames, categories }: ServedResource): { shortNames?: string[]; categories?: string[] } {
  return { ...shortNames.length > 0 ? { shortNames: [...shortNames] } : {}, ...categories.length > 0 ? { categories: [...categories] } : {} };
}

/** By which a client knows that what two versions of a resource store is the same. */
function storageVersionHash({ storage, kind }: ServedResource): string {
  const stored = storage.includes('/') ? storage : `/${storage}`;
  return createHash('sha256').update(`${stored}/${kind}`).digest().subarray(0, 8).toString('base64');
}

function aggregate(groups: readonly Group[], stale: ReadonlySet<string>): AggregatedGroupList {
  const items: AggregatedGroup[] = groups.map(({ name, versions }) => ({
    metadata: name ? { name } : {},
    versions: versions.map(version => (stale.has(name) ? { version: version.name, freshness: 'Stale' as const }
      : { version: version.name, resources: version.resources.map(aggregatedResource), freshness: 'Current' as const })),
  }));
  return { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items };
}

function aggregatedResource(resource: ServedResource): AggregatedResource {
  const { group, version, kind } = resource;
  const subresources = resource.subresources.map(each => ({
    subresource: each.name, responseKind: responseKind(resource, each), verbs: each.verbs,
  }));
  return {
    resource: resource.plural, responseKind: responseKind(resource, { group, version, kind }), scope: resource.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: resource.singular, verbs: resource.verbs, ...namesJson(resource), ...subresources.length > 0 ? { subresources } : {},
  };
}

/** A built-in resource says its own group and version nowhere in there, a defined one everywhere. */
function responseKind(resource: ServedResource, { group, version, kind }: GroupVersionKind): GroupVersionKind {
  const isSaid = resource.definition !== undefined || group !== resource.group || version !== resource.version;
  return { group: isSaid ? group : '', version: isSaid ? version : '', kind };
}
