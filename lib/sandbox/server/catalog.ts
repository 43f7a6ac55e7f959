import { groupVersionOf, resourceName, type ServedResource } from '../served-resource';

/** The kinds that a cluster serves: the built-in ones, shared by all clusters, and those of its CustomResourceDefinitions. */
export class Catalog {
  private readonly custom = new Map<string, ServedResource>();
  private readonly builtIn: ReadonlyMap<string, ServedResource>;
  private byKind?: Map<string, ServedResource>;
  /** Counts with every change of what is served. */
  version = 0;

  constructor(private readonly builtIns: readonly ServedResource[]) {
    this.builtIn = indexOf(builtIns);
  }

  tryFind(group: string, version: string, plural: string): ServedResource | undefined {
    const key = `${group}/${version}/${plural}`;
    return this.builtIn.get(key) ?? this.custom.get(key);
  }

  /** The best version of a group's plural, by `deployments.apps` or `pods`. */
  tryFindResource(name: string): ServedResource | undefined {
    if (!this.byKind) {
      this.byKind = new Map();
      for (const resource of this.list()) {
        const key = resourceName(resource);
        const there = this.byKind.get(key);
        if (!there || groupVersionOf(resource) === resource.storage) this.byKind.set(key, resource);
      }
    }
    return this.byKind.get(name);
  }

  /** All versions of a resource. */
  versionsOf({ group, plural }: Pick<ServedResource, 'group' | 'plural'>): ServedResource[] {
    return this.list().filter(resource => resource.group === group && resource.plural === plural);
  }

  hasGroupVersion(group: string, version: string): boolean {
    return this.list().some(resource => resource.group === group && resource.version === version);
  }

  list(): ServedResource[] {
    return [...this.builtIns, ...this.custom.values()];
  }

  customResources(): ServedResource[] {
    return [...this.custom.values()];
  }

  /** Serves the versions of one definition, in place of what was served for it. */
  setCustom(group: string, plural: string, resources: readonly ServedResource[]): void {
    for (const [key, resource] of this.custom) if (resource.group === group && resource.plural === plural) this.custom.delete(key);
    for (const resource of resources) this.custom.set(keyOf(resource), resource);
    this.byKind = undefined;
    this.version++;
  }
}

/** The group and plural that a resource's objects are stored under: versions share them, and so do groups that serve the same objects. */
const kindNames = new WeakMap<ServedResource, string>();
export function kindOf(resource: ServedResource): string {
  let name = kindNames.get(resource);
  if (name === undefined) {
    const { plural, storage } = resource;
    name = storage.includes('/') ? `${plural}.${storage.slice(0, storage.indexOf('/'))}` : plural;
    kindNames.set(resource, name);
  }
  return name;
}

const indexes = new WeakMap<readonly ServedResource[], ReadonlyMap<string, ServedResource>>();
function indexOf(resources: readonly ServedResource[]): ReadonlyMap<string, ServedResource> {
  let index = indexes.get(resources);
  if (!index) indexes.set(resources, index = new Map(resources.map(resource => [keyOf(resource), resource])));
  return index;
}

function keyOf({ group, version, plural }: ServedResource): string {
  return `${group}/${version}/${plural}`;
}
