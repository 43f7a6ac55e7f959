import { equalJson } from '../equal-json';
import { isMap, type Json, type JsonMap } from '../json';
import { convertObject } from '../schema/conversion';
import { groupVersionOf, type ServedResource } from '../served-resource';
import { StatusError } from '../status-error';
import { timestamp } from '../timestamp';
import { blankObject } from './blank';
import { printProblems, problemsOf } from './check';
import { ConflictError } from './conflict';
import { difference, EMPTY, setOf, union } from './field-set';
import { isReset } from './is-reset';
import { unexplained, withLastApplied } from './last-applied';
import { StepError } from './list-key';
import { capUpdaters } from './manager-cap';
import { decodeOwners, encodeOwners, identify, setOwner, type Owner, type Owners } from './managers';
import { Ownership, type Versions } from './ownership';
import { tryResetFields } from './reset-fields';
import { typeOf, type ValueType } from './typed-value';
import { asWritten } from './written';

/** A kind in one version: a ServedResource is one, and so is what a subresource takes as its body. */
export type ManagedKind = Pick<ServedResource, 'group' | 'version' | 'kind' | 'plural' | 'schema' | 'subresources' | 'definition'>;

export interface ApplyRequest {
  /** What is stored, in this version; absent when there is nothing yet. */
  readonly live?: JsonMap;
  /** The configuration, as the client sent it, without defaults. */
  readonly applied: JsonMap;
  readonly manager: string;
  /** Whether to take over what others own. @default false */
  readonly force?: boolean;
  /** @default the resource itself */
  readonly subresource?: string;
  readonly now: Date;
}

export interface ApplyResult {
  /** With its managedFields, before defaults and admission; it shares parts with `live` and `applied`. `live` itself when nothing is different. */
  readonly object: JsonMap;
  /** Whether anything is different, managedFields included. */
  readonly changed: boolean;
}

export interface UpdateRequest {
  /** What is stored, in this version; absent when there is nothing yet. */
  readonly live?: JsonMap;
  /** What is to be stored, with its defaults, before admission; its own managedFields count as the real server has it. */
  readonly next: JsonMap;
  readonly manager: string;
  /** @default the resource itself */
  readonly subresource?: string;
  readonly now: Date;
}

/** The manager of what was there before anybody applied, in objects that nobody was known to own. */
const BEFORE_FIRST_APPLY = 'before-first-apply';
/** Under which the fields of one write go, until it is known what else their manager owns. */
const THIS_WRITE = 'current-operation';

/** What nobody owns: it is the object's identity, or the server's. */
const NEVER_OWNED = setOf(
  ['f:apiVersion'], ['f:kind'], ['f:metadata'],
  ...['name', 'namespace', 'creationTimestamp', 'selfLink', 'uid', 'clusterName', 'generation', 'managedFields', 'resourceVersion'].map(name => ['f:metadata', `f:${name}`]),
);

/** Keeps `metadata.managedFields` of one kind in one version, as kube-apiserver does. Works on plain JSON, changes nothing that it is given. */
export class FieldManager {
  private readonly apiVersion: string;
  private readonly ownerships = new Map<string, Ownership>();
  private readonly types = new Map<string, ManagedKind>();
  private blankMade?: JsonMap;

  /** @param siblings all served versions of the resource, this one too: entries of other versions live on, those of versions that are gone do not */
  constructor(private readonly kind: ManagedKind, siblings: readonly ManagedKind[] = [kind]) {
    this.apiVersion = groupVersionOf(kind);
    for (const sibling of [...siblings, kind]) this.types.set(groupVersionOf(sibling), sibling);
  }

  /**
   * Server-side apply.
   *
   * @throws StatusError 409 with the conflicts; 400 for a wrong kind or version, or with managedFields in the configuration; 500 without a reason when the
   *   configuration is not as the schema has it
   */
  apply(request: ApplyRequest): ApplyResult {
    const { applied, manager, subresource = '', now } = request;
    this.checkApplied(applied);
    const live = request.live ?? this.blank;
    const { metadata: liveMetadata } = live;
    const before = isMap(liveMetadata) ? liveMetadata.managedFields : undefined;
    const bare = withoutManagedFields(live);
    let owners = this.decode(before);
    if (owners.size === 0 && request.live) owners = this.writtenBefore(bare, owners, subresource, now);
    const applier: Owner = { manager: manager || 'unknown', operation: 'Apply', apiVersion: this.apiVersion, subresource, set: EMPTY };
    const id = identify(applier);
    const last = owners.get(id);
    const result = this.merge(bare, applied, owners, applier, id, request.force ?? false);
    const isSame = result.object === bare || equalJson(result.object, bare);
    const entry = result.owners.get(id);
    if (entry) {
      setOwner(result.owners, id, last && last.apiVersion === entry.apiVersion ? last : entry, difference(entry.set, NEVER_OWNED));
      const kept = result.owners.get(id);
      if (kept && !isSame) result.owners.set(id, { ...kept, time: timestamp(now) });
    }
    const object = manager === 'kubectl' ? withLastApplied(isSame ? bare : result.object, applied) : isSame ? bare : result.object;
    const managedFields = encodeOwners(result.owners, before);
    if (request.live && object === bare && equalEntries(before, managedFields)) return { object: live, changed: false };
    return { object: withManagedFields(object, managedFields), changed: true };
  }

  /** Any other write, creation included: what it changes, its manager owns. Returns `next` with the managedFields that it is to be stored with. */
  update(request: UpdateRequest): JsonMap {
    const { live, next, manager, subresource = '', now } = request;
    const before = live && isMap(live.metadata) ? live.metadata.managedFields : undefined;
    const owners = this.decodeForUpdate(before, next, subresource);
    const bare = withoutManagedFields(next);
    // Of an object whose owners nobody knows, nobody gets to be known.
    if (owners.size === 0 && live && isMap(live.metadata) && live.metadata.uid) return bare;
    try {
      const result = this.written(live ? withoutManagedFields(live) : this.blank, bare, owners, manager, subresource, now);
      return withManagedFields(bare, encodeOwners(result, before));
    } catch (e) {
      // An item without its key. The real server does without owners then, and leaves it to validation to refuse the object.
      if (e instanceof StepError) return bare;
      throw e;
    }
  }

  /** What an object of this kind is before anybody says anything of it. */
  private get blank(): JsonMap {
    return this.blankMade ??= blankObject(this.kind.schema, this.apiVersion, this.kind.kind);
  }

  /** Of an object that nobody was known to own, what it has already is owned by a manager made up for it. */
  private writtenBefore(live: JsonMap, owners: Owners, subresource: string, now: Date): Owners {
    try {
      return this.written(this.blank, live, owners, BEFORE_FIRST_APPLY, subresource, now);
    } catch (e) {
      if (e instanceof StepError) throw new StatusError(500, '', `failed to create manager for existing fields: ${e.message}`);
      throw e;
    }
  }

  private written(live: JsonMap, next: JsonMap, owners: Owners, manager: string, subresource: string, now: Date): Owners {
    const writer: Owner = { manager: manager || 'unknown', operation: 'Update', apiVersion: this.apiVersion, subresource, set: EMPTY };
    const result = this.ownership(subresource).update(live, next, owners, writer, THIS_WRITE);
    const mine = result.get(THIS_WRITE);
    if (mine) {
      result.delete(THIS_WRITE);
      const id = identify(writer);
      const set = difference(mine.set, NEVER_OWNED);
      const all = union(set, result.get(id)?.set ?? EMPTY);
      if (set.children) result.set(id, { ...writer, set: all, time: timestamp(now) });
    }
    capUpdaters(result);
    return result;
  }

  private merge(live: JsonMap, applied: JsonMap, owners: Owners, applier: Owner, id: string, force: boolean): { object: JsonMap; owners: Owners } {
    const ownership = this.ownership(applier.subresource);
    try {
      return ownership.apply(live, applied, owners, applier, id, force);
    } catch (e) {
      if (e instanceof StepError) throw new StatusError(500, '', `failed to create typed live object (${this.describe(live)}): ${e.message}`);
      if (!(e instanceof ConflictError) || applier.manager !== 'kubectl') throw e;
      const left = unexplained(this.type, live, e, this.apiVersion);
      if (left) throw left;
      return ownership.apply(live, applied, owners, applier, id, true);
    }
  }

  private checkApplied(applied: JsonMap): void {
    if (applied.apiVersion !== this.apiVersion || applied.kind !== this.kind.kind) {
      throw new StatusError(400, 'BadRequest', `invalid object type: ${gvk(String(applied.apiVersion), String(applied.kind))}`);
    }
    const metadata = isMap(applied.metadata) ? applied.metadata : {};
    if (Array.isArray(metadata.managedFields)) throw new StatusError(400, 'BadRequest', 'metadata.managedFields must be nil');
    const problems = problemsOf(this.type, applied);
    if (problems.length > 0) {
      throw new StatusError(500, '', `failed to create typed patch object (${this.describe(applied)}): ${printProblems(problems)}`);
    }
  }

  /** `default/web; apps/v1, Kind=Deployment` */
  private describe({ metadata }: JsonMap): string {
    const { namespace, name } = isMap(metadata) ? metadata : {} as JsonMap;
    return `${text(namespace)}/${text(name)}; ${gvk(this.apiVersion, this.kind.kind)}`;
  }

  private decode(managedFields: Json | undefined): Owners {
    try {
      return decodeOwners(managedFields);
    } catch (e) {
      throw new StatusError(500, '', `failed to decode managed fields: ${(e as Error).message}`);
    }
  }

  /** A client may write managedFields itself, and one that knows nothing of them shall not remove them. */
  private decodeForUpdate(before: Json | undefined, next: JsonMap, subresource: string): Owners {
    const own = isMap(next.metadata) ? next.metadata.managedFields : undefined;
    if (subresource === '') {
      if (isReset(own)) return new Map();
      const owners = tryDecode(own);
      if (owners && owners.size > 0) return owners;
    }
    return tryDecode(before) ?? new Map();
  }

  private get type(): ValueType {
    return typeOf(this.kind.schema);
  }

  private convert(object: JsonMap, apiVersion: string): JsonMap {
    const converted = convertObject(object, apiVersion);
    const { schema, kind } = this.types.get(apiVersion) ?? this.kind;
    return schema.name === undefined ? converted : asWritten(schema, converted, blankObject(schema, apiVersion, kind));
  }

  private ownership(subresource: string): Ownership {
    let ownership = this.ownerships.get(subresource);
    if (!ownership) {
      const reset = tryResetFields(this.kind, subresource);
      const versions: Versions = {
        tryType: apiVersion => {
          const kind = this.types.get(apiVersion);
          return kind && typeOf(kind.schema);
        },
        convert: (object, apiVersion) => this.convert(object, apiVersion),
        tryReset: () => reset,
      };
      ownership = new Ownership(versions, this.apiVersion);
      this.ownerships.set(subresource, ownership);
    }
    return ownership;
  }
}

/** As Go prints a GroupVersionKind. */
function gvk(apiVersion: string, kind: string): string {
  return `${apiVersion.includes('/') ? apiVersion : `/${apiVersion}`}, Kind=${kind}`;
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

function tryDecode(managedFields: Json | undefined): Owners | undefined {
  try {
    return decodeOwners(managedFields);
  } catch {
    return undefined;
  }
}

function equalEntries(before: Json | undefined, after: Json[] | undefined): boolean {
  if (!Array.isArray(before)) return after === undefined;
  return after?.length === before.length && after.every((entry, i) => entry === before[i] || equalJson(entry, before[i]));
}

function withoutManagedFields(object: JsonMap): JsonMap {
  const { metadata } = object;
  if (!isMap(metadata) || !Object.hasOwn(metadata, 'managedFields')) return object;
  const { managedFields: _, ...rest } = metadata;
  return { ...object, metadata: rest };
}

function withManagedFields(object: JsonMap, managedFields: Json[] | undefined): JsonMap {
  return managedFields ? { ...object, metadata: { ...object.metadata as JsonMap | undefined, managedFields } } : object;
}
