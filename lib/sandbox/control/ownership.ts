import type { Meta } from './objects';

/** Where an object is. */
export interface Place {
  /** `deployments.apps` */
  readonly resource: string;
  readonly namespace?: string;
  readonly name: string;
  readonly uid: string;
}

const NONE: ReadonlyMap<string, Place> = new Map();

/** Who owns whom in a cluster, by uid, and which pods and the like have no controller yet. */
export class Ownership {
  private readonly places = new Map<string, Place>();
  private readonly owners = new Map<string, readonly string[]>();
  private readonly owned = new Map<string, Map<string, Place>>();
  /** By `resource/namespace`. */
  private readonly free = new Map<string, Set<string>>();

  /** @param adoptable whether a controller may take the object when it has none */
  note(resource: string, metadata: Meta, adoptable: boolean): void {
    const { uid, name, namespace, ownerReferences } = metadata;
    let place = this.places.get(uid);
    if (!place) {
      place = { resource, namespace, name, uid };
      this.places.set(uid, place);
    }
    this.setOwners(place, ownerReferences?.map(reference => reference.uid) ?? []);
    if (adoptable) this.setFree(place, !ownerReferences?.some(reference => reference.controller));
  }

  forget(uid: string): void {
    const place = this.places.get(uid);
    if (!place) return;
    this.setOwners(place, []);
    this.setFree(place, false);
    this.places.delete(uid);
  }

  find(uid: string): Place | undefined {
    return this.places.get(uid);
  }

  /** By uid. Safe to walk while objects are written: a copy where there are any. */
  dependents(uid: string): Iterable<Place> {
    const owned = this.owned.get(uid);
    return owned ? [...owned.values()] : NONE.values();
  }

  hasDependents(uid: string): boolean {
    return this.owned.has(uid);
  }

  /** The names of those without a controller. */
  withoutController(resource: string, namespace: string | undefined): Iterable<string> {
    return [...this.free.get(`${resource}/${namespace ?? ''}`) ?? []];
  }

  private setOwners(place: Place, uids: readonly string[]): void {
    const before = this.owners.get(place.uid);
    if (before ? before.length === uids.length && before.every((uid, i) => uid === uids[i]) : uids.length === 0) return;
    for (const uid of before ?? []) {
      const owned = this.owned.get(uid);
      owned?.delete(place.uid);
      if (owned?.size === 0) this.owned.delete(uid);
    }
    for (const uid of uids) {
      const owned = this.owned.get(uid);
      if (owned) owned.set(place.uid, place);
      else this.owned.set(uid, new Map([[place.uid, place]]));
    }
    if (uids.length > 0) this.owners.set(place.uid, uids);
    else this.owners.delete(place.uid);
  }

  private setFree({ resource, namespace, name }: Place, isFree: boolean): void {
    const key = `${resource}/${namespace ?? ''}`;
    const names = this.free.get(key);
    if (isFree) {
      if (names) names.add(name);
      else this.free.set(key, new Set([name]));
    } else if (names?.delete(name) && names.size === 0) {
      this.free.delete(key);
    }
  }
}
