import type { StoredObject } from '../json';

/** The objects of one kind, in the order of their keys. Cluster-wide ones lie under the empty namespace. */
export class Collection {
  private readonly namespaces = new Map<string, Bucket>();
  private order?: Bucket[];

  tryFind(namespace: string, name: string): StoredObject | undefined {
    return this.namespaces.get(namespace)?.objects.get(name);
  }

  set(namespace: string, name: string, object: StoredObject): void {
    let bucket = this.namespaces.get(namespace);
    if (!bucket) {
      bucket = { namespace, objects: new Map() };
      this.namespaces.set(namespace, bucket);
      this.order = undefined;
    }
    if (!bucket.objects.has(name)) bucket.names = undefined;
    bucket.objects.set(name, object);
  }

  delete(namespace: string, name: string): void {
    const bucket = this.namespaces.get(namespace);
    if (!bucket?.objects.delete(name)) return;
    bucket.names = undefined;
    if (bucket.objects.size > 0) return;
    this.namespaces.delete(namespace);
    this.order = undefined;
  }

  /** @param namespace absent: all of them */
  list(namespace?: string): StoredObject[] {
    if (namespace !== undefined) {
      const bucket = this.namespaces.get(namespace);
      return bucket ? inOrder(bucket) : [];
    }
    // As etcd orders keys, where a slash follows the namespace: `a-b/x` comes before `a/x`.
    this.order ??= [...this.namespaces.values()].sort((a, b) => (`${a.namespace}/` < `${b.namespace}/` ? -1 : 1));
    return this.order.length === 1 ? inOrder(this.order[0]) : this.order.flatMap(inOrder);
  }

  size(namespace?: string): number {
    if (namespace !== undefined) return this.namespaces.get(namespace)?.objects.size ?? 0;
    let sum = 0;
    for (const { objects } of this.namespaces.values()) sum += objects.size;
    return sum;
  }

  /** Another one with the same objects; changes of the one are not seen in the other. */
  copy(namespace?: string): Collection {
    const copy = new Collection();
    for (const bucket of this.namespaces.values()) {
      if (namespace === undefined || bucket.namespace === namespace) copy.namespaces.set(bucket.namespace, { ...bucket, objects: new Map(bucket.objects) });
    }
    return copy;
  }
}

interface Bucket {
  readonly namespace: string;
  readonly objects: Map<string, StoredObject>;
  /** Sorted; absent after a name came or went. */
  names?: string[];
}

function inOrder(bucket: Bucket): StoredObject[] {
  bucket.names ??= [...bucket.objects.keys()].sort();
  return bucket.names.map(name => bucket.objects.get(name)!);
}
