import { isReset } from '../fields/is-reset';
import { isMap, type Json, type JsonMap, type StoredObject } from '../json';
import type { ServedResource } from '../served-resource';
import { StatusError } from '../status-error';
import { kindOf } from './catalog';
import type { Cluster } from './cluster';
import { fromStorage } from './conversion';
import { checkKind, parseYamlBody, readBody } from './decode-body';
import { deleteObject, warnOfOrphans } from './deletes';
import { duplicateKeys } from './duplicate-keys';
import { success, type Exchange } from './exchange';
import { forbidden } from './forbidden';
import { isCreatedByUpdate, isReturnedWhenDeleted } from './kind-traits';
import { parseListOptions, parseSelectors } from './list-options';
import { parseRevision, readPage, waitFor } from './listing';
import { chooseOutput, type OutputForm } from './media-type';
import { formatList, formatObject } from './output';
import { nameOwnersOnce } from './owners';
import { patchTypeOf, readPatch, refusePatched } from './patch-object';
import { badRequest, notFound } from './refusals';
import { watchObjects } from './watching';
import { parseDeleteOptions, parseWriteOptions, type WriteOptions } from './write-options';
import type { WriteRequest, Written } from './write-request';
import { createObject, updateObject } from './writes';
import { withSortedKeys } from '../patch/json-patch';

const ONE: readonly OutputForm['as'][] = ['Table', 'PartialObjectMetadata'];
const MANY: readonly OutputForm['as'][] = ['Table', 'PartialObjectMetadataList'];
const WATCHED: readonly OutputForm['as'][] = ['Table', 'PartialObjectMetadata', 'PartialObjectMetadataList'];

/** The verbs of a resource itself and of its status, asked by HTTP. Who asks may do so: that was found out before. */
export class ResourceHandler {
  constructor(
    private readonly cluster: Cluster,
    private readonly exchange: Exchange,
    private readonly resource: ServedResource,
    private readonly namespace: string | undefined,
    private readonly name: string | undefined,
    private readonly subresource: string | undefined,
  ) {}

  async get(): Promise<void> {
    const form = this.output(ONE);
    const revision = parseRevision(this.exchange.query.get('resourceVersion') ?? '', message => badRequest(`invalid resource version: ${message}`));
    if (revision > this.cluster.store.revision) await waitFor(this.cluster.store, revision);
    this.sendObject(200, this.find(Math.max(revision, this.newest)), form);
  }

  async list(): Promise<void> {
    const { cluster, exchange, resource } = this;
    const options = parseListOptions(exchange.query, resource, undefined, false);
    const form = this.output(MANY);
    const page = await readPage(cluster.store, kindOf(resource), this.namespace, options, this.newest);
    const objects = page.objects.map(object => fromStorage(resource, object));
    exchange.send(200, formatList(resource, page, objects, form, cluster.now(), exchange.query.get('includeObject')), form);
  }

  watch(): void {
    const { cluster, exchange, resource } = this;
    const options = parseListOptions(exchange.query, resource, this.name, true);
    // Objects of a watch are not lists, whatever a client's Accept calls them.
    watchObjects(cluster, exchange, resource, this.namespace, options, this.output(WATCHED));
  }

  create(): void {
    const options = parseWriteOptions(this.exchange, 'CreateOptions');
    const form = this.output(ONE);
    const request = this.request(options);
    const object = this.decode(options);
    nameOwnersOnce(object.metadata, this.exchange.warnings, false);
    this.sendObject(201, createObject(this.cluster, request, object), form);
  }

  update(): void {
    const options = parseWriteOptions(this.exchange, 'UpdateOptions');
    const form = this.output(ONE);
    const body = this.decode(options);
    const { name } = (body.metadata ?? {}) as { name?: string };
    if (!name) throw badRequest(`the name of the object (${this.name!} based on URL) was undeterminable: name must be provided`);
    nameOwnersOnce(body.metadata, this.exchange.warnings, false);
    this.sendWritten(updateObject(this.cluster, this.request(options), { name: this.name!, next: () => body }), form);
  }

  patch(): void {
    const { exchange, resource, cluster } = this;
    const type = patchTypeOf(exchange.header('content-type'), resource.definition !== undefined);
    const options = parseWriteOptions(exchange, 'PatchOptions', type === 'apply');
    const form = this.output(ONE);
    if (type === 'apply') return this.sendWritten(this.apply(options), form);
    const text = exchange.body.toString();
    const patch = readPatch(type, text, resource.definition === undefined ? resource.schema : undefined);
    const duplicates = options.fieldValidation === 'Ignore' ? [] : duplicateKeys(text).map(path => `${type === 'json' ? 'json patch ' : ''}duplicate field ${JSON.stringify(path)}`);
    this.sendWritten(updateObject(cluster, this.request(options), {
      name: this.name!, creates: false, unconditional: true,
      next: live => {
        const patched = patch.apply(live!);
        // A patched object stays of its kind; what else it says of itself is ignored.
        const refuse = (why: string) => refusePatched(patch.show(patched, this.asWritten(live!)), why);
        return this.shaped({ ...patched, kind: live!.kind, apiVersion: live!.apiVersion }, options, duplicates, refuse);
      },
    }), form);
  }

  delete(): void {
    const { cluster, resource, exchange } = this;
    const { options, dryRun } = parseDeleteOptions(exchange, exchange.body.length > 0 ? readBody(exchange, 'DeleteOptions', false).value : undefined);
    const form = this.output(ONE);
    const request = this.request({ dryRun, manager: '', fieldValidation: 'Ignore', force: false });
    warnOfOrphans(request, options);
    const { object, gone, shown } = deleteObject(cluster, request, this.name!, options);
    const accepted = !gone && options.orphanDependents === false;
    if (!gone || shown || isReturnedWhenDeleted(resource)) return this.sendObject(accepted ? 202 : 200, object, form);
    const { name, uid } = object.metadata;
    exchange.send(200, success({ name, ...resource.group ? { group: resource.group } : {}, kind: resource.plural, uid }));
  }

  deleteCollection(): void {
    const { cluster, resource, exchange } = this;
    const { options, dryRun } = parseDeleteOptions(exchange, exchange.body.length > 0 ? readBody(exchange, 'DeleteOptions', false).value : undefined);
    const form = this.output(MANY);
    const selects = parseSelectors(exchange.query, resource);
    const kind = kindOf(resource);
    const revision = cluster.store.revision;
    const found = cluster.store.list(kind, this.namespace).filter(object => selects.matches(object));
    const asked = this.request({ dryRun, manager: '', fieldValidation: 'Ignore', force: false });
    warnOfOrphans(asked, options);
    for (const { metadata } of found) {
      try {
        deleteObject(cluster, { ...asked, namespace: metadata.namespace }, metadata.name, options);
      } catch (e) {
        // Gone meanwhile is what was asked for.
        if (!(e instanceof StatusError && e.code === 404)) throw e;
      }
    }
    // The answer is the list as it was before.
    const items = found.map(object => fromStorage(resource, object));
    const page = { objects: items, resourceVersion: String(revision) };
    exchange.send(200, formatList(resource, page, items, form, cluster.now(), exchange.query.get('includeObject')), form);
  }

  private apply(options: WriteOptions): Written {
    const { cluster, exchange, resource, subresource } = this;
    const text = exchange.body.toString();
    const intent = parseYamlBody(text) as JsonMap;
    if (typeof intent !== 'object' || intent === null || Array.isArray(intent)) {
      throw badRequest(`error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${Array.isArray(intent) ? 'array' : typeof intent} into Go value of type map[string]interface {}`);
    }
    const duplicates = options.fieldValidation === 'Ignore' || !text.trimStart().startsWith('{') ? [] : duplicateKeys(text);
    const request = this.request(options);
    let undecoded: Json | undefined;
    const written = updateObject(cluster, request, {
      name: this.name!, creates: subresource === undefined || isCreatedByUpdate(resource), managed: true, unconditional: true, undecoded: () => undecoded,
      next: live => {
        if (!live) this.mustCreate();
        const manager = { name: options.manager, time: cluster.now(), subresource };
        const merged = cluster.rules.apply(resource, live, intent, manager, options.force);
        if (merged === live) return merged;
        if (resource.definition !== undefined) undecoded = merged.metadata;
        return this.shaped(merged, { ...options, fieldValidation: 'Ignore' }, [], why => new StatusError(500, '', why), true);
      },
    });
    if (duplicates.length > 0) {
      const found = duplicates.map(path => `duplicate field ${JSON.stringify(path)}`);
      if (options.fieldValidation === 'Strict') throw badRequest(`error strict decoding YAML: error converting YAML to JSON: yaml: unmarshal errors:\n  ${found.join('\n  ')}`);
      this.exchange.warnings.push(...found);
    }
    return written;
  }

  /** Who applies what is not there creates it, and has to be allowed to. @throws StatusError 403 */
  private mustCreate(): void {
    const { resource, namespace, name, exchange: { user } } = this;
    const attributes = { user, verb: 'create', group: resource.group, version: resource.version, resource: resource.plural, namespace, name };
    const { allowed, reason } = this.cluster.rules.authorize(attributes);
    if (!allowed) throw forbidden(attributes, reason);
  }

  /** A body as an object of the kind. @throws StatusError 400 */
  private decode(options: WriteOptions): JsonMap {
    const { resource, exchange } = this;
    const { value, duplicates } = readBody(exchange, resource.kind, options.fieldValidation !== 'Ignore');
    const body = checkKind(resource, value);
    const problems = duplicates.map(path => `duplicate field ${JSON.stringify(path)}`);
    return this.shaped(body, options, problems, why => badRequest(`${resource.kind} in version ${JSON.stringify(resource.version)} cannot be handled as a ${resource.kind}: ${why}`));
  }

  private shaped(body: JsonMap, options: WriteOptions, duplicates: readonly string[], refuse: (why: string) => StatusError, keepsNulls = false): JsonMap {
    const { fieldValidation } = options;
    let decoded;
    try {
      decoded = this.cluster.rules.decode(this.resource, body, { fieldValidation, keepsNulls });
    } catch (e) {
      throw e instanceof StatusError ? e : refuse((e as Error).message);
    }
    keepReset(body, decoded.object);
    if (fieldValidation === 'Ignore') return decoded.object;
    const problems = [...decoded.problems, ...duplicates];
    if (problems.length === 0) return decoded.object;
    if (fieldValidation === 'Strict') throw refuse(`strict decoding error: ${problems.join(', ')}`);
    this.exchange.warnings.push(...problems);
    return decoded.object;
  }

  /** With its keys in the order in which they are on the wire. */
  private asWritten(object: StoredObject): JsonMap {
    if (this.resource.definition !== undefined) return withSortedKeys(object) as JsonMap;
    return this.cluster.rules.decode(this.resource, object, { fieldValidation: 'Ignore' }).object;
  }

  /** What a read takes for the newest revision. */
  private get newest(): number {
    const { exchange: { staleBy }, cluster: { store } } = this;
    return staleBy > 0 ? store.revisionBefore(staleBy) : store.revision;
  }

  private find(revision: number): StoredObject {
    const { cluster: { store }, resource, namespace, name } = this;
    const kind = kindOf(resource);
    const stored = revision < store.revision ? store.tryFindAt(revision, kind, namespace ?? '', name!) : store.tryFind(kind, namespace ?? '', name!);
    if (!stored) throw notFound(resource, name!);
    return fromStorage(resource, stored);
  }

  private request({ dryRun, manager, fieldValidation }: WriteOptions): WriteRequest {
    const { resource, namespace, subresource, exchange } = this;
    return { resource, subresource, namespace, user: exchange.user, manager, dryRun, fieldValidation, warnings: exchange.warnings };
  }

  private output(allows: readonly OutputForm['as'][]): OutputForm {
    return chooseOutput(this.exchange.header('accept'), allows);
  }

  private sendWritten({ object, created }: Written, form: OutputForm): void {
    this.sendObject(created ? 201 : 200, object, form);
  }

  private sendObject(status: number, object: StoredObject, form: OutputForm): void {
    const { exchange, cluster, resource } = this;
    exchange.send(status, formatObject(resource, object, form, cluster.now(), exchange.query.get('includeObject')), form);
  }
}

/** Decoding drops an empty list; one of managedFields means that all owners are to be forgotten, and is not the same as none. */
function keepReset(body: JsonMap, object: JsonMap): void {
  const sent = isMap(body.metadata) ? body.metadata.managedFields : undefined;
  if (isReset(sent) && isMap(object.metadata)) object.metadata.managedFields = sent!;
}
