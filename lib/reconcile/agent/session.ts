import { setTimeout as sleep } from 'node:timers/promises';
import { audit } from './audit';
import { Backoff } from './backoff';
import { reasonToWait } from './dependency';
import type { AgentListener, ClusterState, TargetState } from './events';
import { Fights } from './fights';
import { RecordBook } from './record-book';
import { RecordWatch } from './record-watch';
import { View } from './view';
import { ViewReadiness } from './view-readiness';
import { WorkQueue } from './work-queue';
import { FlotillaError } from '../../errors';
import { isUnauthorized, isUnreachable } from '../../kube/classify';
import { clusterError } from '../../kube/cluster-error';
import type { Connection } from '../../kube/connection';
import { Discovery } from '../../kube/discovery';
import { formatGroupKind, formatIdentity } from '../../tree/manifest';
import { blockedResult } from '../blocked';
import { recordBlocked } from '../conclude';
import type { ClusterContext } from '../context';
import { definitionsOf } from '../definitions-of';
import { installDeliveries } from '../install';
import type { LoadedCluster } from '../load';
import { checkOwnership, kindsOf, listRecords, Observed } from '../observe';
import { ObjectPlan, ownersOf, planApplication, removedApplications, TargetPlan } from '../plan';
import { healthRules } from '../readiness';
import type { ObjectResult, TargetResult } from '../report';
import { runRemoval } from '../run-removal';
import { runTarget } from '../run-target';

export interface SessionOptions {
  readonly connection: Connection;
  readonly listener: AgentListener;
  /** Each object is looked at by a dry run once in this time, in milliseconds; 0: never. */
  readonly auditMs: number;
  readonly signal: AbortSignal;
}

/** Applications that run at the same time; their requests share the places of the connection. */
const CONCURRENCY = 64;
/** What waits for others is looked at again in any case, though nothing should have been missed. It costs no request. */
const LOOK_AGAIN_MS = 5 * 60_000;
/** For the last writes, in milliseconds: they only spare requests, and others wait for the end. */
const FLUSH_MS = 1_000;

/**
 * One cluster, for as long as it can be reached: it is observed by watches, and every application about which something changed is planned and
 * executed again, by the same code that a one-shot apply uses.
 */
export class Session {
  /** @throws ApiError, FLT5202, FLT5203, FLT5104 when the cluster cannot be worked on */
  public static async open(options: SessionOptions, desired: LoadedCluster): Promise<Session> {
    const { connection, signal } = options;
    const discovery = await Discovery.load(connection);
    await installDeliveries(connection, discovery, desired.desired.namespace, signal);
    const records = await listRecords(connection, discovery, desired.desired.namespace);
    checkOwnership(records, desired.desired);
    const session = new Session(options, discovery, desired, records);
    await session.start();
    return session;
  }

  private readonly view: View;
  private readonly readiness: ViewReadiness;
  private readonly book: RecordBook;
  private readonly recordWatch: RecordWatch;
  private readonly queue: WorkQueue;
  private readonly fights = new Fights();
  private readonly backoff = new Backoff();
  private readonly ready = new Set<string>();
  private rules: ReturnType<typeof healthRules>;
  /** When a change was first told of an object, until its application ran. */
  private readonly changedAt = new Map<string, number>();
  private defined?: { readonly loaded: LoadedCluster; readonly definitions: ReturnType<typeof definitionsOf> };
  private holders?: ReadonlyMap<string, readonly string[]>;
  /** Objects that the audit wants looked at. */
  private readonly audited = new Set<string>();
  private probing = false;
  private fail!: (error: unknown) => void;
  /** Rejects when the cluster can no longer be reached. */
  private readonly failed = new Promise<never>((_resolve, reject) => { this.fail = reject; });
  private leave!: () => void;
  private readonly left = new Promise<void>(resolve => { this.leave = resolve; });
  private readonly stop = new AbortController();

  private constructor(private readonly options: SessionOptions, private readonly discovery: Discovery, private loaded: LoadedCluster, records: Observed['records']) {
    this.failed.catch(() => undefined);
    this.rules = healthRules(loaded.desired.targets);
    this.queue = new WorkQueue({
      handle: application => this.run(application), concurrency: CONCURRENCY,
      onDepth: depth => options.listener({ type: 'queue', cluster: this.name, depth }),
    });
    this.view = new View({
      connection: options.connection, discovery, rulesOf: setId => this.rules.get(setId) ?? [],
      changed: keys => this.onChange(keys),
      kind: (kind, state, error) => this.onKind(kind, state, error),
    });
    this.readiness = new ViewReadiness(this.view);
    this.book = new RecordBook(records, { context: () => this.base, changed: application => this.queue.add(application) });
    this.recordWatch = new RecordWatch(options.connection, discovery, this.book, () => this.loaded.desired.namespace, this.stop.signal);
  }

  private get name(): string {
    return this.loaded.name;
  }

  /** Runs until the cluster cannot be reached any more, which it throws, or the signal comes. */
  public async work(): Promise<void> {
    const { signal } = this.options;
    await Promise.race([this.failed, this.left, new Promise<void>(resolve => {
      signal.addEventListener('abort', () => resolve(), { once: true });
      if (signal.aborted) resolve();
    })]);
  }

  /** Ends the session: `work` throws the error, or returns when there is none. */
  public end(error?: unknown): void {
    if (error === undefined) {
      this.leave();
    } else {
      this.fail(error);
    }
  }

  /** Takes over a newer tree: what changed in it is run again. @throws FLT5202, FLT5203 */
  public async setTree(loaded: LoadedCluster): Promise<void> {
    checkOwnership(this.book.records, loaded.desired);
    const former = this.loaded.desired;
    this.loaded = loaded;
    this.holders = undefined;
    const before = new Map(former.targets.map(target => [target.application, target]));
    // Who may prune has changed for all, when a part becomes readable, or no longer is.
    const all = former.unreadable.join() !== loaded.desired.unreadable.join();
    const dirty = loaded.desired.targets.filter(target => all || before.get(target.application) !== target
      || !sameSet(former.approvals.get(target.application), loaded.desired.approvals.get(target.application))).map(target => target.application);
    const rules = healthRules(loaded.desired.targets);
    if (JSON.stringify([...rules]) !== JSON.stringify([...this.rules])) {
      this.rules = rules;
      this.view.reassess();
    }
    await this.follow();
    for (const application of [...dirty, ...removedApplications(loaded.desired, this.book.records).map(record => record.application)]) {
      this.backoff.forget(application);
      this.queue.add(application);
    }
  }

  public get state(): ClusterState {
    const { targets } = this.loaded.desired;
    return {
      cluster: this.name, state: this.queue.depth > 0 ? 'working' : 'steady', queued: this.queue.depth,
      targets: targets.map(target => this.stateOf(target.application)),
    };
  }

  /** Resolves when nothing is left to do at the moment. */
  public async idle(): Promise<void> {
    await this.queue.idle();
  }

  /** Writes the records that wait, and ends. */
  public async close(): Promise<void> {
    this.queue.close();
    if (!this.options.signal.aborted) {
      await Promise.race([this.book.flush(), sleep(FLUSH_MS, undefined, { ref: false })]);
    }
    this.stop.abort();
    this.book.close();
    this.view.close();
  }

  private async start(): Promise<void> {
    await this.follow();
    void this.recordWatch.run();
    if (this.options.auditMs > 0) {
      void audit({
        everyMs: this.options.auditMs, signal: this.stop.signal,
        keys: () => [...ownersOf(this.loaded.desired).keys()],
        look: key => this.audit(key),
      });
    }
    for (const { application } of [...this.loaded.desired.targets, ...removedApplications(this.loaded.desired, this.book.records)]) {
      this.queue.add(application);
    }
  }

  private audit(key: string): void {
    const owner = ownersOf(this.loaded.desired).get(key);
    if (owner !== undefined) {
      this.audited.add(key);
      this.queue.add(owner);
    }
  }

  /** What is audited now is looked at, though nothing seems to have changed. */
  private withAudit(plan: TargetPlan): TargetPlan {
    if (this.audited.size === 0 || !plan.steps.some(step => step.objects.some(({ object }) => this.audited.has(object.key)))) {
      return plan;
    }
    const looked = (each: ObjectPlan): ObjectPlan => each.action === 'none' && this.audited.has(each.object.key) ? { ...each, action: 'look' } : each;
    return { ...plan, idle: false, steps: plan.steps.map(step => ({ ...step, objects: step.objects.map(looked) })) };
  }

  private async follow(): Promise<void> {
    await this.view.follow(kindsOf(this.loaded.desired, this.book.records));
  }

  private get base(): Pick<ClusterContext, 'connection' | 'discovery' | 'desired' | 'options'> {
    return {
      connection: this.options.connection, discovery: this.discovery, desired: this.loaded.desired,
      options: { wait: true, resumed: true, signal: this.options.signal },
    };
  }

  private definitions(loaded: LoadedCluster): ReturnType<typeof definitionsOf> {
    if (this.defined?.loaded !== loaded) {
      this.defined = { loaded, definitions: definitionsOf(loaded.desired) };
    }
    return this.defined.definitions;
  }

  private get observed(): Observed {
    return { records: this.book.records, live: this.view.live, unknown: this.view.unknown };
  }

  /** Plans and executes one application; what goes wrong is its result. */
  private async run(application: string): Promise<void> {
    // A kind that has just come: of what is not known yet, nothing is concluded.
    await this.view.settled();
    const { loaded } = this;
    const start = Date.now();
    const planned = planApplication(loaded.desired, this.observed, application);
    if (!planned) {
      return;
    }
    const { plan, delayMs } = this.holdBack(this.withAudit(planned), start);
    if (delayMs > 0) {
      this.queue.addAfter(application, delayMs);
    }
    const writers = this.writersOf(plan);
    let result: TargetResult;
    try {
      result = await this.execute(loaded, plan);
    } catch (cause) {
      if (this.options.signal.aborted) {
        return;
      }
      if (isUnreachable(cause) || isUnauthorized(cause)) {
        this.fail(cause);
      }
      const error = cause instanceof FlotillaError ? cause : clusterError(this.options.connection, cause);
      result = { application, outcome: 'failed', revision: plan.target?.revision, ready: false, message: error.what, objects: [], errors: [error] };
    }
    this.settle(plan, result, start, writers);
  }

  private async execute(loaded: LoadedCluster, plan: TargetPlan): Promise<TargetResult> {
    const { target } = plan;
    const context: ClusterContext = {
      ...this.base, desired: loaded.desired, observed: this.observed, readiness: this.readiness, records: this.book,
      fights: this.fights.of(plan.application, Date.now()),
      ...this.definitions(loaded),
      wrote: (resource, object) => this.view.learn(resource, { ...object, apiVersion: object.apiVersion, kind: resource.kind }),
      superseded: next => next === 'prune' ? this.loaded !== loaded : this.loaded !== loaded && !this.loaded.desired.targets.includes(target as never),
    };
    if (!target) {
      return runRemoval(context, plan as Parameters<typeof runRemoval>[1]);
    }
    const treePlan = { ...plan, target };
    // Who has nothing to write need not wait.
    const reason = plan.idle ? undefined : reasonToWait(loaded.desired, this.observed, this.readiness, plan.application);
    if (reason !== undefined) {
      const blocked = blockedResult(loaded.desired, treePlan, reason);
      await recordBlocked(context, treePlan, blocked);
      return blocked;
    }
    return runTarget(context, treePlan);
  }

  /** What is fought over is left alone for a while. */
  private holdBack(plan: TargetPlan, now: number): { readonly plan: TargetPlan; readonly delayMs: number } {
    let delayMs = 0;
    const hold = (object: ObjectPlan): ObjectPlan => {
      const delay = object.action !== 'none' && object.entry?.hash === object.object.hash ? this.fights.delayOf(object.object.key, now) : 0;
      if (delay === 0 || !object.entry) {
        return object;
      }
      delayMs = Math.max(delayMs, delay);
      return { object: object.object, action: 'none', entry: object.entry };
    };
    const steps = plan.idle ? plan.steps : plan.steps.map(step => ({ ...step, objects: step.objects.map(hold) }));
    return { plan: delayMs > 0 ? { ...plan, steps } : plan, delayMs };
  }

  /** Who wrote last to what is to be put right. */
  private writersOf(plan: TargetPlan): ReadonlyMap<string, string | undefined> {
    const concerned = plan.idle ? [] : plan.steps.flatMap(step => step.objects).filter(({ action }) => action !== 'none');
    return new Map(concerned.map(({ object: { key } }) => [key, this.view.live.get(key)?.writer]));
  }

  private settle(plan: TargetPlan, result: TargetResult, start: number, writers: ReadonlyMap<string, string | undefined>): void {
    const { application } = plan;
    const { listener } = this.options;
    for (const object of result.objects) {
      this.tellDrift(plan, object, writers.get(object.object));
      if (this.audited.delete(object.object)) {
        const outcome = object.error ? 'failed' : object.action === 'unchanged' ? 'same' : 'drifted';
        listener({ type: 'audit', cluster: this.name, object: object.object, outcome });
      }
      this.changedAt.delete(object.object);
    }
    if (result.objects.some(each => ['created', 'pruned', 'released'].includes(each.action)) || result.outcome === 'removed') {
      this.holders = undefined;
    }
    if (result.outcome === 'failed') {
      this.queue.addAfter(application, this.backoff.after(application, result.errors));
    } else {
      this.backoff.forget(application);
    }
    if (result.outcome === 'waiting' || result.outcome === 'blocked') {
      this.queue.addAfter(application, LOOK_AGAIN_MS);
    }
    const peace = this.fights.peaceOf(application);
    if (peace !== undefined) {
      this.queue.addAfter(application, Math.max(1_000, peace - Date.now()));
    }
    this.wakeDependents(application, result);
    if (result.objects.some(({ object, action }) => object.startsWith('CustomResourceDefinition.') && (action === 'created' || action === 'configured'))) {
      // What it defines can be watched now.
      void this.discovery.refresh().then(() => this.follow()).then(() => this.queue.add(application), () => undefined);
    } else if (result.outcome === 'applied') {
      void this.follow();
    }
    if (result.outcome !== 'unchanged' || !plan.idle) {
      listener({ type: 'run', cluster: this.name, commit: this.loaded.desired.commit, result, seconds: (Date.now() - start) / 1000 });
    }
  }

  private tellDrift(plan: TargetPlan, { object, action, reason, error }: ObjectResult, writer: string | undefined): void {
    const healed = (action === 'configured' || action === 'created') && (reason === 'drifted' || reason === 'new' && plan.record?.status.revision === plan.target?.revision);
    if (!healed || error) {
      return;
    }
    const now = Date.now();
    this.options.listener({
      type: 'drift', cluster: this.name, application: plan.application, object, writer, seconds: (now - (this.changedAt.get(object) ?? now)) / 1000,
    });
    const delayMs = this.fights.healed(object, plan.application, writer, now);
    if (delayMs > 0) {
      this.options.listener({ type: 'fight', cluster: this.name, application: plan.application, object, writer, delayMs });
      this.queue.add(plan.application);
    }
  }

  private wakeDependents(application: string, result: TargetResult): void {
    const ready = result.ready === true && (result.outcome === 'applied' || result.outcome === 'unchanged');
    if (!ready) {
      this.ready.delete(application);
      return;
    }
    if (!this.ready.has(application) || result.outcome === 'applied') {
      this.ready.add(application);
      for (const { application: other, spec } of this.loaded.desired.targets) {
        if (spec.dependsOn?.includes(application)) {
          this.queue.add(other);
        }
      }
    }
  }

  private onChange(keys: ReadonlySet<string>): void {
    const owners = ownersOf(this.loaded.desired);
    const now = Date.now();
    for (const key of keys) {
      const owner = owners.get(key);
      if (owner !== undefined) {
        if (!this.changedAt.has(key)) this.changedAt.set(key, now);
        this.queue.add(owner);
      }
      for (const holder of this.holdersOf(key)) {
        this.queue.add(holder);
      }
    }
  }

  /** The applications that still answer for an object that is not theirs by the tree. */
  private holdersOf(key: string): readonly string[] {
    if (!this.holders) {
      const owners = ownersOf(this.loaded.desired);
      const holders = new Map<string, string[]>();
      for (const { application, inventory } of this.book.records.values()) {
        for (const { id } of inventory) {
          const held = formatIdentity(id);
          if (owners.get(held) !== application) {
            holders.set(held, [...holders.get(held) ?? [], application]);
          }
        }
      }
      this.holders = holders;
    }
    return this.holders.get(key) ?? [];
  }

  private onKind(kind: string, state: 'listed' | 'lost' | 'denied' | 'closed', error: unknown): void {
    this.options.listener({ type: 'watch', cluster: this.name, kind, state, message: error instanceof Error ? error.message : undefined });
    if (state === 'lost' && (isUnreachable(error) || isUnauthorized(error))) {
      void this.probe();
    }
    if (state === 'denied') {
      for (const { application, objects } of this.loaded.desired.targets) {
        if (objects.some(({ id }) => formatGroupKind(id) === kind)) this.queue.add(application);
      }
    }
  }

  /** A watch broke: is it the watch, or the cluster? */
  private async probe(): Promise<void> {
    if (this.probing) {
      return;
    }
    this.probing = true;
    try {
      await this.options.connection.request({ method: 'GET', path: '/version', signal: this.options.signal, timeoutMs: 10_000 });
    } catch (error) {
      if (!this.options.signal.aborted && (isUnreachable(error) || isUnauthorized(error))) this.fail(error);
    } finally {
      this.probing = false;
    }
  }

  private stateOf(application: string): TargetState {
    const record = this.book.records.get(application);
    const ready = record?.status.conditions?.find(({ type }) => type === 'Ready');
    return {
      application, revision: record?.status.revision, appliedAt: record?.status.lastAppliedTime, objects: record?.inventory.length ?? 0,
      ready: ready?.status === 'True', reason: ready?.reason ?? 'Unknown', message: ready?.message, held: record?.status.held?.objects.length ?? 0,
    };
  }
}

function sameSet(a: ReadonlySet<string> | undefined, b: ReadonlySet<string> | undefined): boolean {
  return (a?.size ?? 0) === (b?.size ?? 0) && [...a ?? []].every(each => b?.has(each));
}
