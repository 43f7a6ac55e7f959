import type { Json } from '../json';
import { difference, hasPath, setOf } from './field-set';
import { decodeOwners, encodeOwners, setOwner, type Owner, type Owners } from './managers';

const SCALE = 'autoscaling/v1';
const REPLICAS = ['f:spec', 'f:replicas'];

/**
 * The managedFields of a Scale, which is a view of another object: who owns the replicas there owns them here, and the other way round.
 *
 * @see toScale before a write to `/scale`, toParent after it
 */
export class ScaleFields {
  private readonly owners: Owners;

  /**
   * @param managedFields of the object that is scaled
   * @param replicas where each of its versions keeps the number: `apps/v1` → `.spec.replicas`; undefined where one has no Scale
   * @param apiVersion the version that it is written in
   */
  constructor(managedFields: Json | undefined, private readonly replicas: ReadonlyMap<string, string | undefined>, private readonly apiVersion: string) {
    this.owners = decodeOwners(managedFields);
  }

  /** The managedFields of the Scale. */
  toScale(): Json[] | undefined {
    const found: Owners = new Map();
    for (const [id, owner] of this.owners) {
      const path = this.tryPath(owner);
      if (path && hasPath(owner.set, path)) found.set(id, { ...owner, apiVersion: SCALE, set: setOf(REPLICAS) });
    }
    return encodeOwners(found);
  }

  /** The managedFields of the object that is scaled, after the Scale was written. @param managedFields of the Scale as it was written */
  toParent(managedFields: Json | undefined): Json[] | undefined {
    const scale = decodeOwners(managedFields);
    const result: Owners = new Map();
    for (const [id, owner] of this.owners) {
      if (!this.replicas.has(owner.apiVersion)) continue;
      const path = this.tryPath(owner);
      // Appliers are found again; an updater's name holds the version, which is another one here: what it owned is written anew below, without a time.
      if (!path || !hasPath(owner.set, path) || scale.delete(id)) result.set(id, owner);
      else setOwner(result, id, owner, difference(owner.set, setOf(path)));
    }
    const path = stepsOf(this.replicas.get(this.apiVersion));
    for (const [id, { manager, operation, subresource, set }] of path ? scale : []) {
      if (!hasPath(set, REPLICAS)) continue;
      const time = this.owners.get(id)?.time;
      result.set(id, { manager, operation, subresource, apiVersion: this.apiVersion, set: setOf(path!), ...time === undefined ? {} : { time } });
    }
    return encodeOwners(result);
  }

  private tryPath({ apiVersion }: Owner): string[] | undefined {
    return stepsOf(this.replicas.get(apiVersion));
  }
}

/** `.spec.replicas` */
function stepsOf(path: string | undefined): string[] | undefined {
  return path?.split('.').filter(name => name !== '').map(name => `f:${name}`);
}
