import type { JsonMap } from '../json';
import { fieldsOf } from './collect';
import { compareValues, SAME, type Comparison } from './compare';
import { ConflictError, type Conflict } from './conflict';
import { difference, differenceWithBelow, EMPTY, intersection, isEmpty, isSubset, printPaths, union, type FieldSet } from './field-set';
import { setOwner, type Owner, type Owners } from './managers';
import { mergeApplied } from './merge';
import { withNamedFields } from './named-fields';
import { reconciled } from './reconcile';
import { removeFields } from './remove';
import type { ValueType } from './typed-value';

/** One kind in all its versions: what structured-merge-diff asks of them. */
export interface Versions {
  /** The type of an object of that version; undefined when there is none. @param apiVersion `apps/v1` */
  tryType(apiVersion: string): ValueType | undefined;
  /** The object in another version. */
  convert(object: JsonMap, apiVersion: string): JsonMap;
  /** What a write never gets to own, because the server puts it back: by version. */
  tryReset(apiVersion: string): FieldSet | undefined;
}

/** Who owns what after a write, with the rules of structured-merge-diff. Objects come without `metadata.managedFields`. */
export class Ownership {
  constructor(private readonly versions: Versions, private readonly apiVersion: string) {}

  private get type(): ValueType {
    return this.versions.tryType(this.apiVersion)!;
  }

  /** After a write that made `next` out of `live`. @param id of the writer, that is of what it owns through this write alone */
  update(live: JsonMap, next: JsonMap, owners: Owners, writer: Owner, id: string): Owners {
    const all = this.inOrder(owners);
    const found = this.take(live, next, all, id, true);
    const before = all.get(id)?.set ?? EMPTY;
    const set = union(union(difference(before, found.removed), found.modified), found.added);
    setOwner(all, id, writer, this.withoutReset(set, this.apiVersion));
    return all;
  }

  /**
   * What an apply makes of `live`, and who owns what then.
   *
   * @returns `object`: `live` itself when nothing is different
   * @throws ConflictError when others own what is to change, and it is not forced
   */
  apply(live: JsonMap, applied: JsonMap, owners: Owners, applier: Owner, id: string, force: boolean): { readonly object: JsonMap; readonly owners: Owners } {
    const { type } = this;
    const all = this.inOrder(owners);
    const merged = mergeApplied(type, live, applied) as JsonMap;
    const last = all.get(id);
    const set = this.withoutReset(fieldsOf(type, applied), this.apiVersion);
    // Also when it is empty: the write decides what becomes of it.
    const now: Owner = { ...last ?? applier, apiVersion: this.apiVersion, set };
    all.set(id, now);
    const object = last ? this.prune(merged, all, last, now) : merged;
    this.take(live, object, all, id, force);
    return { object, owners: all };
  }

  /** Takes from all others what is different in `next`. */
  private take(live: JsonMap, next: JsonMap, owners: Owners, id: string, force: boolean): Comparison {
    const comparisons = new Map<string, Comparison>();
    const own = this.compare(live, next, this.apiVersion, comparisons)!;
    const conflicts: { readonly id: string; readonly owner: Owner; readonly set: FieldSet }[] = [];
    const left: [string, Owner, FieldSet][] = [];
    for (const [otherId, owner] of [...owners]) {
      if (otherId === id) continue;
      const found = this.compare(live, next, owner.apiVersion, comparisons);
      if (!found) {
        // Of a version that does not exist any more.
        owners.delete(otherId);
        continue;
      }
      if (found === SAME) continue;
      const conflict = intersection(owner.set, union(found.modified, found.added));
      if (!isEmpty(conflict)) conflicts.push({ id: otherId, owner, set: conflict });
      left.push([otherId, owner, difference(difference(owner.set, conflict), found.removed)]);
    }
    if (!force && conflicts.length > 0) throw new ConflictError(conflicts.flatMap(conflict => listConflicts(conflict)));
    for (const [otherId, owner, set] of left) setOwner(owners, otherId, owner, set);
    const mine = owners.get(id);
    if (mine && isEmpty(mine.set)) owners.delete(id);
    return own;
  }

  private compare(live: JsonMap, next: JsonMap, apiVersion: string, known: Map<string, Comparison>): Comparison | undefined {
    let found = known.get(apiVersion);
    if (found) return found;
    const type = this.versions.tryType(apiVersion);
    if (!type) return undefined;
    found = live === next ? SAME : this.filter(compareValues(type, this.convert(live, apiVersion), this.convert(next, apiVersion)), apiVersion);
    known.set(apiVersion, found);
    return found;
  }

  private filter(found: Comparison, apiVersion: string): Comparison {
    if (found === SAME || !this.versions.tryReset(apiVersion)) return found;
    const [added, modified, removed] = [found.added, found.modified, found.removed].map(set => this.withoutReset(set, apiVersion));
    return { added, modified, removed };
  }

  /** Removes what the manager applied last time and does not apply now, unless others own it. */
  private prune(merged: JsonMap, owners: Owners, last: Owner, now: Owner): JsonMap {
    const type = this.versions.tryType(last.apiVersion);
    if (!type || isEmpty(last.set)) return merged;
    // It applies all that it applied last time: nothing to remove.
    if (last.apiVersion === now.apiVersion && isSubset(last.set, now.set)) return merged;
    const others = [...owners.values()];
    const whole = this.convert(merged, last.apiVersion);
    let pruned = removeFields(type, whole, withNamedFields(type, last.set)) as JsonMap;
    const versions = new Set([last.apiVersion, ...others.map(owner => owner.apiVersion)]);
    for (const version of versions) {
      const owned = others.filter(owner => owner.apiVersion === version).map(owner => owner.set).reduce(union, EMPTY);
      pruned = this.addBackOwned(merged, pruned, version, owned);
    }
    pruned = this.convert(pruned, last.apiVersion);
    return this.convert(this.addBackDangling(type, whole, pruned, last.set), this.apiVersion);
  }

  /** Of what was removed, what somebody owns. */
  private addBackOwned(merged: JsonMap, pruned: JsonMap, version: string, owned: FieldSet): JsonMap {
    const type = this.versions.tryType(version);
    if (!type) return pruned;
    const whole = this.convert(merged, version);
    const named = (set: FieldSet) => withNamedFields(type, set);
    const kept = union(named(fieldsOf(type, this.convert(pruned, version))), named(owned));
    return removeFields(type, whole, difference(named(fieldsOf(type, whole)), kept)) as JsonMap;
  }

  /** Of what was removed, what the manager had not applied, though it lay below what it had. */
  private addBackDangling(type: ValueType, whole: JsonMap, pruned: JsonMap, last: FieldSet): JsonMap {
    const named = (set: FieldSet) => withNamedFields(type, set);
    const removed = difference(named(fieldsOf(type, whole)), named(fieldsOf(type, pruned)));
    return removeFields(type, whole, intersection(removed, named(last))) as JsonMap;
  }

  private convert(object: JsonMap, apiVersion: string): JsonMap {
    return object.apiVersion === apiVersion ? object : this.versions.convert(object, apiVersion);
  }

  private withoutReset(set: FieldSet, apiVersion: string): FieldSet {
    const reset = this.versions.tryReset(apiVersion);
    return reset ? differenceWithBelow(set, reset) : set;
  }

  private inOrder(owners: Owners): Owners {
    const all: Owners = new Map();
    for (const [id, owner] of owners) {
      const type = this.versions.tryType(owner.apiVersion);
      if (!type) continue;
      const set = reconciled(type, owner.set);
      all.set(id, set === owner.set ? owner : { ...owner, set });
    }
    return all;
  }
}

function listConflicts({ id, owner, set }: { readonly id: string; readonly owner: Owner; readonly set: FieldSet }): Conflict[] {
  return printPaths(set).map(({ path, text }) => ({ id, owner, path, text }));
}
