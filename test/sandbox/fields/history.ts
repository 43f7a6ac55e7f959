import { isDeepStrictEqual } from 'node:util';
import { manifest, type Kind } from './manifests';
import type { Random } from './random';
import type { FieldManager } from '../../../lib/sandbox/fields/field-manager';
import type { JsonMap } from '../../../lib/sandbox/json';
import { StatusError } from '../../../lib/sandbox/status-error';
import type { KubeClient } from '../../control-plane/client';

type Data = Record<string, any>;

const APPLY = 'application/apply-patch+yaml';
const MANAGERS = ['alice', 'bob', 'carol'];

export interface Step {
  readonly what: string;
  readonly request: Data;
}

/** Where the sandbox and the real server parted. */
export class Parted extends Error {
  constructor(readonly kind: string, readonly seed: number, readonly step: Step, readonly before: unknown, ours: unknown, theirs: unknown) {
    const said = Object.entries({ request: step.request, before, ours, theirs }).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
    super([`${kind}, seed ${seed}, ${step.what}`, ...said].join('\n'));
  }
}

/** A version of a kind, and who manages its fields. */
export interface Version {
  readonly kind: Kind;
  readonly manager: FieldManager;
}

/** One object's life on the real server: each write is also computed by the sandbox, from what the real server had before. */
export class History {
  private live?: Data;
  private version: Version;
  private readonly name: string;
  writes = 0;
  conflicts = 0;

  /** @param versions in which the object is written, the first one mostly */
  constructor(
    private readonly kube: KubeClient, private readonly versions: readonly Version[], private readonly random: Random, private readonly seed: number,
  ) {
    this.name = `h${seed}`;
    [this.version] = versions;
  }

  private get kind(): Kind {
    return this.version.kind;
  }

  private get manager(): FieldManager {
    return this.version.manager;
  }

  private get collection(): string {
    const { apiVersion, plural } = this.kind;
    return `/api${apiVersion.includes('/') ? 's' : ''}/${apiVersion}/namespaces/default/${plural}`;
  }

  private get path(): string {
    return `${this.collection}/${this.name}`;
  }

  async run(steps: number): Promise<void> {
    for (let i = 0; i < steps; i++) await this.step();
    if (this.live) await this.kube.patch(this.path, { metadata: { finalizers: null } });
    await this.kube.request('DELETE', this.path);
  }

  private async step(): Promise<void> {
    const { random, versions } = this;
    if (versions.length > 1) {
      this.version = random.chance(0.7) ? versions[0] : versions[1];
      if (this.live) this.live = await this.kube.get(this.path);
    }
    if (!this.live) return random.chance(0.6) ? this.apply() : this.create();
    const dice = random.next();
    if (dice < 0.6) return this.apply();
    if (dice < 0.75) return this.patch();
    if (dice < 0.9 || !this.kind.status) return this.replace();
    return this.status();
  }

  private async apply(): Promise<void> {
    const { random } = this;
    const applied = manifest(random, this.kind, this.name);
    const manager = random.pick(MANAGERS);
    const force = random.chance(0.5);
    const step = { what: `apply by ${manager}${force ? ', forced' : ''}`, request: applied };
    const { status, body } = await this.kube.request('PATCH', `${this.path}?fieldManager=${manager}&force=${String(force)}`, applied, { 'content-type': APPLY });
    let ours: JsonMap;
    try {
      ours = this.manager.apply({ live: this.live as JsonMap | undefined, applied: applied as JsonMap, manager, force, now: timeOf(body as Data) }).object;
    } catch (e) {
      if (!(e instanceof StatusError)) throw e;
      this.conflicts++;
      this.compare(step, conflictOf(e.toStatus() as Data), conflictOf(body as Data));
      return;
    }
    if (status >= 400 && status !== 409 && status !== 500) return;
    const theirs = body as Data;
    this.compare(step, fieldsOf(ours), fieldsOf(theirs));
    await this.compareObjects(step, ours, theirs);
    this.accept(theirs);
  }

  private async create(): Promise<void> {
    const manager = this.random.pick(MANAGERS);
    const created = manifest(this.random, this.kind, this.name);
    const { status, body } = await this.kube.request('POST', `${this.collection}?fieldManager=${manager}`, created);
    if (status >= 400) return;
    const theirs = body as Data;
    const next = structuredClone(theirs);
    for (const field of this.kind.allocated ?? []) {
      if (created.spec[field] === undefined) delete next.spec[field];
    }
    delete next.metadata.uid;
    delete next.metadata.managedFields;
    this.compareUpdate({ what: `creation by ${manager}`, request: created }, next, theirs, manager);
  }

  private async replace(): Promise<void> {
    const manager = this.random.pick(MANAGERS);
    const wanted = manifest(this.random, this.kind, this.name);
    const kept = this.random.chance(0.5) ? { managedFields: this.live!.metadata.managedFields } : this.random.chance(0.1) ? { managedFields: [{}] } : {};
    const { resourceVersion } = this.live!.metadata;
    const sent: Data = { ...wanted, metadata: { ...wanted.metadata, ...kept, resourceVersion } };
    for (const field of this.kind.allocated ?? []) sent.spec[field] ??= this.live!.spec[field];
    const { status, body } = await this.kube.request('PUT', `${this.path}?fieldManager=${manager}`, sent);
    if (status >= 400) return;
    const theirs = body as Data;
    this.compareUpdate({ what: `replacement by ${manager}`, request: sent }, withEntries(theirs, kept.managedFields), theirs, manager);
  }

  private async patch(): Promise<void> {
    const manager = this.random.pick(MANAGERS);
    const { apiVersion: _a, kind: _k, metadata: { name: _n, namespace: _ns, ...metadata }, ...rest } = manifest(this.random, this.kind, this.name);
    const patch: Data = { metadata, ...rest };
    if (this.random.chance(0.3)) patch.metadata.labels = null;
    const { status, body } = await this.kube.request('PATCH', `${this.path}?fieldManager=${manager}`, patch, { 'content-type': 'application/merge-patch+json' });
    if (status >= 400) return;
    const theirs = body as Data;
    this.compareUpdate({ what: `patch by ${manager}`, request: patch }, withEntries(theirs, this.live!.metadata.managedFields), theirs, manager);
  }

  private async status(): Promise<void> {
    const manager = this.random.pick(MANAGERS);
    const applied: Data = { apiVersion: this.kind.apiVersion, kind: this.kind.kind, metadata: { name: this.name, namespace: 'default' }, status: this.kind.status!(this.random) };
    if (this.random.chance(0.5)) {
      const step = { what: `apply of the status by ${manager}`, request: applied };
      const { status, body } = await this.kube.request('PATCH', `${this.path}/status?fieldManager=${manager}&force=true`, applied, { 'content-type': APPLY });
      if (status >= 400) return;
      const ours = this.manager.apply({ live: this.live as JsonMap, applied: applied as JsonMap, manager, force: true, subresource: 'status', now: timeOf(body as Data) });
      this.compare(step, fieldsOf(ours.object), fieldsOf(body as Data));
      this.accept(body as Data);
      return;
    }
    const { status, body } = await this.kube.request('PATCH', `${this.path}/status?fieldManager=${manager}`, { status: applied.status }, { 'content-type': 'application/merge-patch+json' });
    if (status >= 400) return;
    const theirs = body as Data;
    this.compareUpdate({ what: `patch of the status by ${manager}`, request: applied.status }, withEntries(theirs, this.live!.metadata.managedFields), theirs, manager, 'status');
  }

  private compareUpdate(step: Step, next: Data, theirs: Data, manager: string, subresource?: string): void {
    const ours = this.manager.update({ live: this.live as JsonMap | undefined, next: next as JsonMap, manager, subresource, now: timeOf(theirs) });
    this.compare(step, fieldsOf(ours), fieldsOf(theirs));
    this.accept(theirs);
  }

  /** The real server gives defaults to what the sandbox made of an apply, as it did to what it made of it itself: both are to be equal then. */
  private async compareObjects(step: Step, ours: JsonMap, theirs: Data): Promise<void> {
    const { managedFields: _, ...metadata } = ours.metadata as Data;
    const { resourceVersion, uid } = theirs.metadata;
    const sent = { ...ours, metadata: { ...metadata, resourceVersion, uid } };
    const { status, body } = await this.kube.request('PUT', `${this.path}?dryRun=All&fieldManager=test`, sent);
    this.compare({ ...step, what: `object after ${step.what}` }, status < 400 ? contentOf(body as Data) : body, contentOf(theirs));
  }

  private compare(step: Step, ours: unknown, theirs: unknown): void {
    if (!isDeepStrictEqual(ours, theirs)) throw new Parted(this.kind.kind, this.seed, step, this.live, ours, theirs);
  }

  private accept(object: Data): void {
    this.writes++;
    this.live = object;
  }
}

/** The entries but for their times; the sets as text, because the order of their keys counts. */
function fieldsOf(object: Data): Data[] {
  return ((object.metadata.managedFields ?? []) as Data[]).map(({ time: _, fieldsV1, ...entry }) => ({ ...entry, fieldsV1: JSON.stringify(fieldsV1) }));
}

/** When the real server wrote: the order of the entries depends on it. */
function timeOf(object: Data): Date {
  const times = ((object.metadata?.managedFields ?? []) as Data[]).flatMap(({ time }) => time ? [Date.parse(time as string)] : []);
  return times.length > 0 ? new Date(Math.max(...times)) : new Date();
}

function withEntries(object: Data, managedFields: unknown): Data {
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata: { ...metadata, ...managedFields === undefined ? {} : { managedFields } } };
}

function contentOf(object: Data): Data {
  const { managedFields: _m, resourceVersion: _r, generation: _g, ...metadata } = object.metadata;
  return { ...object, metadata };
}

function conflictOf({ code, reason, message, details }: Data): Data {
  const causes = ((details?.causes ?? []) as Data[]).map(cause => JSON.stringify(cause)).sort();
  return { code, reason: reason ?? '', message, causes };
}
