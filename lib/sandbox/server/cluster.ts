import type { ClusterApi, ObjectKey, StoreEvent } from '../api';
import { FaultPlan, type RequestInfo } from '../faults/fault-plan';
import type { JsonMap, StoredObject } from '../json';
import { onDemand } from './on-demand';
import type { ServedDocuments } from './served-documents';
import type { ServedResource } from '../served-resource';
import { StatusError } from '../status-error';
import { bindPod } from './binding';
import { Catalog, kindOf } from './catalog';
import { fromStorage } from './conversion';
import { deleteObject } from './deletes';
import type { Rules } from './rules';
import { writeScale } from './scale';
import type { WriteRequest } from './write-request';
import { createObject, updateObject, type WriteContext } from './writes';
import { definedResources } from '../schema/definition';
import type { HistoryOptions } from '../store/history';
import { Store } from '../store/store';

export interface ClusterOptions {
  readonly name: string;
  readonly builtIns: readonly ServedResource[];
  /** Made once for the cluster; it sees the cluster from within. */
  readonly rules: (cluster: Cluster) => Rules;
  readonly history?: HistoryOptions;
  /** @default none */
  readonly faults?: FaultPlan;
  /** @default the machine's clock */
  readonly now?: () => Date;
}


/** Whoever works within the process may do everything. */
const WITHIN = { name: 'system:sandbox', groups: ['system:masters', 'system:authenticated'] } as const;

/** One cluster: its objects, what it serves, and its rules. The HTTP server and the controllers work on it alike. */
export class Cluster implements ClusterApi, WriteContext {
  readonly name: string;
  readonly store: Store;
  readonly catalog: Catalog;
  readonly rules: Rules;
  readonly now: () => Date;
  /** What goes wrong on request. */
  readonly faults: FaultPlan;
  /** Of this version of the catalog; by what is left out of them. */
  private documents = new Map<string, ServedDocuments>();
  private documentsVersion = -1;

  constructor(options: ClusterOptions) {
    this.name = options.name;
    this.faults = options.faults ?? new FaultPlan();
    this.now = options.now ?? (() => new Date());
    this.store = new Store({ history: options.history, now: () => this.now().getTime() });
    this.catalog = new Catalog(options.builtIns);
    this.rules = options.rules(this);
    this.store.watch('customresourcedefinitions.apiextensions.k8s.io', change => this.serve(change.object, change.type === 'DELETED'));
  }

  /** What is served, as who asks is told. @param info absent where no fault is on */
  documentsFor(info?: RequestInfo): ServedDocuments {
    if (this.documentsVersion !== this.catalog.version) {
      this.documents = new Map();
      this.documentsVersion = this.catalog.version;
    }
    const resources = this.catalog.list();
    const groups = info && !this.faults.isIdle ? [...new Set(resources.map(({ group }) => group))] : [];
    const gone = groups.map(group => [group, this.faults.tryGone(group, info!)] as const).filter(([, how]) => how !== undefined);
    const key = JSON.stringify(gone);
    let documents = this.documents.get(key);
    if (!documents) this.documents.set(key, documents = new onDemand.documents.ServedDocuments(resources, new Map(gone as [string, 'absent' | 'unavailable'][])));
    return documents;
  }

  tryFind(resource: string, key: ObjectKey): StoredObject | undefined {
    const found = this.catalog.tryFindResource(resource);
    const stored = found && this.store.tryFind(kindOf(found), key.namespace ?? '', key.name);
    return stored && fromStorage(found, stored);
  }

  list(resource: string, namespace?: string): readonly StoredObject[] {
    const found = this.catalog.tryFindResource(resource);
    if (!found) return [];
    const objects = this.store.list(kindOf(found), namespace);
    return objects.length > 0 && fromStorage(found, objects[0]) !== objects[0] ? objects.map(each => fromStorage(found, each)) : objects;
  }

  create(resource: string, object: JsonMap, manager: string): StoredObject {
    const found = this.findResource(resource);
    const { namespace } = (object.metadata ?? {}) as { namespace?: string };
    return createObject(this, this.request(found, namespace, manager), this.rules.decode(found, object, { fieldValidation: 'Ignore' }).object);
  }

  update(resource: string, object: StoredObject, manager: string, subresource?: string): StoredObject {
    const found = this.findResource(resource);
    const request = this.request(found, object.metadata.namespace, manager, subresource);
    const { name } = object.metadata;
    if (subresource === 'scale') return writeScale(this, request, name, () => object).object;
    if (subresource === 'binding') return bindPod(this, request, name, object);
    const next = this.rules.decode(found, object, { fieldValidation: 'Ignore' }).object;
    return updateObject(this, request, { name, next: () => next, creates: false }).object;
  }

  delete(resource: string, key: ObjectKey, options: {
    readonly propagationPolicy?: 'Foreground' | 'Background' | 'Orphan'; readonly uid?: string; readonly gracePeriodSeconds?: number;
  } = {}): void {
    const { uid, ...rest } = options;
    const found = this.findResource(resource);
    deleteObject(this, this.request(found, key.namespace, ''), key.name, { ...rest, ...uid ? { preconditions: { uid } } : {} });
  }

  watch(resource: string, listener: (event: StoreEvent) => void): () => void {
    const found = this.findResource(resource);
    return this.store.watch(kindOf(found), ({ type, object, old }) => {
      const served = this.catalog.tryFindResource(resource) ?? found;
      listener({ type, resource: served, object: fromStorage(found, object), ...old ? { old: fromStorage(found, old) } : {} });
    });
  }

  resources(): readonly ServedResource[] {
    const best = new Map<string, ServedResource>();
    for (const each of this.catalog.list()) {
      const name = each.group ? `${each.plural}.${each.group}` : each.plural;
      if (!best.has(name)) best.set(name, this.catalog.tryFindResource(name)!);
    }
    return [...best.values()];
  }

  tryFindResource(resource: string): ServedResource | undefined {
    return this.catalog.tryFindResource(resource);
  }

  versionsOf(resource: ServedResource): readonly ServedResource[] {
    return this.catalog.versionsOf(resource);
  }

  private serve(definition: StoredObject, gone: boolean): void {
    const { group, names } = definition.spec as { group: string; names: { plural: string } };
    this.catalog.setCustom(group, names.plural, gone ? [] : definedResources(definition));
  }

  private findResource(resource: string): ServedResource {
    const found = this.catalog.tryFindResource(resource);
    if (!found) throw new StatusError(404, 'NotFound', 'the server could not find the requested resource', {});
    return found;
  }

  private request(resource: ServedResource, namespace: string | undefined, manager: string, subresource?: string): WriteRequest {
    return { resource, namespace: resource.namespaced ? namespace : undefined, user: WITHIN, manager, subresource, dryRun: false, fieldValidation: 'Ignore', warnings: [] };
  }
}
