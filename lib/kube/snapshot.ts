import type { KubeObject } from './health';
import { keyOf, type ObjectList } from './list';
import type { Resource } from './resource';
import type { WatchEvent } from './watch';

/**
 * A collection as it was last told of, by lists and by a watch. It never goes back in time: of two answers that overtake each other, the older one
 * changes nothing.
 */
export class Snapshot {
  private state: Map<string, KubeObject>;
  private latest: string;

  /** The version of the list has to be comparable. */
  constructor(private readonly resource: Resource, first: ObjectList) {
    this.state = new Map(first.objects);
    this.latest = first.version;
  }

  /** By `formatIdentity`. */
  public get objects(): ReadonlyMap<string, KubeObject> {
    return this.state;
  }

  public get version(): string {
    return this.latest;
  }

  /** Takes over a list that was asked for at the version given; returns the keys of what changed. */
  public replace(list: ObjectList, askedAt: string): Set<string> {
    // Older than what was known before it was asked for: the server's history was put back, from a backup for instance.
    const isPutBack = isNewer(askedAt, list.version);
    if (!isPutBack && isNewer(this.latest, list.version)) {
      return new Set();
    }
    const former = this.state;
    this.state = new Map(list.objects);
    this.latest = list.version;
    const changed = new Set([...former.keys()].filter(key => !this.state.has(key)));
    for (const [key, object] of this.state) {
      if (versionOf(former.get(key)) !== versionOf(object)) changed.add(key);
    }
    return changed;
  }

  /** Takes over an event; returns the key of what changed. */
  public apply({ type, object }: WatchEvent): string | undefined {
    const version = versionOf(object) ?? '';
    if (!isNewer(version, this.latest)) {
      return undefined;
    }
    this.latest = version;
    if (type === 'BOOKMARK') {
      return undefined;
    }
    const key = keyOf(this.resource, object);
    if (type === 'DELETED') {
      this.state.delete(key);
    } else {
      this.state.set(key, object);
    }
    return key;
  }
}

/** API servers number all changes of a collection upwards (KEP-5504); what stands before another kind of store may not. */
export function isComparable(version: string): boolean {
  return /^[1-9]\d*$/.test(version);
}

/** Whether a version is later than another one; both have to be comparable. */
function isNewer(version: string, other: string): boolean {
  return version.length === other.length ? version > other : version.length > other.length;
}

/** Whether a version is earlier than another, where the server counts them. */
export function isOlder(version: string, other: string): boolean {
  return isComparable(version) && isComparable(other) && isNewer(other, version);
}

function versionOf(object: KubeObject | undefined): string | undefined {
  return object?.metadata?.resourceVersion;
}
