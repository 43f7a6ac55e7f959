import type { ClusterApi, ObjectKey, StoreEvent } from '../../../lib/sandbox/api';
import type { JsonMap, StoredObject } from '../../../lib/sandbox/json';
import { resourceName, type ServedResource } from '../../../lib/sandbox/served-resource';

/** Objects in a map, as little of a cluster as admission asks for: no rules, no history. */
export class InMemoryCluster implements ClusterApi {
  private readonly objects = new Map<string, Map<string, StoredObject>>();
  private readonly listeners = new Map<string, Set<(event: StoreEvent) => void>>();

  constructor(private readonly kinds: Iterable<ServedResource> = []) {
  }

  readonly now = () => new Date();

  tryFind(resource: string, key: ObjectKey): StoredObject | undefined {
    return this.objects.get(resource)?.get(keyOf(key));
  }

  list(resource: string, namespace?: string): readonly StoredObject[] {
    return [...this.objects.get(resource)?.values() ?? []].filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace);
  }

  create(resource: string, object: JsonMap): StoredObject {
    const stored = object as StoredObject;
    const old = this.tryFind(resource, stored.metadata);
    this.objects.set(resource, (this.objects.get(resource) ?? new Map<string, StoredObject>()).set(keyOf(stored.metadata), stored));
    this.tell(resource, old ? 'MODIFIED' : 'ADDED', stored, old);
    return stored;
  }

  update(resource: string, object: StoredObject): StoredObject {
    return this.create(resource, object);
  }

  delete(resource: string, key: ObjectKey): void {
    const old = this.tryFind(resource, key);
    if (old && this.objects.get(resource)?.delete(keyOf(key))) this.tell(resource, 'DELETED', old, old);
  }

  watch(resource: string, listener: (event: StoreEvent) => void): () => void {
    const listeners = this.listeners.get(resource) ?? new Set();
    this.listeners.set(resource, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  resources(): readonly ServedResource[] {
    return [...this.kinds];
  }

  tryFindResource(resource: string): ServedResource | undefined {
    return this.resources().find(kind => resourceName(kind) === resource);
  }

  private tell(resource: string, type: StoreEvent['type'], object: StoredObject, old?: StoredObject): void {
    const kind = this.tryFindResource(resource) as ServedResource;
    for (const listener of this.listeners.get(resource) ?? []) listener({ type, resource: kind, object, old });
  }
}

function keyOf({ namespace = '', name }: ObjectKey): string {
  return `${namespace}/${name}`;
}
